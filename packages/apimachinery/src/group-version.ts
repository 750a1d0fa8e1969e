import type { GroupVersionKind, KubeObject, ObjectKey } from './object.ts'

/** Splits `apps/v1` into its parts; the core group is written without a slash (`v1`). */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  if (slash < 0) return { group: '', version: apiVersion }
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

export function formatApiVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}

export function gvkOf(object: Pick<KubeObject, 'apiVersion' | 'kind'>): GroupVersionKind {
  return { ...parseApiVersion(object.apiVersion), kind: object.kind }
}

export function keyOf(object: KubeObject): ObjectKey {
  const { group } = parseApiVersion(object.apiVersion)
  return { group, kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name }
}

/** One string for an `ObjectKey`, usable as a map key: `apps/Deployment/default/web`. */
export function formatKey(key: ObjectKey): string {
  return `${key.group}/${key.kind}/${key.namespace}/${key.name}`
}
