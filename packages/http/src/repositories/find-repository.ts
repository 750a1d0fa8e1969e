import type { GitRepository } from '@driftless/api'
import { notFoundOrHidden } from '../access/door.ts'
import { param, type Call } from '../routes/route.ts'

/** @throws AppError `NotFound` */
export function findRepository(call: Call): GitRepository {
  const project = param(call, 'project')
  const name = param(call, 'name')
  const object = call.services.options.informers.repositories.get(project, name)
  if (object === undefined) throw notFoundOrHidden({ resource: 'gitrepositories', namespace: project, name })
  return object as unknown as GitRepository
}
