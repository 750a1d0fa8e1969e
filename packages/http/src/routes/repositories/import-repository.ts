import {
  annotations,
  AppError,
  type GitRepository,
  type ImportRepositoryRequest,
  isAppError,
} from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { repositoryApi } from '../../access/resources.ts'
import { hasCredentials, readImportRequest } from '../../repositories/import-request.ts'
import { repositoryViews } from '../../repositories/repository-view.ts'
import { param, type PersonCall, type PersonRoute } from '../route.ts'

export const importRepository: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/repositories',
  summary: 'Import a code repository by its address.',
  status: 201,
  access: { verb: 'create', resource: 'gitrepositories', scope: 'project' },
  async handle(call) {
    const project = param(call, 'project')
    const wanted = readImportRequest(call.body, call.services.origin())
    if (call.services.options.informers.repositories.get(project, wanted.name) !== undefined)
      throw taken(wanted)
    const secretName = hasCredentials(wanted) ? await createSecret(call, project, wanted) : undefined
    try {
      const created = await call.door.client.create(repositoryObject({ call, project, wanted, secretName }))
      return repositoryViews(call.services, project, [created as unknown as GitRepository])[0]
    } catch (error) {
      if (secretName !== undefined) await removeSecret(call, project, secretName)
      if (isAppError(error, 'AlreadyExists')) throw taken(wanted)
      throw error
    }
  },
}

async function createSecret(
  call: PersonCall,
  project: string,
  wanted: ImportRepositoryRequest,
): Promise<string> {
  const name = `${wanted.name}-credentials`
  const values = Object.entries(wanted.credentials ?? {}).filter(
    ([, value]) => value !== undefined && value !== '',
  )
  const data = values.map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')])
  try {
    await call.door.client.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: project, labels: { 'driftless.dev/credentials': 'true' } },
      data: Object.fromEntries(data) as Record<string, string>,
    })
  } catch (error) {
    // An answer about a Secret may quote it: only its code goes on.
    const code = isAppError(error) ? error.code : 'InternalError'
    if (code !== 'AlreadyExists') throw new AppError(code, 'The credentials could not be stored.')
    throw new AppError('AlreadyExists', `The Secret "${name}" exists already.`, {
      fields: [{ field: 'name', message: 'is taken by credentials that were left behind' }],
      remedy: 'Choose another name or delete that Secret.',
    })
  }
  return name
}

async function removeSecret(call: PersonCall, namespace: string, name: string): Promise<void> {
  await call.door.client
    .delete({ apiVersion: 'v1', kind: 'Secret', namespace, name })
    .catch((error: unknown) => {
      const code = isAppError(error) ? error.code : 'unknown'
      call.services.options.log.warn('credentials of a failed import were left behind', {
        namespace,
        name,
        code,
      })
    })
}

function repositoryObject(input: {
  call: PersonCall
  project: string
  wanted: ImportRepositoryRequest
  secretName: string | undefined
}): KubeObject {
  const { call, project, wanted, secretName } = input
  return {
    ...repositoryApi,
    metadata: {
      name: wanted.name,
      namespace: project,
      annotations: { [annotations.creator]: call.door.person.name },
    },
    spec: {
      url: wanted.url,
      ...(wanted.alias === undefined ? {} : { alias: wanted.alias }),
      ...(wanted.description === undefined ? {} : { description: wanted.description }),
      ...(wanted.insecure === true ? { insecure: true } : {}),
      ...(secretName === undefined ? {} : { secretRef: { name: secretName } }),
    },
  }
}

function taken({ name }: ImportRepositoryRequest): AppError {
  return new AppError('AlreadyExists', `There is a code repository "${name}" already.`, {
    fields: [{ field: 'name', message: 'is taken' }],
    remedy: 'Choose another name.',
  })
}
