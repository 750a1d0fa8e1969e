import {
  fieldSchema,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  parseQuantity,
  type TypeSchema,
} from '@driftless/apimachinery'
import { microTimeFormat } from './go-shape.ts'
import { goTimeProblem } from './go-time.ts'

const quantityForm =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/**
 * Why an object of a built-in kind cannot be read at all: a value of another type than its field, text that is no base64, an
 * amount that is none. In the words of the Go decoder; `undefined` for objects that can be read.
 */
export function decodeProblem(object: KubeObject, schema: TypeSchema): string | undefined {
  if (schema.origin === 'custom') return undefined
  return mapProblem(object as unknown as JsonObject, schema, { kind: object.kind, path: '' })
}

/** As the conversion of a whole object tells the problem; times say it themselves. */
export function decodingError(problem: string): string {
  return problem.startsWith('parsing time') ? problem : `error decoding from json: ${problem}`
}

interface Place {
  kind: string
  path: string
}

function mapProblem(object: JsonObject, schema: TypeSchema, place: Place): string | undefined {
  for (const name in object) {
    const field = fieldSchema(schema, name)
    const value = object[name]
    if (field === undefined || value === undefined || value === null) continue
    const declared = schema.properties.has(name)
    const problem = valueProblem(value, field, declared ? below(place, name) : place)
    if (problem !== undefined) return problem
  }
  return undefined
}

function below({ kind, path }: Place, name: string): Place {
  return { kind, path: path === '' ? name : `${path}.${name}` }
}

function valueProblem(value: JsonValue, schema: TypeSchema, place: Place): string | undefined {
  if (schema.quantity) return isQuantity(value) ? undefined : quantityForm
  if (schema.type === 'any' || schema.intOrString) return undefined
  if (isJsonObject(value))
    return schema.type === 'object' ? mapProblem(value, schema, place) : wrongType('object', schema, place)
  if (Array.isArray(value))
    return schema.type === 'array' ? listProblem(value, schema, place) : wrongType('array', schema, place)
  return scalarProblem(value, schema, place)
}

function listProblem(list: readonly JsonValue[], schema: TypeSchema, place: Place): string | undefined {
  const item = schema.items
  if (item === undefined) return undefined
  for (const entry of list) {
    const problem = entry === null ? undefined : valueProblem(entry, item, place)
    if (problem !== undefined) return problem
  }
  return undefined
}

function scalarProblem(value: JsonValue, schema: TypeSchema, place: Place): string | undefined {
  const is = typeof value === 'boolean' ? 'bool' : typeof value
  const isNumber = schema.type === 'integer' || schema.type === 'number'
  const fits = isNumber ? is === 'number' : schema.type === 'boolean' ? is === 'bool' : schema.type === is
  if (!fits) return wrongType(is, schema, place)
  if (typeof value !== 'string') return undefined
  if (schema.format === 'byte') return base64Problem(value)
  return isTime(schema) ? goTimeProblem(value, { micro: schema.format === microTimeFormat }) : undefined
}

/** Of a built-in kind. */
export function isTime({ format }: TypeSchema): boolean {
  return format === 'date-time' || format === microTimeFormat
}

function wrongType(is: string, schema: TypeSchema, { kind, path }: Place): string {
  return `json: cannot unmarshal ${is} into Go struct field ${kind}.${path} of type ${goType(schema)}`
}

function goType({ type, format }: TypeSchema): string {
  if (type === 'integer') return format === 'int64' ? 'int64' : 'int32'
  if (type === 'boolean') return 'bool'
  if (type === 'object') return 'map[string]string'
  return type
}

function isQuantity(value: JsonValue): boolean {
  return (typeof value === 'string' || typeof value === 'number') && parseQuantity(value) !== undefined
}

/** The decoder names the first byte that does not fit. */
function base64Problem(text: string): string | undefined {
  const bare = text.replaceAll(/[\r\n]/g, '')
  const good = /^[A-Za-z0-9+/]*/.exec(bare)?.[0].length ?? 0
  const padding = bare.slice(good)
  const isWhole = bare.length % 4 === 0 && /^={0,2}$/.test(padding)
  return isWhole ? undefined : `illegal base64 data at input byte ${good}`
}
