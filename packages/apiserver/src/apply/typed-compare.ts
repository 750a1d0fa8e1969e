import {
  emptyFieldSet,
  type FieldSet,
  fieldSchema,
  isJsonObject,
  itemElement,
  type JsonObject,
  type JsonValue,
  jsonEqual,
  leafFieldSet,
  ownField,
  type PathElement,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'

/** What differs between two versions of an object, as paths. */
export interface Comparison {
  added: FieldSet
  removed: FieldSet
  modified: FieldSet
}

const same: Comparison = { added: emptyFieldSet, removed: emptyFieldSet, modified: emptyFieldSet }
const modified: Comparison = { ...same, modified: leafFieldSet }

/**
 * Compares by schema: maps and keyed lists item by item, atomic ones whole. A map or list that is new as a whole is a path of
 * its own beside what it holds (the `.` of managedFields). Rule: `Compare` of structured-merge-diff.
 */
export function compareTyped(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  schema: TypeSchema,
): Comparison {
  if (before === after) return same
  if (before === undefined) return { ...same, added: wholeSet(after as JsonValue, schema) }
  if (after === undefined) return { ...same, removed: wholeSet(before, schema) }
  if (isMapLike(before, after)) return compareMaps(before, after, schema)
  if (isListLike(before, after)) return compareLists(before, after, schema)
  return jsonEqual(before, after) ? same : changedKind(before, after, schema)
}

/** Scalars that differ, or (where anything goes) a map in the place of something else: its fields come or go as well. */
function changedKind(before: JsonValue, after: JsonValue, schema: TypeSchema): Comparison {
  if (schema.mapType === 'atomic') return modified
  if (isJsonObject(after)) return { ...modified, added: { ...wholeMap(after, schema), member: false } }
  if (isJsonObject(before)) return { ...modified, removed: { ...wholeMap(before, schema), member: false } }
  return modified
}

/** Every path of a value that appears or goes as a whole. */
function wholeSet(value: JsonValue, schema: TypeSchema): FieldSet {
  if (isJsonObject(value)) return schema.mapType === 'atomic' ? leafFieldSet : wholeMap(value, schema)
  if (Array.isArray(value)) return schema.listType === 'atomic' ? leafFieldSet : wholeList(value, schema)
  return leafFieldSet
}

function wholeMap(object: JsonObject, schema: TypeSchema): FieldSet {
  const children = new Map<PathElement, FieldSet>()
  for (const name in object) {
    const value = object[name]
    if (value !== undefined)
      children.set(`f:${name}`, wholeSet(value, fieldSchema(schema, name) ?? untypedSchema))
  }
  return children.size === 0 ? leafFieldSet : { member: true, children }
}

function wholeList(list: readonly JsonValue[], schema: TypeSchema): FieldSet {
  const children = new Map<PathElement, FieldSet>()
  for (const entry of list) {
    const element = itemElement(schema, entry)
    if (element === undefined) continue
    children.set(
      element,
      children.has(element) ? leafFieldSet : wholeSet(entry, schema.items ?? untypedSchema),
    )
  }
  return children.size === 0 ? leafFieldSet : { member: true, children }
}

type Nullable<T> = T | null

function isMapLike(a: JsonValue, b: JsonValue): a is Nullable<JsonObject> {
  return (isJsonObject(a) && (b === null || isJsonObject(b))) || (a === null && isJsonObject(b))
}

function isListLike(a: JsonValue, b: JsonValue): a is Nullable<JsonValue[]> {
  return (Array.isArray(a) && (b === null || Array.isArray(b))) || (a === null && Array.isArray(b))
}

function compareMaps(before: Nullable<JsonObject>, after: JsonValue, schema: TypeSchema): Comparison {
  const [old, now] = [before ?? {}, (after ?? {}) as JsonObject]
  if (schema.mapType === 'atomic' || (isEmpty(old) && isEmpty(now))) {
    return jsonEqual(before, after) ? same : modified
  }
  const parts = new Parts()
  const always = requiredLists(schema)
  const compareField = (name: string): void => {
    const [was, is] = [readField(old, name, always), readField(now, name, always)]
    if (was === is) return
    const part = compareTyped(was, is, fieldSchema(schema, name) ?? untypedSchema)
    if (part !== same) parts.add(`f:${name}`, part)
  }
  for (const name in old) compareField(name)
  for (const name in now) if (ownField(old, name) === undefined) compareField(name)
  return parts.comparison()
}

function readField(from: JsonObject, name: string, always: readonly string[]): JsonValue | undefined {
  const value = ownField(from, name)
  return value === undefined && always.includes(name) ? null : value
}

const listsMade = new WeakMap<TypeSchema, readonly string[]>()

/** Lists that a Go struct writes as null when there are none: absent and null are the same then, and never "removed". */
function requiredLists(schema: TypeSchema): readonly string[] {
  if (schema.origin === 'custom') return noNames
  const known = listsMade.get(schema)
  if (known !== undefined) return known
  const made = [...schema.required, ...unlistedLists(schema)].filter(
    (name) => schema.properties.get(name)?.type === 'array',
  )
  listsMade.set(schema, made)
  return made
}

/** Written as null although the OpenAPI calls them optional. */
function unlistedLists(schema: TypeSchema): string[] {
  const kinds = schema.source['x-kubernetes-group-version-kind']
  const [first] = Array.isArray(kinds) ? kinds : []
  if (!isJsonObject(first)) return []
  if (first['kind'] === 'EndpointSlice') return ['ports']
  return first['kind'] === 'Role' || first['kind'] === 'ClusterRole' ? ['rules'] : []
}

const noNames: readonly string[] = []

function isEmpty(object: JsonObject): boolean {
  for (const name in object) if (object[name] !== undefined) return false
  return true
}

function compareLists(before: Nullable<JsonValue[]>, after: JsonValue, schema: TypeSchema): Comparison {
  const [old, now] = [before ?? [], (after ?? []) as JsonValue[]]
  if (schema.listType === 'atomic' || (old.length === 0 && now.length === 0)) {
    return jsonEqual(before, after) ? same : modified
  }
  if (jsonEqual(old, now)) return same
  const [oldItems, nowItems] = [groupItems(old, schema), groupItems(now, schema)]
  const parts = new Parts()
  for (const [element, was] of oldItems)
    parts.add(element, compareItems(was, nowItems.get(element) ?? [], schema))
  for (const [element, is] of nowItems) {
    if (!oldItems.has(element)) parts.add(element, compareItems([], is, schema))
  }
  return parts.comparison()
}

/** Items of one key. Several with the same key (only updates can make them) count as one opaque path. */
function compareItems(was: JsonValue[], is: JsonValue[], schema: TypeSchema): Comparison {
  const item = schema.items ?? untypedSchema
  if (was.length <= 1 && is.length <= 1) return compareTyped(was[0], is[0], item)
  if (was.length >= 2 && is.length >= 2) return jsonEqual(was, is) ? same : modified
  if (was.length >= 2) {
    return { ...(is.length === 0 ? same : compareTyped(undefined, is[0], item)), removed: leafFieldSet }
  }
  return { ...(was.length === 0 ? same : compareTyped(was[0], undefined, item)), added: leafFieldSet }
}

function groupItems(list: readonly JsonValue[], schema: TypeSchema): Map<PathElement, JsonValue[]> {
  const groups = new Map<PathElement, JsonValue[]>()
  for (const entry of list) {
    const element = itemElement(schema, entry)
    if (element === undefined) continue
    const group = groups.get(element)
    if (group === undefined) groups.set(element, [entry])
    else group.push(entry)
  }
  return groups
}

/** Collects what the children differ in; most of the time that is nothing, and nothing is made. */
class Parts {
  readonly #maps: { [K in keyof Comparison]?: Map<PathElement, FieldSet> } = {}

  add(element: PathElement, part: Comparison): void {
    this.#put('added', element, part.added)
    this.#put('removed', element, part.removed)
    this.#put('modified', element, part.modified)
  }

  comparison(): Comparison {
    const { added, removed, modified: changed } = this.#maps
    if (added === undefined && removed === undefined && changed === undefined) return same
    return { added: setOf(added), removed: setOf(removed), modified: setOf(changed) }
  }

  #put(kind: keyof Comparison, element: PathElement, set: FieldSet): void {
    if (!set.member && set.children.size === 0) return
    const map = this.#maps[kind] ?? new Map<PathElement, FieldSet>()
    this.#maps[kind] = map
    map.set(element, set)
  }
}

function setOf(children: Map<PathElement, FieldSet> | undefined): FieldSet {
  return children === undefined ? emptyFieldSet : { member: false, children }
}
