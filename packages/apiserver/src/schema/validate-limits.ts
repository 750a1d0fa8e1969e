import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  makeSchema,
  type TypeSchema,
} from '@driftless/apimachinery'
import { RE2JS } from 're2js'
import { type Cause, duplicate, invalid } from './causes.ts'

/** Checks a value against a whole schema; given by the caller, as limits and schemas go into each other. */
export type SchemaCheck = (value: JsonValue, schema: TypeSchema, path: string) => Cause[]

interface Limited {
  path: string
  check: SchemaCheck
}

/** The limits that CRD schemas set: lengths, sizes, ranges, patterns, formats, unique items, oneOf and its like. */
export function limitCauses(value: JsonValue, schema: TypeSchema, at: Limited): Cause[] {
  if (schema.origin === 'built-in') return []
  const { source } = schema
  const { path } = at
  if (typeof value === 'string')
    return [...stringCauses(value, source, path), ...logicCauses(value, source, at)]
  if (typeof value === 'number')
    return [...numberCauses(value, source, path), ...logicCauses(value, source, at)]
  if (Array.isArray(value)) return [...listCauses(value, schema, path), ...logicCauses(value, source, at)]
  if (isJsonObject(value)) return [...mapCauses(value, source, path), ...logicCauses(value, source, at)]
  return []
}

function stringCauses(value: string, source: JsonObject, path: string): Cause[] {
  const causes: Cause[] = []
  const { minLength, maxLength, pattern, format } = source
  const length = Array.from(value).length
  if (typeof maxLength === 'number' && length > maxLength)
    causes.push(inBody(path, value, `should be at most ${maxLength} chars long`))
  if (typeof minLength === 'number' && length < minLength)
    causes.push(inBody(path, value, `should be at least ${minLength} chars long`))
  if (typeof pattern === 'string' && !matches(pattern, value))
    causes.push(inBody(path, value, `should match '${pattern}'`))
  if (format === 'date-time' && !isDateTime(value))
    causes.push(inBody(path, value, `must be of type date-time: ${JSON.stringify(value)}`))
  return causes
}

function isDateTime(value: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(value) &&
    !Number.isNaN(Date.parse(value))
  )
}

/** RE2, as the API server: a pattern from a CRD can take no more than linear time. */
const patterns = new Map<string, RE2JS | undefined>()

function matches(pattern: string, value: string): boolean {
  if (!patterns.has(pattern)) {
    if (patterns.size >= 1000) patterns.clear()
    patterns.set(pattern, compile(pattern))
  }
  return patterns.get(pattern)?.matcher(value).find() ?? true
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern)
  } catch {
    return undefined // a CRD with such a pattern is refused when it is created
  }
}

function numberCauses(value: number, source: JsonObject, path: string): Cause[] {
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum } = source
  const causes: Cause[] = []
  if (typeof maximum === 'number' && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    causes.push(
      inBody(path, value, `should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`),
    )
  }
  if (typeof minimum === 'number' && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    causes.push(
      inBody(
        path,
        value,
        `should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`,
      ),
    )
  }
  if (typeof multipleOf === 'number' && multipleOf > 0 && !Number.isInteger(value / multipleOf)) {
    causes.push(inBody(path, value, `should be a multiple of ${multipleOf}`))
  }
  return causes
}

function listCauses(value: readonly JsonValue[], schema: TypeSchema, path: string): Cause[] {
  const { minItems, maxItems, uniqueItems } = schema.source
  const causes: Cause[] = []
  if (typeof maxItems === 'number' && value.length > maxItems) {
    const message = `Too many: ${value.length}: must have at most ${maxItems} items`
    causes.push({ reason: 'FieldValueTooMany', message, field: path })
  }
  if (typeof minItems === 'number' && value.length < minItems) {
    causes.push(inBody(path, value.length, `should have at least ${minItems} items`))
  }
  if (uniqueItems === true || schema.listType !== 'atomic') causes.push(...repeatedItems(value, schema, path))
  return causes
}

function repeatedItems(value: readonly JsonValue[], schema: TypeSchema, path: string): Cause[] {
  const identity = (entry: JsonValue): string =>
    JSON.stringify(
      schema.listType === 'map' && isJsonObject(entry) ? schema.listMapKeys.map((key) => entry[key]) : entry,
    )
  const seen = new Set<string>()
  const causes: Cause[] = []
  for (const [at, entry] of value.entries()) {
    const id = identity(entry)
    if (seen.has(id)) causes.push(duplicate(`${path}[${at}]`, entry))
    seen.add(id)
  }
  return causes
}

function mapCauses(value: JsonObject, source: JsonObject, path: string): Cause[] {
  const { minProperties, maxProperties } = source
  const size = Object.keys(value).length
  if (typeof maxProperties === 'number' && size > maxProperties)
    return [inBody(path, size, `should have at most ${maxProperties} properties`)]
  if (typeof minProperties === 'number' && size < minProperties)
    return [inBody(path, size, `should have at least ${minProperties} properties`)]
  return []
}

/** `allOf`, `anyOf`, `oneOf`, `not`: their branches restrict only, so each is a schema of its own without types. */
function logicCauses(value: JsonValue, source: JsonObject, at: Limited): Cause[] {
  const { path } = at
  const causes: Cause[] = []
  for (const branch of branches(source['allOf'])) causes.push(...branchCauses(value, branch, at))
  const fits = (branch: JsonObject): boolean => branchCauses(value, branch, at).length === 0
  const any = branches(source['anyOf'])
  if (any.length > 0 && !any.some(fits))
    causes.push(inBody(path, value, 'must validate at least one schema (anyOf)'))
  const one = branches(source['oneOf'])
  if (one.length > 0 && one.filter(fits).length !== 1)
    causes.push(inBody(path, value, 'must validate one and only one schema (oneOf)'))
  if (isJsonObject(source['not']) && fits(source['not']))
    causes.push(inBody(path, value, 'must not validate the schema (not)'))
  return causes
}

function branches(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

const branchSchemas = new WeakMap<JsonObject, TypeSchema>()

function branchCauses(value: JsonValue, branch: JsonObject, { path, check }: Limited): Cause[] {
  const known = branchSchemas.get(branch)
  const schema =
    known ??
    makeSchema(
      branch['type'] === undefined ? { ...branch, 'x-kubernetes-preserve-unknown-fields': true } : branch,
      { origin: 'custom' },
    )
  if (known === undefined) branchSchemas.set(branch, schema)
  const missing = branch['required']
  if (isJsonObject(value) || !Array.isArray(missing)) return check(value, schema, path)
  return [inBody(path, value, 'must be an object')]
}

function inBody(field: string, value: unknown, what: string): Cause {
  return invalid(field, value, `${field} in body ${what}`)
}
