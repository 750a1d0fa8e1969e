import { findRepository } from '../../repositories/find-repository.ts'
import { accessOfRepository } from '../../repositories/repository-access.ts'
import type { PersonRoute } from '../route.ts'

export const listRefs: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/repositories/:name/refs',
  summary: 'Branches and tags of a code repository.',
  access: { verb: 'get', resource: 'gitrepositories', scope: 'project', named: true },
  async handle(call) {
    const { services } = call
    const access = await accessOfRepository(services, findRepository(call))
    return services.options.source.refs(access, { maxAgeMs: 10_000, signal: services.signal })
  },
}
