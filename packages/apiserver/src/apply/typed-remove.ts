import {
  differenceFieldSets,
  type FieldSet,
  fieldSchema,
  fieldSetOf,
  intersectFieldSets,
  isEmptyFieldSet,
  isFieldSubset,
  isJsonObject,
  itemElement,
  type JsonObject,
  type JsonValue,
  type PathElement,
  setField,
  type TypeSchema,
  unionFieldSets,
  untypedSchema,
} from '@driftless/apimachinery'

export interface PruneInput {
  merged: JsonObject
  schema: TypeSchema
  /** What the applying manager owned before. */
  last: FieldSet
  /** What it owns now. */
  own: FieldSet
  /** What all managers own now, the applying one included. */
  managed: FieldSet
}

/**
 * Takes out of `merged` what the manager applied last time, does not apply now, and nobody else owns. Rule: `prune` of
 * structured-merge-diff, its "dangling items" included: nothing goes that the manager had not applied.
 */
export function pruneDropped({ merged, schema, last, own, managed }: PruneInput): JsonObject {
  if (isEmptyFieldSet(last) || isFieldSubset(last, own)) return merged
  const lastNamed = withNamedFields(last, schema)
  const mergedSet = withNamedFields(fieldSetOf(merged, schema), schema)
  const without = removeItems(merged, lastNamed, schema)
  const kept = unionFieldSets(
    withNamedFields(fieldSetOf(without, schema), schema),
    withNamedFields(managed, schema),
  )
  const owned = removeItems(merged, differenceFieldSets(mergedSet, kept), schema)
  const ownedSet = withNamedFields(fieldSetOf(owned, schema), schema)
  return removeItems(merged, intersectFieldSets(differenceFieldSets(mergedSet, ownedSet), lastNamed), schema)
}

/** Adds the declared fields on the way to each path: they go when all below them goes. */
function withNamedFields(set: FieldSet, schema: TypeSchema): FieldSet {
  if (set.children.size === 0) return set
  const children = new Map<PathElement, FieldSet>()
  for (const [element, child] of set.children) {
    const name = element.startsWith('f:') ? element.slice(2) : undefined
    const below =
      name === undefined ? (schema.items ?? untypedSchema) : (fieldSchema(schema, name) ?? untypedSchema)
    const named = withNamedFields(child, below)
    const declared = name !== undefined && schema.properties.has(name)
    children.set(element, declared && !named.member ? { member: true, children: named.children } : named)
  }
  return { member: set.member, children }
}

function removeItems(object: JsonObject, set: FieldSet, schema: TypeSchema): JsonObject {
  const rest = removeFrom(object, set, schema)
  return isJsonObject(rest) ? rest : {}
}

/** `undefined` when nothing is left; a field of which nothing is left stays as null, and counts as being there. Atomic values have no parts to take out: they go whole. */
function removeFrom(value: JsonValue, set: FieldSet, schema: TypeSchema): JsonValue | undefined {
  if (isJsonObject(value)) return schema.mapType === 'atomic' ? undefined : removeFromMap(value, set, schema)
  if (Array.isArray(value))
    return schema.listType === 'atomic' ? undefined : removeFromList(value, set, schema)
  return value
}

function removeFromMap(object: JsonObject, set: FieldSet, schema: TypeSchema): JsonObject | undefined {
  const out: JsonObject = {}
  let left = false
  for (const name in object) {
    const value = object[name]
    const child = set.children.get(`f:${name}`)
    if (value === undefined || child?.member === true) continue
    const rest =
      child === undefined ? value : removeFrom(value, child, fieldSchema(schema, name) ?? untypedSchema)
    setField(out, name, rest ?? null)
    left = true
  }
  return left ? out : undefined
}

function removeFromList(
  list: readonly JsonValue[],
  set: FieldSet,
  schema: TypeSchema,
): JsonValue[] | undefined {
  const out: JsonValue[] = []
  for (const entry of list) {
    const element = itemElement(schema, entry)
    const child = element === undefined ? undefined : set.children.get(element)
    if (child?.member === true) continue
    const rest = child === undefined ? entry : removeFrom(entry, child, schema.items ?? untypedSchema)
    if (rest !== undefined) out.push(rest)
  }
  return out.length === 0 ? undefined : out
}
