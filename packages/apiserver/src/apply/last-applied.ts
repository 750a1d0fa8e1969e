import {
  differenceFieldSets,
  fieldSetOf,
  formatFieldPath,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  pathsOfFieldSet,
  type TypeSchema,
} from '@driftless/apimachinery'
import { compareTyped } from './typed-compare.ts'

const annotation = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * The fields, as conflicts name them, that `kubectl apply` set on the client's side and that still have those values: a
 * server-side apply of kubectl may take them over. Source: the last-applied manager of Kubernetes 1.37.
 */
export function fieldsOfLastApply(live: KubeObject, apiVersion: string, schema: TypeSchema): Set<string> {
  const applied = parsed(live.metadata.annotations?.[annotation])
  if (applied === undefined || applied['apiVersion'] !== apiVersion) return new Set()
  const { modified, added, removed } = compareTyped(applied, live as unknown as JsonObject, schema)
  const changed = [modified, added, removed]
  const kept = changed.reduce(differenceFieldSets, fieldSetOf(applied, schema))
  return new Set(pathsOfFieldSet(kept).map(formatFieldPath))
}

/** Brings the annotation of the client-side apply, where there is one, up to what kubectl has applied now. */
export function renewLastApply(object: KubeObject, patch: KubeObject): void {
  const { annotations } = object.metadata
  if (!annotations?.[annotation]) return
  const copy = structuredClone(patch)
  if (copy.metadata.annotations !== undefined) delete copy.metadata.annotations[annotation]
  object.metadata = {
    ...object.metadata,
    annotations: {
      ...annotations,
      [annotation]: `${JSON.stringify(inOrder(copy as unknown as JsonValue))}\n`,
    },
  }
}

function parsed(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text) as JsonValue
    return isJsonObject(value) ? value : undefined
  } catch (error) {
    // Anybody may write the annotation; what is no JSON tells nothing.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Go writes the keys of maps in order. */
function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, inOrder(item ?? null)]))
}
