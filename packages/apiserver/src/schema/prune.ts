import {
  fieldSchema,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'

/** Takes out, in place, every field that the schema does not declare; answers their paths (`spec.containers[0].imag`). */
export function pruneUnknown(object: KubeObject, schema: TypeSchema): string[] {
  const unknown: string[] = []
  if (!hasUnknown(object as unknown as JsonObject, schema)) return unknown
  pruneMap(object as unknown as JsonObject, schema, { path: '', unknown })
  return unknown
}

/** Nearly every object has none: looking costs less than keeping track of where one is. */
function hasUnknown(value: JsonValue | undefined, schema: TypeSchema): boolean {
  if (isJsonObject(value)) {
    for (const name in value) {
      const field = fieldSchema(schema, name)
      if (field === undefined ? isUnknown(schema, name) : hasUnknown(value[name], field)) return true
    }
    return false
  }
  const item = schema.items
  return Array.isArray(value) && item !== undefined && value.some((entry) => hasUnknown(entry, item))
}

interface Walk {
  path: string
  unknown: string[]
}

const embeddedFields = new Set(['apiVersion', 'kind', 'metadata'])

function pruneMap(object: JsonObject, schema: TypeSchema, walk: Walk): void {
  for (const name of Object.keys(object)) {
    const path = walk.path === '' ? name : `${walk.path}.${name}`
    const field = fieldSchema(schema, name)
    if (field !== undefined) pruneValue(object[name], field, { ...walk, path })
    else if (isUnknown(schema, name)) {
      walk.unknown.push(path)
      delete object[name]
    }
  }
}

function pruneValue(value: JsonValue | undefined, schema: TypeSchema, walk: Walk): void {
  if (isJsonObject(value)) {
    pruneMap(value, schema, walk)
    return
  }
  const item = schema.items
  if (!Array.isArray(value) || item === undefined) return
  for (const [at, entry] of value.entries()) pruneValue(entry, item, { ...walk, path: `${walk.path}[${at}]` })
}

function isUnknown(schema: TypeSchema, name: string): boolean {
  return isClosed(schema) && !(schema.embeddedResource && embeddedFields.has(name))
}

/** Whether undeclared fields are dropped here. */
function isClosed(schema: TypeSchema): boolean {
  if (schema.additionalProperties !== undefined || schema.type === 'any') return false
  return !schema.preserveUnknownFields
}

/** Drops, in place, the nulls of a custom resource that its schema has no room for; where there is a default it comes instead. */
export function dropNulls(value: JsonValue | undefined, schema: TypeSchema): void {
  if (isJsonObject(value)) {
    for (const name of Object.keys(value)) {
      const field = fieldSchema(schema, name)
      if (field === undefined || field === untypedSchema) continue
      if (value[name] === null && !field.nullable && field.default === undefined) delete value[name]
      else dropNulls(value[name], field)
    }
  } else if (Array.isArray(value) && schema.items !== undefined) {
    for (const entry of value) dropNulls(entry, schema.items)
  }
}
