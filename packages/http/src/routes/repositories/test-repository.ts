import type { RepositoryTestResult } from '@driftless/api'
import { readImportRequest } from '../../repositories/import-request.ts'
import { accessOfRequest } from '../../repositories/repository-access.ts'
import type { PersonRoute } from '../route.ts'

export const testRepository: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/repositories::test',
  summary: 'Contact a repository that is about to be imported.',
  // Not open to all who may look: it makes this server connect to an address.
  access: { verb: 'create', resource: 'gitrepositories', scope: 'project' },
  async handle({ services, body }): Promise<RepositoryTestResult> {
    // The name is not typed yet when people press "test".
    const named = { name: 'test', ...(body as object) }
    const wanted = readImportRequest({ ...named, name: 'test' }, services.origin())
    const result = await services.options.source.test(accessOfRequest(wanted), { signal: services.signal })
    if (!result.ok) return result
    const branch = result.defaultBranch
    return {
      ok: true,
      message: branch === '' ? 'Connected; it is empty.' : 'Connected.',
      defaultBranch: branch,
    }
  },
}
