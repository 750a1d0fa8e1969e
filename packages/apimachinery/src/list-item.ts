import { keyElement, type PathElement, valueElement } from './field-set.ts'
import { isJsonObject, type JsonValue } from './object.ts'
import type { TypeSchema } from './schema.ts'

/**
 * How a list item is named in paths: by its keys in a map list (absent keys take their default, e.g. protocol TCP), by its
 * value in a set. `undefined` for items that cannot be named (a missing key without a default, or no object at all).
 */
export function itemElement(schema: TypeSchema, item: JsonValue): PathElement | undefined {
  if (schema.listType === 'set') return valueElement(item)
  if (!isJsonObject(item)) return undefined
  const names = schema.listMapKeys
  const only = names[0]
  if (names.length === 1 && only !== undefined && typeof item[only] === 'string') {
    return `k:{"${only}":${JSON.stringify(item[only])}}`
  }
  const keys: Record<string, JsonValue> = {}
  for (const name of names) {
    const value = item[name] ?? schema.items?.properties.get(name)?.default
    if (value !== undefined) keys[name] = value
  }
  return Object.keys(keys).length === 0 ? undefined : keyElement(keys)
}

/** The keys of `schema` that the item lacks and that have no default. */
export function missingKeys(schema: TypeSchema, item: JsonValue): string[] {
  if (!isJsonObject(item)) return [...schema.listMapKeys]
  return schema.listMapKeys.filter(
    (name) => item[name] === undefined && schema.items?.properties.get(name)?.default === undefined,
  )
}
