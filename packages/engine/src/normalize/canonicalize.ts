import { type JsonObject, type KubeObject, type ObjectMeta, parseApiVersion } from '@driftless/apimachinery'
import { encodeBase64 } from './base64.ts'

const serverMade = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
] as const

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * A manifest as it is applied, so that what the server records about the apply is complete: Secret texts become
 * `data`, and `status`, null values of Secrets, server-made and empty metadata go. Rules that an aggregation fills
 * are not ours. The argument is not changed; a part that needs no change is shared with it.
 */
export function canonicalize(manifest: KubeObject): KubeObject {
  const { status: _status, ...rest } = manifest
  const object: KubeObject = { ...rest, metadata: canonicalMetadata(manifest.metadata) }
  const { group } = parseApiVersion(object.apiVersion)
  if (group === '' && object.kind === 'Secret') canonicalizeSecret(object)
  if (group === 'rbac.authorization.k8s.io') canonicalizeRules(object)
  return object
}

function canonicalMetadata(metadata: ObjectMeta): ObjectMeta {
  const result: Record<string, unknown> = { ...metadata }
  for (const field of serverMade) delete result[field]
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences']) {
    if (isEmpty(result[field])) delete result[field]
  }
  const annotations = result['annotations'] as Record<string, string> | undefined
  if (annotations !== undefined && lastAppliedAnnotation in annotations) {
    const { [lastAppliedAnnotation]: _dropped, ...kept } = annotations
    if (Object.keys(kept).length > 0) result['annotations'] = kept
    else delete result['annotations']
  }
  return result as unknown as ObjectMeta
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** `stringData` wins over `data`; null is the empty value (kubernetes.md §4: ownership of `stringData` hides `data`). */
function canonicalizeSecret(secret: KubeObject): void {
  const { data, stringData } = secret as { data?: JsonObject; stringData?: JsonObject }
  if (data === undefined && stringData === undefined) return
  const result: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(data ?? {})) result[key] = value ?? ''
  for (const [key, value] of Object.entries(stringData ?? {})) result[key] = encodeBase64(String(value ?? ''))
  delete secret['stringData']
  if (Object.keys(result).length === 0) delete secret['data']
  else secret['data'] = result
}

function canonicalizeRules(object: KubeObject): void {
  if (object.kind !== 'Role' && object.kind !== 'ClusterRole') return
  const rules = object['rules']
  const aggregated = object.kind === 'ClusterRole' && (object['aggregationRule'] ?? null) !== null
  if (aggregated || rules === null || (Array.isArray(rules) && rules.length === 0)) delete object['rules']
}
