import type { KubeObject } from '@driftless/apimachinery'
import { badRequest, forbidden, invalid, notFound, StatusError } from '../errors.ts'
import { apiVersionOf, type Resource } from '../kinds/resource.ts'
import type { Store } from '../storage/store.ts'
import type { Target } from './context.ts'

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

/** Nothing new of a kind whose definition is being deleted. */
export function requireDefinition(store: Store, resource: Resource, object: KubeObject): void {
  if (resource.custom === undefined) return
  const definitions = store.collection('apiextensions.k8s.io/customresourcedefinitions')
  const definition = store.latest(definitions, `/${resource.resource}.${resource.group}`)
  if (definition?.object.metadata.deletionTimestamp === undefined) return
  throw forbidden(
    resource,
    object.metadata.name,
    'create not allowed while custom resource definition is terminating',
  )
}

export function checkCustomKind(
  { resource, name }: Target,
  { apiVersion, kind, metadata }: KubeObject,
): void {
  const expected = apiVersionOf(resource)
  if (apiVersion !== expected)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    )
  if (kind === resource.kind) return
  const message = `Invalid value: ${JSON.stringify(kind)}: must be ${resource.kind}`
  throw invalid({ group: resource.group, kind }, name || metadata.name, [
    { reason: 'FieldValueInvalid', message, field: 'kind' },
  ])
}

const keptNamespaces = new Set(['default', 'kube-system', 'kube-public'])

export function forbidDeletion(resource: Resource, name: string): void {
  if (resource.group === '' && resource.kind === 'Namespace' && keptNamespaces.has(name)) {
    throw forbidden(resource, name, 'this namespace may not be deleted')
  }
}
