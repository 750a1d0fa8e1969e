import { isJsonObject, type JsonObject } from '@driftless/apimachinery'

/** The schema of the field that a path like `.spec.a` or `.spec['a.b']` names; undefined when there is none. */
export function fieldAt(schema: JsonObject, path: string): JsonObject | undefined {
  let at: JsonObject | undefined = schema
  for (const match of path.matchAll(/\.([^.[\]]+)|\[['"]([^'"]+)['"]\]/g)) {
    at = childOf(at ?? {}, match[1] ?? match[2] ?? '')
  }
  return at === schema ? undefined : at
}

function childOf({ properties, additionalProperties }: JsonObject, name: string): JsonObject | undefined {
  const field = isJsonObject(properties) ? properties[name] : undefined
  if (isJsonObject(field)) return field
  return isJsonObject(additionalProperties) ? additionalProperties : undefined
}
