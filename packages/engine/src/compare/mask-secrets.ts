import type { FieldPath, KubeObject } from '@driftless/apimachinery'
import { lastAppliedAnnotation } from '../normalize/canonicalize.ts'

const mask = '***'

/** A Secret with every value as `***`, also inside the annotation that kubectl keeps. Other objects come back as they are. */
export function maskSecrets(object: KubeObject): KubeObject {
  if (!isSecret(object)) return object
  const masked: KubeObject = { ...object }
  for (const field of ['data', 'stringData']) {
    if (field in masked) masked[field] = maskedValues(masked[field])
  }
  const annotations = object.metadata.annotations
  if (annotations !== undefined && lastAppliedAnnotation in annotations) {
    masked.metadata = { ...object.metadata, annotations: { ...annotations, [lastAppliedAnnotation]: mask } }
  }
  return masked
}

export function isSecret(object: { apiVersion: string; kind: string }): boolean {
  return object.kind === 'Secret' && object.apiVersion === 'v1'
}

/** Whether the value at a path of the object is to be hidden: as a `whole`, or each of its `values`. */
export function secretValue(object: KubeObject, path: FieldPath): 'whole' | 'values' | undefined {
  if (!isSecret(object)) return undefined
  const [first, second, third] = path
  if (first === 'f:data' || first === 'f:stringData') return path.length === 1 ? 'values' : 'whole'
  if (first !== 'f:metadata' || second !== 'f:annotations') return undefined
  return third === undefined || third === `f:${lastAppliedAnnotation}` ? 'whole' : undefined
}

function maskedValues(values: unknown): unknown {
  if (typeof values !== 'object' || values === null) return mask
  return Object.fromEntries(Object.keys(values).map((name) => [name, mask]))
}
