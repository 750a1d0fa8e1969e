import {
  fieldSchema,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  stableHash,
  type TypeSchema,
} from '@driftless/apimachinery'
import type { Target } from './prepare-targets.ts'

/**
 * With `Validate=false` fields that the kind does not declare are left out: a server-side apply that names one is refused
 * whatever the validation (`kubernetes.md` §4, "field not declared in schema").
 */
export function dropUndeclared(target: Target, schema: TypeSchema | undefined): Target {
  if (target.options.validate || schema === undefined) return target
  const object = kept(target.object as unknown as JsonObject, schema) as unknown as KubeObject
  return { ...target, object, hash: stableHash(object) }
}

function kept(value: JsonValue, schema: TypeSchema): JsonValue {
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? value : value.map((item) => kept(item, items))
  }
  if (!isJsonObject(value)) return value
  const closed = schema.type === 'object' && schema.properties.size > 0 && !schema.preserveUnknownFields
  const result: JsonObject = {}
  for (const [name, field] of Object.entries(value)) {
    const below = fieldSchema(schema, name)
    if (field === undefined || (below === undefined && closed && !schema.embeddedResource)) continue
    result[name] = below === undefined ? field : kept(field, below)
  }
  return result
}
