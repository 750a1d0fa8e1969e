import type { JsonObject, JsonValue } from '@driftless/apimachinery'

/** A field that random writes touch, with the values that they give it; `null` stands among them where it is worth a try. */
export type Field = readonly [path: string, ...values: JsonValue[]]

/** A kind of objects under random writes. */
export interface Subject {
  /** As in ids of documented differences: `random/deployments`. */
  label: string
  /** The first is the usual one. */
  apiVersions: readonly [string, ...string[]]
  kind: string
  resource: string
  /** What a whole object needs. */
  base: readonly Field[]
  fields: readonly Field[]
  /** Fields of the status subresource; empty without one. */
  status: readonly Field[]
  hasScale: boolean
  /** No strategic merge patch. */
  custom?: boolean
  /** A finalizer of a controller holds it on the real server. */
  protected?: boolean
  /** Strategic merge patches with directives of all kinds. */
  directives?: readonly JsonObject[]
}

/** Metadata that random writes touch on every kind. */
export const metadataFields: readonly Field[] = [
  ['metadata/labels/app', 'one', 'two', ''],
  ['metadata/labels/tier', 'front', 'back'],
  ['metadata/annotations/note', 'a', 'b'],
  ['metadata/annotations/example.com~1note', 'a', 'b'],
  ['metadata/finalizers/[=example.com~1keep]', 'example.com/keep'],
  ['metadata/finalizers/[=example.com~1hold]', 'example.com/hold'],
  ['metadata/ownerReferences/[uid=owner-1]', owner('first')],
  ['metadata/ownerReferences/[uid=owner-2]', owner('second')],
  ['metadata/labels', { app: 'three' }],
]

function owner(name: string): JsonObject {
  return { apiVersion: 'example.com/v1', kind: 'Unserved', name }
}

export function collectionOf({ resource }: Subject, apiVersion: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return `${root}/namespaces/{ns}/${resource}`
}
