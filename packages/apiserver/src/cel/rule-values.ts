import { fieldSchema, isJsonObject, type JsonValue, type TypeSchema } from '@driftless/apimachinery'
import { Duration } from '@marcbachmann/cel-js/evaluator'

/** Words of the language; a field of that name is written with underscores around it. */
const keywords = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return'.split(
    ' ',
  ),
)

/** The name by which a rule reads a field; https://kubernetes.io/docs/reference/using-api/cel/#escaping */
export function escapedName(name: string): string {
  if (keywords.has(name)) return `__${name}__`
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__')
}

/** A JSON value as rules see it: integers exact, times and durations as such, fields without a schema invisible. */
export function ruleValue(value: JsonValue, schema: TypeSchema): unknown {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number') return numberValue(value, schema)
  if (typeof value === 'string') return textValue(value, schema.format)
  if (Array.isArray(value)) {
    const { items } = schema
    return value.map((item) => (items === undefined ? untyped(item) : ruleValue(item, items)))
  }
  return objectValue(value, schema)
}

function numberValue(value: number, { type }: TypeSchema): unknown {
  return type !== 'number' && Number.isInteger(value) ? BigInt(value) : value
}

function textValue(value: string, format: string | undefined): unknown {
  if (format === 'date-time' || format === 'date') return new Date(value)
  if (format === 'byte') return new Uint8Array(Buffer.from(value, 'base64'))
  return format === 'duration' ? durationValue(value) : value
}

const units: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
}

function durationValue(text: string): unknown {
  let nanos = 0n
  for (const [, amount = '0', unit = 's'] of text.matchAll(/([\d.]+)\s*(ns|us|µs|ms|s|m|h|d)/g))
    nanos += BigInt(Math.round(Number(amount) * Number(units[unit] ?? 0n)))
  if (text.startsWith('-')) nanos = -nanos
  return new Duration(nanos / 1_000_000_000n, Number(nanos % 1_000_000_000n))
}

function objectValue(
  value: { [name: string]: JsonValue | undefined },
  schema: TypeSchema,
): Map<string, unknown> {
  const map = new Map<string, unknown>()
  const declared = schema.properties.size > 0
  for (const [name, field] of Object.entries(value)) {
    const known = declared ? schema.properties.get(name) : fieldSchema(schema, name)
    if (field === undefined) continue
    if (known !== undefined) map.set(declared ? escapedName(name) : name, ruleValue(field, known))
    else if (schema.embeddedResource) map.set(name, untyped(field))
  }
  return map
}

function untyped(value: JsonValue): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(untyped)
  if (!isJsonObject(value)) return value
  return new Map(Object.entries(value).map(([name, field]) => [name, untyped(field ?? null)]))
}

/** What the rules of the root see: of the metadata only the names. */
export function rootValue(value: JsonValue, schema: TypeSchema): unknown {
  const map = ruleValue(value, schema)
  if (!(map instanceof Map) || !isJsonObject(value)) return map
  const metadata = isJsonObject(value['metadata']) ? value['metadata'] : {}
  const names = ['name', 'generateName'].filter((name) => metadata[name] !== undefined)
  map.set('metadata', new Map(names.map((name) => [name, metadata[name]])))
  return map
}
