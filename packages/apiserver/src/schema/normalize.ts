import {
  canonicalQuantity,
  fieldSchema,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'

import { isTime } from './decode-problem.ts'
import { microTimeFormat } from './go-shape.ts'
import { goTime } from './go-time.ts'

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
    if (value === null && isMapValue(schema, name)) object[name] = zeroOf(field)
    else if (isDropped(value, field, { schema, name })) delete object[name]
    else fillValue(object, name, field)
  }
  for (const [name, value] of defaults) {
    if (object[name] !== undefined) continue
    object[name] = structuredClone(value)
    const field = schema.properties.get(name)
    if (field !== undefined) fillValue(object, name, field)
  }
  if (schema.leftOut.length + schema.nulls.length > 0) shapeAsGo(object, schema)
}

/** What Go leaves out, and what it writes as null. */
function shapeAsGo(object: JsonObject, schema: TypeSchema): void {
  for (const name of schema.leftOut) if (isZero(object[name])) delete object[name]
  for (const name of schema.nulls) object[name] ??= null
}

function isZero(value: JsonValue | undefined): boolean {
  return value === '' || value === 0 || value === false
}

function fillValue(holder: JsonObject, name: string, field: TypeSchema): void {
  const value = holder[name]
  if (isJsonObject(value)) fillSchemaDefaults(value, field)
  else if (Array.isArray(value)) fillList(value, field.items ?? untypedSchema)
  else if (field.quantity && (typeof value === 'string' || typeof value === 'number')) {
    holder[name] = canonicalQuantity(value)
  } else if (field.origin === 'built-in' && typeof value === 'string' && isTime(field)) {
    holder[name] = goTime(value, { micro: field.format === microTimeFormat })
  }
}

function fillList(list: JsonValue[], item: TypeSchema): void {
  for (const entry of list) {
    if (isJsonObject(entry)) fillSchemaDefaults(entry, item)
    else if (Array.isArray(entry)) fillList(entry, item.items ?? untypedSchema)
  }
}

interface Place {
  schema: TypeSchema
  name: string
}

function isDropped(value: JsonValue, field: TypeSchema, { schema, name }: Place): boolean {
  if (field.origin === 'custom') return value === null && !field.nullable && field.default !== undefined
  if (value === null) return field.type !== 'any' || field.quantity || field.intOrString
  if (schema.required.includes(name)) return false
  if (Array.isArray(value)) return value.length === 0 && field.type === 'array'
  return isJsonObject(value) && isPlainMap(field) && Object.keys(value).length === 0
}

/** A null value of a map of built-in kinds stays, as the zero of its type. */
function isMapValue(schema: TypeSchema, name: string): boolean {
  const values = schema.additionalProperties
  return values?.origin === 'built-in' && values.type === 'string' && !schema.properties.has(name)
}

function zeroOf(field: TypeSchema): JsonValue {
  return field.quantity ? '0' : ''
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
    const isLeftOut = isZero(field.default) && schema.leftOut.includes(name)
    if (field.default !== undefined && !isLeftOut) made.push([name, field.default])
  }
  defaultsMade.set(schema, made)
  return made
}
