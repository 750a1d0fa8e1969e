import { jsonEqual } from './json-equal.ts'
import { isJsonObject, type JsonObject, type JsonValue, ownField } from './object.ts'

/**
 * Applies a JSON merge patch (RFC 7386): null removes, maps merge, all else replaces. The inputs stay as they are. As in the API
 * server, nulls go from the maps inside a list too, and stay where the list takes the place of a map.
 */
export function applyMergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (Array.isArray(patch) && !isJsonObject(target)) return patch.map(withoutNulls)
  if (!isJsonObject(patch)) return patch
  const out = new Map<string, JsonValue | undefined>(isJsonObject(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) out.delete(name)
    else if (value !== undefined) out.set(name, applyMergePatch(out.get(name), value))
  }
  return Object.fromEntries(out)
}

function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutNulls)
  return isJsonObject(value) ? applyMergePatch(undefined, value) : value
}

/**
 * The merge patch that turns `from` into `to`; `{}` when they are equal. Lists are replaced whole. A null inside `to` cannot
 * be said in this format and reads as absent.
 */
export function createMergePatch(from: JsonObject, to: JsonObject): JsonObject {
  const patch = new Map<string, JsonValue>()
  for (const [name, before] of Object.entries(from)) {
    if (before !== undefined && before !== null && (ownField(to, name) ?? null) === null)
      patch.set(name, null)
  }
  for (const [name, after] of Object.entries(to)) {
    const before = ownField(from, name)
    if (after === undefined || after === null || jsonEqual(before, after)) continue
    patch.set(name, isJsonObject(before) && isJsonObject(after) ? createMergePatch(before, after) : after)
  }
  return Object.fromEntries(patch)
}
