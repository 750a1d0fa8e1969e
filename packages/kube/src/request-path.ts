import type { ApiResource } from './discovery.ts'
import type { ListOptions, WriteOptions } from './client.ts'

export type Query = Record<string, string | undefined>

/** `/api/v1` or `/apis/GROUP/VERSION`. */
export function groupVersionPath(group: string, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`
}

export function collectionPath(resource: ApiResource, namespace?: string): string {
  const base = groupVersionPath(resource.group, resource.version)
  if (!resource.namespaced || namespace === undefined || namespace === '')
    return `${base}/${resource.resource}`
  return `${base}/namespaces/${encodeURIComponent(namespace)}/${resource.resource}`
}

export function objectPath(
  resource: ApiResource,
  object: { namespace?: string | undefined; name: string; subresource?: string | undefined },
): string {
  const path = `${collectionPath(resource, object.namespace)}/${encodeURIComponent(object.name)}`
  return object.subresource === undefined ? path : `${path}/${object.subresource}`
}

export function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, value)
  }
  const text = params.toString()
  return text === '' ? path : `${path}?${text}`
}

export function writeQuery(options: WriteOptions, defaultManager: string): Query {
  return {
    fieldManager: options.manager ?? defaultManager,
    dryRun: options.dryRun === true ? 'All' : undefined,
    fieldValidation: options.fieldValidation,
  }
}

export function selectorQuery(options: Pick<ListOptions, 'labelSelector' | 'fieldSelector'>): Query {
  return { labelSelector: options.labelSelector, fieldSelector: options.fieldSelector }
}

/** The resource that a request is about, as `applications.argoproj.io` or `configmaps`; the first word of other paths. */
export function resourceOfPath(path: string): string {
  const [, root = '', ...parts] = (path.split('?')[0] ?? '').split('/')
  const group = root === 'apis' ? (parts.shift() ?? '') : ''
  if (root !== 'api' && root !== 'apis') return root
  const below = parts.slice(1)
  const resource = below[0] === 'namespaces' && below.length > 2 ? below[2] : below[0]
  if (resource === undefined) return root
  return group === '' ? resource : `${resource}.${group}`
}
