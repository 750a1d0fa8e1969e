import { isJsonObject, type JsonObject, type JsonValue } from '@driftless/apimachinery'

/** Sets what is absent. */
export function fill(object: JsonObject, defaults: JsonObject): void {
  for (const name in defaults) object[name] ??= defaults[name]
}

/** The object at a field, made when absent. */
export function objectAt(holder: JsonObject, name: string): JsonObject {
  const value = holder[name]
  if (isJsonObject(value)) return value
  const made: JsonObject = {}
  holder[name] = made
  return made
}

export function objectsAt(holder: JsonObject, name: string): JsonObject[] {
  const value = holder[name]
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined
}
