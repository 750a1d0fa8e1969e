import type { KubeObject } from '@driftless/apimachinery'
import { forbidden, notFound, StatusError } from '../errors.ts'
import type { Resource } from '../kinds/resource.ts'
import type { Store } from '../storage/store.ts'

/** A new object needs a namespace that exists and stays. */
export function requireNamespace(store: Store, resource: Resource, object: KubeObject): void {
  const namespace = object.metadata.namespace
  if (!resource.namespaced || namespace === undefined) return
  const found = store.latest(store.collection('/namespaces'), `/${namespace}`)
  if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace)
  if (found.object.metadata.deletionTimestamp === undefined) return
  const error = forbidden(
    resource,
    object.metadata.name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  )
  throw new StatusError('Forbidden', error.message, {
    ...error.details,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  })
}

const keptNamespaces = new Set(['default', 'kube-system', 'kube-public'])

export function forbidDeletion(resource: Resource, name: string): void {
  if (resource.group === '' && resource.kind === 'Namespace' && keptNamespaces.has(name)) {
    throw forbidden(resource, name, 'this namespace may not be deleted')
  }
}
