import { AppError, type Application, isAppError } from '@driftless/api'
import { repositoryApi } from '../../access/resources.ts'
import { findRepository } from '../../repositories/find-repository.ts'
import { repositoryIdentity, sourcesOf } from '../../repositories/same-repository.ts'
import { param, type PersonRoute } from '../route.ts'

export const deleteRepository: PersonRoute = {
  method: 'DELETE',
  path: '/devops/:project/repositories/:name',
  summary: 'Remove a code repository; refused while it is used, unless `force` is given.',
  access: { verb: 'delete', resource: 'gitrepositories', scope: 'project', named: true },
  async handle(call) {
    const project = param(call, 'project')
    const { spec, metadata } = findRepository(call)
    const force = call.query['force'] !== undefined && call.query['force'] !== 'false'
    const identity = repositoryIdentity(spec.url)
    const applications = call.services.options.informers.applications.list(
      project,
    ) as unknown as Application[]
    const users = applications.filter((application) =>
      sourcesOf(application).some((source) => repositoryIdentity(source.repoURL) === identity),
    )
    if (users.length > 0 && !force) {
      const names = users.slice(0, 5).map((application) => application.metadata.name)
      const more = users.length > names.length ? ` and ${users.length - names.length} more` : ''
      throw new AppError('Conflict', `"${metadata.name}" is used by ${names.join(', ')}${more}.`, {
        remedy: 'Delete those continuous deployments first.',
      })
    }
    await call.door.client.delete({ ...repositoryApi, namespace: project, name: metadata.name })
    // Only the Secret that the import made; one that people brought stays theirs.
    if (spec.secretRef?.name === `${metadata.name}-credentials`) {
      const secret = { apiVersion: 'v1', kind: 'Secret', namespace: project, name: spec.secretRef.name }
      await call.door.client.delete(secret).catch((error: unknown) => {
        if (!isAppError(error, 'NotFound')) throw error
      })
    }
    return {}
  },
}
