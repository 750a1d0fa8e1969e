import { isJsonObject, type JsonValue } from '@driftless/apimachinery'

/** The value with its fields in the order that another one has them, its own last: so that texts of both can be compared. */
export function inOrderOf(value: JsonValue, pattern: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) {
    return value.map((item, at) => inOrderOf(item, Array.isArray(pattern) ? pattern[at] : undefined))
  }
  if (!isJsonObject(value) || !isJsonObject(pattern)) return value
  const known = Object.keys(pattern).filter((name) => name in value)
  const own = Object.keys(value).filter((name) => !(name in pattern))
  return Object.fromEntries(
    [...known, ...own].map((name) => [name, inOrderOf(value[name] ?? null, pattern[name])]),
  )
}
