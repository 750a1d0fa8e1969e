import type { FieldChange } from '@driftless/api'
import {
  emptyFieldSet,
  type FieldPath,
  type FieldSet,
  fieldSchema,
  formatFieldPath,
  hasPath,
  isJsonObject,
  itemElement,
  type JsonValue,
  jsonEqual,
  type KubeObject,
  ownedFieldSet,
  type PathElement,
  type TypeSchema,
  unionFieldSets,
  untypedSchema,
} from '@driftless/apimachinery'
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
  const changes: PathChange[] = []
  const target = (input.predicted ?? input.target) as unknown as JsonValue
  compareAt(changes, { live: input.live as unknown as JsonValue, target, set: owned, schema, path: [] })
  return changes.map((change) => describe(change, input))
}

interface PathChange {
  path: FieldPath
  live: JsonValue | undefined
  target: JsonValue | undefined
}

interface Place {
  live: JsonValue | undefined
  target: JsonValue | undefined
  set: FieldSet
  schema: TypeSchema
  path: FieldPath
}

function compareAt(changes: PathChange[], place: Place): void {
  const { live, target, set, schema } = place
  if (set.children.size > 0 && mayDescend(live, target, schema)) {
    if (Array.isArray(live) || Array.isArray(target)) compareLists(changes, place)
    else compareMaps(changes, place)
    return
  }
  if (!set.member && set.children.size === 0) return
  if (isNothing(live) && isNothing(target)) return
  if (sameValue(live, target) || sameQuantity(place.path, live, target)) return
  changes.push({ path: place.path, live, target })
}

function mayDescend(live: JsonValue | undefined, target: JsonValue | undefined, schema: TypeSchema): boolean {
  const sides = [live, target].filter((side) => !isNothing(side))
  if (sides.length === 0) return false
  if (sides.every(isJsonObject)) return schema.mapType === 'granular'
  return sides.every(Array.isArray) && schema.listType !== 'atomic'
}

function compareMaps(changes: PathChange[], { live, target, set, schema, path }: Place): void {
  for (const [element, child] of set.children) {
    if (!element.startsWith('f:')) continue
    const name = element.slice(2)
    compareAt(changes, {
      live: fieldOf(live, name),
      target: fieldOf(target, name),
      set: child,
      schema: fieldSchema(schema, name) ?? untypedSchema,
      path: [...path, element],
    })
  }
}

function compareLists(changes: PathChange[], { live, target, set, schema, path }: Place): void {
  const liveItems = itemsOf(live, schema)
  const targetItems = itemsOf(target, schema)
  for (const [element, child] of set.children) {
    const liveItem = liveItems.get(element)
    const targetItem = targetItems.get(element)
    const below = { set: child, schema: schema.items ?? untypedSchema, path: [...path, element] }
    if ((liveItem === undefined) !== (targetItem === undefined)) {
      changes.push({ path: below.path, live: liveItem, target: targetItem })
    } else {
      compareAt(changes, { live: liveItem, target: targetItem, ...below })
    }
  }
  const liveOrder = orderOf(live, schema, set)
  const targetOrder = orderOf(target, schema, set)
  if (sameMembers(liveOrder, targetOrder) && !jsonEqual(liveOrder, targetOrder)) {
    changes.push({ path, live: live ?? null, target: target ?? null })
  }
}

/** Owned items as they stand; one that stands twice is named twice. */
function orderOf(list: JsonValue | undefined, schema: TypeSchema, set: FieldSet): PathElement[] {
  if (!Array.isArray(list)) return []
  return list
    .map((entry) => itemElement(schema, entry))
    .filter((element) => element !== undefined && set.children.has(element)) as PathElement[]
}

function sameMembers(a: readonly PathElement[], b: readonly PathElement[]): boolean {
  return a.every((element) => b.includes(element)) && b.every((element) => a.includes(element))
}

function itemsOf(list: JsonValue | undefined, schema: TypeSchema): Map<PathElement, JsonValue> {
  const items = new Map<PathElement, JsonValue>()
  if (!Array.isArray(list)) return items
  for (const entry of list) {
    const element = itemElement(schema, entry)
    if (element !== undefined) items.set(element, entry)
  }
  return items
}

function fieldOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

/** null, {} and [] mean the same as absence to the API server. */
function isNothing(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  return isJsonObject(value) && Object.values(value).every(isNothing)
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
  if (Array.isArray(live) && Array.isArray(target))
    return live.length === target.length && live.every((item, at) => sameValue(item, target[at]))
  if (!isJsonObject(live) || !isJsonObject(target)) return jsonEqual(live, target)
  const names = new Set([...Object.keys(live), ...Object.keys(target)])
  for (const name of names) {
    const [one, other] = [live[name], target[name]]
    if (!(isNothing(one) && isNothing(other)) && !sameValue(one, other)) return false
  }
  return true
}

function describe(change: PathChange, input: DiffInput): FieldChange {
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
