import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonEqual,
  parseQuantity,
  type TypeSchema,
} from '@driftless/apimachinery'
import { type Cause, invalid, required, unsupported, wrongType } from './causes.ts'
import { oldField, oldItem } from './old-value.ts'
import { limitCauses } from './validate-limits.ts'
import { labelCauses } from './validate-metadata.ts'

/**
 * Checks types, required fields, enums, quantities and (custom kinds) limits of a value and all below it. With `old`, what
 * did not change is left alone: a stricter schema does not lock objects that were stored before it (KEP-4008).
 */
export function schemaCauses(value: JsonValue, schema: TypeSchema, path: string, old?: JsonValue): Cause[] {
  if (value === null && (schema.nullable || schema.origin === 'built-in')) return []
  const causes = causesOf(value, schema, { path, old })
  return causes.length > 0 && old !== undefined && jsonEqual(value, old) ? [] : causes
}

interface At {
  path: string
  old: JsonValue | undefined
}

function causesOf(value: JsonValue, schema: TypeSchema, { path, old }: At): Cause[] {
  const own = typeCause(value, schema, path)
  if (own !== undefined) return isFraction(value, schema) ? [own, fractionCause(path)] : [own]
  const causes = [
    ...enumCauses(value, schema, path),
    ...limitCauses(value, schema, { path, check: schemaCauses }),
  ]
  if (isJsonObject(value)) causes.push(...objectCauses(value, schema, { path, old }))
  else if (Array.isArray(value) && schema.items !== undefined) {
    for (const [at, entry] of value.entries())
      causes.push(...schemaCauses(entry, schema.items, `${path}[${at}]`, oldItem(entry, schema, old)))
  }
  return causes
}

function objectCauses(object: JsonObject, schema: TypeSchema, { path, old }: At): Cause[] {
  const causes: Cause[] = []
  const names = schema.embeddedResource ? [...schema.required, ...embeddedRequired(schema)] : schema.required
  for (const name of names) {
    const value = object[name]
    const isMissing = value === undefined || (value === null && schema.origin === 'built-in')
    if (isMissing) causes.push(required(join(path, name)))
  }
  for (const name in object) {
    const value = object[name]
    const field = schema.properties.get(name) ?? schema.additionalProperties
    if (value === undefined || field === undefined || (path === '' && name === 'metadata')) continue
    causes.push(...schemaCauses(value, field, join(path, name), oldField(name, schema, old)))
  }
  if (schema.embeddedResource) causes.push(...embeddedCauses(object, path))
  return causes
}

function embeddedRequired({ required: listed }: TypeSchema): string[] {
  return ['apiVersion', 'kind'].filter((name) => !listed.includes(name))
}

/** The metadata of an object inside of another one. */
function embeddedCauses({ metadata }: JsonObject, path: string): Cause[] {
  if (!isJsonObject(metadata)) return []
  return labelCauses(metadata['labels'], join(path, 'metadata.labels'))
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

function isFraction(value: JsonValue, { type, origin }: TypeSchema): boolean {
  return typeof value === 'number' && type === 'integer' && origin === 'custom'
}

function fractionCause(path: string): Cause {
  return invalid('<nil>', '', `Checked value must be of type integer (default format) in ${path}`)
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
  const known = schema.origin === 'custom' ? schema.enum.map(String) : schema.enum
  return [unsupported(path, value, known)]
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
