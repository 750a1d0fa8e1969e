import type { FieldChange } from '@driftless/api'
import {
  emptyFieldSet,
  type FieldPath,
  type FieldSet,
  formatFieldPath,
  hasPath,
  isJsonObject,
  type JsonValue,
  jsonEqual,
  type KubeObject,
  ownedFieldSet,
  type TypeSchema,
  unionFieldSets,
  untypedSchema,
} from '@driftless/apimachinery'
import { type Difference, differingPlaces, isNothing, type Place } from './differing-places.ts'
import { maskSecrets, secretValue } from './mask-secrets.ts'
import { fieldSetOfEntry, ownEntryOf, withoutSubtrees } from './owned-fields.ts'
import { sameQuantity } from './same-quantity.ts'

export interface DiffInput {
  live: KubeObject
  /** The desired object as it is applied. */
  target: KubeObject
  /** Answer of a dry-run apply; its values, defaults and quantities are then the server's own. */
  predicted?: KubeObject
  schema?: TypeSchema | undefined
  /** Paths left out, with all below them. */
  ignored?: FieldSet
}

/**
 * The fields of Git that differ: what the target sets and what we set once and Git dropped, never what others own.
 * Items of keyed lists are named by key. Each change tells who wrote the live value last, and when. Secret values are `***`.
 */
export function diffObjects(input: DiffInput): FieldChange[] {
  const schema = input.schema ?? untypedSchema
  const wanted = ownedFieldSet(input.target, schema)
  const before = fieldSetOfEntry(ownEntryOf(input.live))
  const owned = withoutSubtrees(unionFieldSets(wanted, before), input.ignored ?? emptyFieldSet)
  const target = (input.predicted ?? input.target) as unknown as JsonValue
  const live = input.live as unknown as JsonValue
  return differingPlaces({ live, target, set: owned, schema }, judge).map((change) => describe(change, input))
}

function judge({ path, live, target }: Place): Difference | undefined {
  return sameValue(live, target) || sameQuantity(path, live, target) ? undefined : { path, live, target }
}

/** Whether an apply that answered `predicted` would leave the object as it is, also where nobody owns anything (defaults). */
export function leavesAsIs(live: KubeObject, predicted: KubeObject): boolean {
  return sameValue(substance(live), substance(predicted))
}

function substance(object: KubeObject): JsonValue {
  const {
    managedFields: _fields,
    resourceVersion: _version,
    generation: _number,
    ...metadata
  } = object.metadata
  return { ...object, metadata } as unknown as JsonValue
}

function sameValue(live: JsonValue | undefined, target: JsonValue | undefined): boolean {
  if (isNothing(live) && isNothing(target)) return true
  if (Array.isArray(live) && Array.isArray(target))
    return live.length === target.length && live.every((item, index) => sameValue(item, target[index]))
  if (!isJsonObject(live) || !isJsonObject(target)) return jsonEqual(live, target)
  const names = new Set([...Object.keys(live), ...Object.keys(target)])
  return [...names].every((name) => sameValue(live[name], target[name]))
}

function describe(change: Difference, input: DiffInput): FieldChange {
  const by = lastWriter(change.path, input.live)
  const secret = secretValue(input.live, change.path)
  const show = (value: JsonValue | undefined): unknown => shown(value, secret, input.live)
  return {
    path: formatFieldPath(change.path).replace(/^\./, ''),
    ...(change.live === undefined ? {} : { live: show(change.live) }),
    ...(change.target === undefined ? {} : { target: show(change.target) }),
    ...(by?.manager === undefined ? {} : { manager: by.manager }),
    ...(by?.time === undefined ? {} : { changedAt: by.time }),
  }
}

function shown(
  value: JsonValue | undefined,
  secret: 'whole' | 'values' | undefined,
  live: KubeObject,
): unknown {
  if (secret === undefined) return value
  if (secret === 'whole' || !isJsonObject(value)) return '***'
  return maskSecrets({ apiVersion: live.apiVersion, kind: live.kind, metadata: { name: '' }, data: value })[
    'data'
  ]
}

function lastWriter(path: FieldPath, live: KubeObject): { manager?: string; time?: string } | undefined {
  let last: { manager?: string; time?: string } | undefined
  for (const entry of live.metadata.managedFields ?? []) {
    if (!ownsAt(fieldSetOfEntry(entry), path)) continue
    if (last === undefined || (entry.time ?? '') >= (last.time ?? '')) last = entry
  }
  return last
}

function ownsAt(set: FieldSet, path: FieldPath): boolean {
  if (hasPath(set, path)) return true
  let node: FieldSet | undefined = set
  for (const element of path) {
    node = node.children.get(element)
    if (node === undefined) return false
  }
  return true
}
