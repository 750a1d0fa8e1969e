import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  makeSchema,
  type TypeSchema,
} from '@driftless/apimachinery'
import { RE2JS } from 're2js'
import { type Cause, invalid, tooLong, tooMany } from './causes.ts'
import { hasFormat } from './formats.ts'

/** Checks a value against a whole schema; given by the caller, as limits and schemas go into each other. */
export type SchemaCheck = (value: JsonValue, schema: TypeSchema, path: string) => Cause[]

interface Limited {
  path: string
  check: SchemaCheck
}

/**
 * The limits that CRD schemas set: lengths, sizes, ranges, patterns, formats, oneOf and its like. Words and order are those
 * of k8s.io/kube-openapi/pkg/validation.
 */
export function limitCauses(value: JsonValue, schema: TypeSchema, at: Limited): Cause[] {
  if (schema.origin === 'built-in') return []
  const { source } = schema
  const { path } = at
  const logic = logicCauses(value, source, at)
  if (typeof value === 'string')
    return [...logic, ...textCauses(value, source, path), ...formatCauses(value, source, path)]
  if (typeof value === 'number') return [...logic, ...numberCauses(value, source, path)]
  if (Array.isArray(value)) return [...logic, ...listCauses(value, source, path)]
  return isJsonObject(value) ? [...logic, ...mapCauses(value, source, path)] : logic
}

/** The first limit that a text breaks is the only one that is told. */
function textCauses(value: string, source: JsonObject, path: string): Cause[] {
  const { minLength, maxLength, pattern } = source
  const length = Array.from(value).length
  if (typeof maxLength === 'number' && length > maxLength) return [tooLong(path, maxLength)]
  if (typeof minLength === 'number' && length < minLength)
    return [inBody(path, value, `should be at least ${minLength} chars long`)]
  if (typeof pattern === 'string' && !matches(pattern, value))
    return [inBody(path, value, `should match '${pattern}'`)]
  return []
}

function formatCauses(value: string, { format }: JsonObject, path: string): Cause[] {
  if (typeof format !== 'string' || hasFormat(format, value)) return []
  const cause = inBody(path, value, `must be of type ${format}: ${JSON.stringify(value)}`)
  return [{ ...cause, reason: 'FieldValueTypeInvalid' }]
}

/** RE2, as the API server: a pattern from a CRD can take no more than linear time. */
const patterns = new Map<string, RE2JS | undefined>()

function matches(pattern: string, value: string): boolean {
  if (!patterns.has(pattern)) {
    if (patterns.size >= 1000) patterns.clear()
    patterns.set(pattern, compilePattern(pattern))
  }
  return patterns.get(pattern)?.matcher(value).find() ?? true
}

/** Undefined for what RE2 cannot read; a CRD with such a pattern is refused. */
export function compilePattern(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern)
  } catch {
    return undefined // the caller decides what a bad pattern means
  }
}

function numberCauses(value: number, source: JsonObject, path: string): Cause[] {
  const { minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum, format } = source
  const causes: Cause[] = []
  if (typeof multipleOf === 'number' && multipleOf > 0 && !Number.isInteger(value / multipleOf))
    causes.push(inBody(path, value, `should be a multiple of ${multipleOf}`))
  if (typeof maximum === 'number' && (exclusiveMaximum === true ? value >= maximum : value > maximum))
    causes.push(
      inBody(path, value, `should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`),
    )
  if (typeof minimum === 'number' && (exclusiveMinimum === true ? value <= minimum : value < minimum))
    causes.push(
      inBody(
        path,
        value,
        `should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`,
      ),
    )
  if (format === 'int32' && (value > 2_147_483_647 || value < -2_147_483_648))
    causes.push(pathless(`Checked value must be of type integer with format int32 in ${path}`))
  return causes
}

function listCauses(value: readonly JsonValue[], source: JsonObject, path: string): Cause[] {
  const { minItems, maxItems } = source
  const causes: Cause[] = []
  if (typeof minItems === 'number' && value.length < minItems)
    causes.push(inBody(path, value.length, `should have at least ${minItems} items`))
  if (typeof maxItems === 'number' && value.length > maxItems)
    causes.push(tooMany(path, value.length, maxItems))
  return causes
}

function mapCauses(value: JsonObject, source: JsonObject, path: string): Cause[] {
  const { minProperties, maxProperties } = source
  const size = Object.keys(value).length
  if (typeof minProperties === 'number' && size < minProperties)
    return [inBody(path, size, `should have at least ${minProperties} properties`)]
  if (typeof maxProperties === 'number' && size > maxProperties) return [tooMany(path, size, maxProperties)]
  return []
}

/** `allOf`, `anyOf`, `oneOf`, `not`: their branches restrict only, so each is a schema of its own without types. */
function logicCauses(value: JsonValue, source: JsonObject, at: Limited): Cause[] {
  const must = (what: string): Cause => pathless(`${JSON.stringify(at.path)} must ${what}`)
  const results = (key: string): Cause[][] =>
    branches(source[key]).map((branch) => branchCauses(value, branch, at))
  const causes: Cause[] = []
  const any = results('anyOf')
  if (any.length > 0 && !any.some(isEmpty))
    causes.push(must('validate at least one schema (anyOf)'), ...(any[0] ?? []))
  const one = results('oneOf')
  const good = one.filter(isEmpty).length
  if (one.length > 0 && good !== 1) {
    const found = good === 0 ? 'Found none valid' : `Found ${good} valid alternatives`
    causes.push(
      must(`validate one and only one schema (oneOf). ${found}`),
      ...(good === 0 ? (one[0] ?? []) : []),
    )
  }
  const all = results('allOf')
  const missed = all.filter((found) => !isEmpty(found)).length
  causes.push(...all.flat())
  if (missed > 0)
    causes.push(must(`validate all the schemas (allOf)${missed === all.length ? '. None validated' : ''}`))
  if (isJsonObject(source['not']) && isEmpty(branchCauses(value, source['not'], at)))
    causes.push(must('not validate the schema (not)'))
  return causes
}

function isEmpty(causes: readonly Cause[]): boolean {
  return causes.length === 0
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
  return check(value, schema, path)
}

/** The real server knows no field for these. */
function pathless(detail: string): Cause {
  return { ...invalid('<nil>', '', detail) }
}

function inBody(field: string, value: unknown, what: string): Cause {
  return invalid(field, value, `${field} in body ${what}`)
}
