import {
  canonicalQuantity,
  fieldSchema,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'

/**
 * Fills schema defaults in place. For built-in kinds it also does what reading into a Go struct and writing it back does: null
 * and empty optional lists and maps go, quantities take their canonical text, and embedded structs are always there.
 */
export function fillSchemaDefaults(object: JsonObject, schema: TypeSchema): void {
  const defaults = defaultsOf(schema)
  for (const name in object) {
    const value = object[name]
    const field = fieldSchema(schema, name)
    if (value === undefined || field === undefined) continue
    if (value === null && isTextMap(schema, field)) object[name] = ''
    else if (isDropped(value, field, { schema, name })) delete object[name]
    else fillValue(object, name, field)
  }
  for (const [name, value] of defaults) {
    if (object[name] !== undefined) continue
    object[name] = structuredClone(value)
    const field = schema.properties.get(name)
    if (field !== undefined) fillValue(object, name, field)
  }
}

function fillValue(holder: JsonObject, name: string, field: TypeSchema): void {
  const value = holder[name]
  if (isJsonObject(value)) fillSchemaDefaults(value, field)
  else if (Array.isArray(value)) fillList(value, field.items ?? untypedSchema)
  else if (field.quantity && (typeof value === 'string' || typeof value === 'number')) {
    holder[name] = canonicalQuantity(value)
  }
}

function fillList(list: JsonValue[], item: TypeSchema): void {
  for (const entry of list) {
    if (isJsonObject(entry)) fillSchemaDefaults(entry, item)
    else if (Array.isArray(entry)) fillList(entry, item.items ?? untypedSchema)
  }
}

/** What lies below `x-kubernetes-preserve-unknown-fields` has no schema, and keeps its nulls. */
function isDeclared({ type, intOrString, preserveUnknownFields }: TypeSchema): boolean {
  return type !== 'any' || intOrString || preserveUnknownFields
}

/** Reading null into a Go map of texts gives an empty one. */
function isTextMap(schema: TypeSchema, field: TypeSchema): boolean {
  return field.origin === 'built-in' && field.type === 'string' && isPlainMap(schema)
}

interface Place {
  schema: TypeSchema
  name: string
}

function isDropped(value: JsonValue, field: TypeSchema, { schema, name }: Place): boolean {
  if (field.origin === 'custom') return value === null && !field.nullable && isDeclared(field)
  if (value === null) return field.type !== 'any' || field.quantity || field.intOrString
  if (schema.required.includes(name)) return false
  if (Array.isArray(value)) return value.length === 0 && field.type === 'array'
  return isJsonObject(value) && isPlainMap(field) && Object.keys(value).length === 0
}

function isPlainMap(field: TypeSchema): boolean {
  return (
    field.type === 'object' &&
    field.properties.size === 0 &&
    field.source['additionalProperties'] !== undefined
  )
}

const defaultsMade = new WeakMap<TypeSchema, [string, JsonValue][]>()

function defaultsOf(schema: TypeSchema): [string, JsonValue][] {
  const known = defaultsMade.get(schema)
  if (known !== undefined) return known
  const made: [string, JsonValue][] = []
  for (const [name, field] of schema.properties) {
    if (field.default !== undefined) made.push([name, field.default])
  }
  defaultsMade.set(schema, made)
  return made
}
