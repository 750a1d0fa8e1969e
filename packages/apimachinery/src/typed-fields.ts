import { stableHash } from './canonical.ts'
import { emptyFieldSet, type FieldSet, leafFieldSet, type PathElement } from './field-set.ts'
import { itemElement } from './list-item.ts'
import { isJsonObject, type JsonObject, type JsonValue, setField } from './object.ts'
import { fieldSchema, type TypeSchema, untypedSchema } from './schema.ts'

/**
 * The paths that an apply of `object` would own: scalars and atomic values as leaves, items of keyed lists with their own
 * path, null and empty maps as leaves. Rule: `ToFieldSet` of structured-merge-diff. Nothing is stripped (see `ownedFieldSet`).
 */
export function fieldSetOf(object: unknown, schema: TypeSchema): FieldSet {
  return setOfValue(object as JsonValue, schema)
}

const serverFields = new Set([
  'f:name', 'f:namespace', 'f:creationTimestamp', 'f:selfLink', 'f:uid', 'f:clusterName', 'f:generation', 'f:managedFields',
  'f:resourceVersion',
]) // biome-ignore format: one look

/** Takes away what no manager ever owns: apiVersion, kind, the name and everything in metadata that the server makes. */
export function stripServerFields(set: FieldSet): FieldSet {
  const children = new Map(set.children)
  children.delete('f:apiVersion')
  children.delete('f:kind')
  const metadata = children.get('f:metadata')
  if (metadata !== undefined) {
    const rest = new Map(
      [...metadata.children].filter(
        ([element, child]) => !serverFields.has(element) || child.children.size > 0,
      ),
    )
    if (rest.size === 0) children.delete('f:metadata')
    else children.set('f:metadata', { member: false, children: rest })
  }
  return { member: false, children }
}

/** The paths of a manifest as the server would record them for its Apply entry. */
export function ownedFieldSet(manifest: unknown, schema: TypeSchema): FieldSet {
  return stripServerFields(fieldSetOf(manifest, schema))
}

/**
 * The values that `object` holds at the paths of `set`, in a form that is equal exactly when no owned value differs:
 * order of list items kept, duplicates kept, null, {} and [] like absent, atomic maps and lists whole.
 */
export function valuesAt(object: unknown, set: FieldSet, schema: TypeSchema): JsonValue | undefined {
  return valueAt(object as JsonValue | undefined, set, schema)
}

/** A short hash of `valuesAt`. */
export function valueHashAt(object: unknown, set: FieldSet, schema: TypeSchema): string {
  return stableHash(valuesAt(object, set, schema) ?? null)
}

function setOfValue(value: JsonValue, schema: TypeSchema): FieldSet {
  if (isJsonObject(value)) return schema.mapType === 'atomic' ? leafFieldSet : setOfMap(value, schema)
  if (Array.isArray(value)) return schema.listType === 'atomic' ? leafFieldSet : setOfList(value, schema)
  return value === null && isComposite(schema) ? emptyFieldSet : leafFieldSet
}

function isComposite(schema: TypeSchema): boolean {
  return (
    (schema.type === 'object' && schema.mapType === 'granular') ||
    (schema.type === 'array' && schema.listType !== 'atomic')
  )
}

function setOfMap(object: JsonObject, schema: TypeSchema): FieldSet {
  const children = new Map<PathElement, FieldSet>()
  const declared = schema.properties
  for (const name in object) {
    const value = object[name]
    if (value === undefined) continue
    const field = declared.get(name)
    const below = setOfValue(value, field ?? schema.additionalProperties ?? untypedSchema)
    const member = below.member || field === undefined || isNothing(value)
    if (member || below.children.size > 0)
      children.set(`f:${name}`, member === below.member ? below : { member, children: below.children })
  }
  return { member: false, children }
}

function setOfList(list: readonly JsonValue[], schema: TypeSchema): FieldSet {
  const children = new Map<PathElement, FieldSet>()
  const item = schema.items ?? untypedSchema
  for (const entry of list) {
    const element = itemElement(schema, entry)
    if (element === undefined) continue
    const below = children.has(element) ? leafFieldSet : setOfValue(entry, item)
    children.set(element, below.member ? below : { member: true, children: below.children })
  }
  return { member: false, children }
}

function isNothing(value: JsonValue): boolean {
  return value === null || (isJsonObject(value) && isEmptyObject(value))
}

function isEmptyObject(object: JsonObject): boolean {
  for (const name in object) if (object[name] !== undefined) return false
  return true
}

function valueAt(value: JsonValue | undefined, set: FieldSet, schema: TypeSchema): JsonValue | undefined {
  if (value === undefined || value === null) return undefined
  if (isJsonObject(value)) {
    if (schema.mapType === 'atomic') return set.member ? wholeValue(value) : undefined
    return mapAt(value, set, schema)
  }
  if (Array.isArray(value)) {
    if (schema.listType === 'atomic') return set.member ? wholeValue(value) : undefined
    return listAt(value, set, schema)
  }
  return set.member ? value : undefined
}

function mapAt(object: JsonObject, set: FieldSet, schema: TypeSchema): JsonValue | undefined {
  const out: JsonObject = {}
  let found = false
  for (const [element, child] of set.children) {
    if (!element.startsWith('f:')) continue
    const name = element.slice(2)
    const value = Object.hasOwn(object, name)
      ? valueAt(object[name], child, fieldSchema(schema, name) ?? untypedSchema)
      : undefined
    if (value === undefined) continue
    setField(out, name, value)
    found = true
  }
  return found ? out : undefined
}

/** Owned items in the order in which they stand, each with its path element, so that a swap and a copy are seen. */
function listAt(list: readonly JsonValue[], set: FieldSet, schema: TypeSchema): JsonValue | undefined {
  const out: JsonValue[] = []
  for (const entry of list) {
    const element = itemElement(schema, entry)
    const child = element === undefined ? undefined : set.children.get(element)
    if (element === undefined || child === undefined) continue
    out.push([element, valueAt(entry, child, schema.items ?? untypedSchema) ?? null])
  }
  return out.length === 0 ? undefined : out
}

/** Nothing-values dropped inside maps and at the ends; positions in lists are kept. */
function wholeValue(value: JsonValue): JsonValue | undefined {
  if (value === null) return undefined
  if (Array.isArray(value))
    return value.length === 0 ? undefined : value.map((entry) => wholeValue(entry) ?? null)
  if (!isJsonObject(value)) return value
  const out: JsonObject = {}
  let found = false
  for (const name in value) {
    const entry = value[name]
    const kept = entry === undefined ? undefined : wholeValue(entry)
    if (kept === undefined) continue
    setField(out, name, kept)
    found = true
  }
  return found ? out : undefined
}
