import { isAppError } from '@driftless/api'
import { type KubeObject, parseApiVersion } from '@driftless/apimachinery'
import type { LocalApi } from '../local-api.ts'
import type { ServerParts } from '../parts.ts'
import { bootstrapRoles } from './roles.ts'

const namespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

/** Creates what a new cluster has; what exists already stays as it is. */
export async function bootstrap(parts: ServerParts, api: LocalApi): Promise<void> {
  const objects: KubeObject[] = [
    ...namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    ...bootstrapRoles(),
  ]
  await Promise.all(objects.map((object) => createMissing(parts, api, object)))
}

async function createMissing({ registry }: ServerParts, api: LocalApi, object: KubeObject): Promise<void> {
  const { group } = parseApiVersion(object.apiVersion)
  const { name, namespace = '' } = object.metadata
  if (registry.forKind(group, object.kind)?.collection.get(`${namespace}/${name}`) !== undefined) return
  try {
    await api.create(object, { manager: 'kube-apiserver' })
  } catch (error) {
    if (!isAppError(error, 'AlreadyExists')) throw error
  }
}
