import type { GitRepository, ImportRepositoryRequest } from '@driftless/api'
import type { RepositoryAccess } from '@driftless/source'
import { decode } from '../auth/credential-secret.ts'
import type { Services } from '../server/services.ts'

const secretKeys = ['username', 'password', 'bearerToken', 'sshPrivateKey', 'sshKnownHosts'] as const

/** Reads the credentials for one contact; they never become part of an answer. */
export async function accessOfRepository(
  services: Services,
  repository: GitRepository,
): Promise<RepositoryAccess> {
  const { spec, metadata } = repository
  const access: RepositoryAccess = { url: spec.url, insecure: spec.insecure === true }
  if (spec.secretRef === undefined) return access
  const secret = await services.options.control.find({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: metadata.namespace ?? '',
    name: spec.secretRef.name,
  })
  const data = (secret?.['data'] ?? {}) as Record<string, string>
  for (const key of secretKeys) {
    const value = decode(data[key])
    if (value !== '') access[key] = value
  }
  return access
}

/** For a test before the repository exists. */
export function accessOfRequest(request: ImportRepositoryRequest): RepositoryAccess {
  const access: RepositoryAccess = { url: request.url, insecure: request.insecure === true }
  for (const [key, value] of Object.entries(request.credentials ?? {})) {
    if (typeof value === 'string' && value !== '') access[key as 'username'] = value
  }
  return access
}
