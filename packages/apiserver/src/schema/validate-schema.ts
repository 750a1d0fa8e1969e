import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonEqual,
  parseQuantity,
  type TypeSchema,
} from '@driftless/apimachinery'
import { type Cause, invalid, required, unsupported, wrongType } from './causes.ts'
import { limitCauses } from './validate-limits.ts'

/** Checks types, required fields, enums, quantities and (custom kinds) limits of a value and all below it. */
export function schemaCauses(value: JsonValue, schema: TypeSchema, path: string): Cause[] {
  if (value === null && (schema.nullable || schema.origin === 'built-in')) return []
  const own = typeCause(value, schema, path)
  if (own !== undefined) return [own]
  const causes = [
    ...enumCauses(value, schema, path),
    ...limitCauses(value, schema, { path, check: schemaCauses }),
  ]
  if (isJsonObject(value)) causes.push(...objectCauses(value, schema, path))
  else if (Array.isArray(value) && schema.items !== undefined) {
    for (const [at, entry] of value.entries())
      causes.push(...schemaCauses(entry, schema.items, `${path}[${at}]`))
  }
  return causes
}

function objectCauses(object: JsonObject, schema: TypeSchema, path: string): Cause[] {
  const causes: Cause[] = []
  for (const name of schema.required) {
    const value = object[name]
    const isMissing = value === undefined || (value === null && schema.origin === 'built-in')
    if (isMissing) causes.push(required(join(path, name)))
  }
  for (const name in object) {
    const value = object[name]
    const field = schema.properties.get(name) ?? schema.additionalProperties
    if (value === undefined || field === undefined || (path === '' && name === 'metadata')) continue
    causes.push(...schemaCauses(value, field, join(path, name)))
  }
  return causes
}

function typeCause(value: JsonValue, schema: TypeSchema, path: string): Cause | undefined {
  if (schema.quantity) {
    const isFine =
      (typeof value === 'string' || typeof value === 'number') && parseQuantity(value) !== undefined
    return isFine ? undefined : invalid(path, value, 'quantities must match the regular expression')
  }
  if (schema.intOrString) {
    const isFine = typeof value === 'string' || Number.isInteger(value)
    return isFine ? undefined : wrongType(path, typeName(value), 'integer,string')
  }
  const is = typeName(value)
  if (schema.type === 'any' || is === schema.type || (is === 'integer' && schema.type === 'number'))
    return undefined
  return wrongType(path, is, schema.type)
}

function typeName(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function enumCauses(value: JsonValue, schema: TypeSchema, path: string): Cause[] {
  if (schema.enum === undefined || schema.enum.some((entry) => jsonEqual(entry, value))) return []
  if (value === '' && schema.origin === 'built-in') return []
  return [unsupported(path, value, schema.enum)]
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
