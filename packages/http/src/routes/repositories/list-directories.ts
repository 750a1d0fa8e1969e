import { findRepository } from '../../repositories/find-repository.ts'
import { accessOfRepository } from '../../repositories/repository-access.ts'
import type { PersonRoute } from '../route.ts'

export const listDirectories: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/repositories/:name/directories',
  summary: 'Folders of a revision that hold manifests.',
  access: { verb: 'get', resource: 'gitrepositories', scope: 'project', named: true },
  async handle(call) {
    const { services, query } = call
    const { source } = services.options
    const { signal } = services
    const access = await accessOfRepository(services, findRepository(call))
    const { revision } = await source.resolve(access, query['revision'] ?? '', { maxAgeMs: 10_000, signal })
    await source.ensure(access, revision, { signal })
    return { items: await source.directories(access, revision, { signal }) }
  },
}
