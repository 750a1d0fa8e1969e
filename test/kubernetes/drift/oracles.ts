import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  type ManagedFieldsEntry,
} from '@driftless/apimachinery'

/**
 * What the oracles say is found out by code of their own, that shares nothing with the comparison under test: they read
 * whole objects and the raw `fieldsV1`, and know of Kubernetes only that null, {} and [] count as absent.
 */

/** Oracle 1: the places where a dry-run apply of our manifest would change the object. */
export function wouldChange(live: KubeObject, dryRun: KubeObject): string[] {
  return differences(significant(live), significant(dryRun), '')
}

function significant(object: KubeObject): JsonValue {
  const { managedFields: _m, resourceVersion: _r, generation: _g, ...metadata } = object.metadata
  return { ...object, metadata } as unknown as JsonValue
}

/** Oracle 2: places that were ours after our last apply, and hold something else now. */
export function changedOwned(
  { applied, manifest }: { applied: KubeObject; manifest: KubeObject },
  live: KubeObject,
  manager: string,
): string[] {
  const entry = applied.metadata.managedFields?.find(
    (candidate: ManagedFieldsEntry) => candidate.manager === manager && candidate.operation === 'Apply',
  )
  if (entry?.fieldsV1 === undefined) return []
  const [before, now, wanted] = [applied, live, manifest] as unknown as JsonValue[]
  return changedAt(entry.fieldsV1, { before, now, wanted, path: '' })
}

interface Both {
  before: JsonValue | undefined
  now: JsonValue | undefined
  wanted: JsonValue | undefined
  path: string
}

function changedAt(fields: JsonObject, { before, now, wanted, path }: Both): string[] {
  const names = Object.keys(fields).filter((name) => name !== '.')
  if (names.length === 0) return isEmptyMap(wanted) ? [] : differences(before, now, path)
  return names.flatMap((name) => {
    const below = {
      before: itemOf(before, name),
      now: itemOf(now, name),
      wanted: itemOf(wanted, name),
      path: `${path}/${name}`,
    }
    const nested = fields[name]
    if (name.startsWith('k:') && isAbsent(below.before) !== isAbsent(below.now)) return [below.path]
    return changedAt(isJsonObject(nested) ? nested : {}, below)
  })
}

/** A map that our manifest leaves empty is ours only as a place: what is in it belongs to others. */
function isEmptyMap(value: JsonValue | undefined): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0
}

function itemOf(value: JsonValue | undefined, element: string): JsonValue | undefined {
  const body = element.slice(2)
  if (element.startsWith('f:')) return isJsonObject(value) ? value[body] : undefined
  if (!Array.isArray(value)) return undefined
  if (element.startsWith('i:')) return value[Number(body)]
  const wanted = JSON.parse(body) as JsonValue
  if (element.startsWith('v:')) return value.find((item) => JSON.stringify(item) === JSON.stringify(wanted))
  const keys = Object.entries(wanted as JsonObject)
  return value.find((item) => isJsonObject(item) && keys.every(([name, key]) => item[name] === key))
}

function differences(a: JsonValue | undefined, b: JsonValue | undefined, path: string): string[] {
  if (isAbsent(a) && isAbsent(b)) return []
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return a.flatMap((item, index) => differences(item, b[index], `${path}/${index}`))
  if (isJsonObject(a) && isJsonObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...names].flatMap((name) => differences(a[name], b[name], `${path}/${name}`))
  }
  return a === b ? [] : [`${path}: ${JSON.stringify(a)} -> ${JSON.stringify(b)}`]
}

function isAbsent(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  return isJsonObject(value) && Object.values(value).every(isAbsent)
}
