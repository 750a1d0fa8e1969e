import { isJsonObject, type JsonObject, type JsonValue, type TypeSchema } from '@driftless/apimachinery'
import { type Cause, duplicate } from './causes.ts'

/** Items of lists of type set or map that are there twice. */
export function repeatedItems(value: JsonValue, schema: TypeSchema, path: string): Cause[] {
  if (Array.isArray(value)) {
    const { items } = schema
    const own = schema.listType === 'atomic' ? [] : repeated(value, schema, path)
    if (items === undefined) return own
    return [...own, ...value.flatMap((item, at) => repeatedItems(item, items, `${path}[${at}]`))]
  }
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, field]) => {
    const declared = schema.properties.get(name) ?? schema.additionalProperties
    if (field === undefined || declared === undefined || (path === '' && name === 'metadata')) return []
    return repeatedItems(field, declared, path === '' ? name : `${path}.${name}`)
  })
}

function repeated(value: readonly JsonValue[], schema: TypeSchema, path: string): Cause[] {
  const seen = new Set<string>()
  const causes: Cause[] = []
  for (const [at, item] of value.entries()) {
    const identity = identityOf(item, schema)
    const text = JSON.stringify(identity)
    if (seen.has(text)) causes.push(duplicate(`${path}[${at}]`, identity))
    seen.add(text)
  }
  return causes
}

function identityOf(item: JsonValue, { listType, listMapKeys }: TypeSchema): JsonValue {
  if (listType !== 'map' || !isJsonObject(item)) return item
  const keys: JsonObject = {}
  for (const key of listMapKeys.toSorted()) if (item[key] !== undefined) keys[key] = item[key]
  return keys
}
