import {
  formatFieldPath,
  isJsonObject,
  itemElement,
  type JsonObject,
  type JsonValue,
  type TypeSchema,
} from '@driftless/apimachinery'

/**
 * Whether a value can be applied: every field declared, maps and lists where the schema says so, items with unique keys.
 * Answers the API server's sentence with the path in front (`.spec.foo: field not declared in schema`), or `undefined`.
 */
export function typedError(value: JsonValue, schema: TypeSchema): string | undefined {
  if (value === null) return undefined
  if (isJsonObject(value)) return mapError(value, schema)
  if (Array.isArray(value)) return listError(value, schema)
  if (schema.type === 'object') return `: expected map, got &{${String(value)}}`
  if (schema.type === 'array') return `: expected list, got &{${String(value)}}`
  return scalarError(value, schema)
}

function scalarError(value: JsonValue, schema: TypeSchema): string | undefined {
  const is = typeof value
  if (schema.type === 'string' && is !== 'string')
    return `: expected string, got &value.valueUnstructured{Value:${JSON.stringify(value)}}`
  if (schema.type === 'boolean' && is !== 'boolean')
    return `: expected boolean, got &value.valueUnstructured{Value:${JSON.stringify(value)}}`
  const numeric = schema.type === 'integer' || schema.type === 'number'
  if (numeric && is !== 'number') return `: expected numeric (int or float), got ${is}`
  return undefined
}

function mapError(object: JsonObject, schema: TypeSchema): string | undefined {
  if (schema.type !== 'object' && schema.type !== 'any') return `: expected ${schema.type}, got map`
  for (const name in object) {
    const value = object[name]
    if (value === undefined) continue
    const field = schema.properties.get(name) ?? schema.additionalProperties
    if (field === undefined) return `.${name}: field not declared in schema`
    const error = typedError(value, field)
    if (error !== undefined) return `.${name}${error}`
  }
  return undefined
}

function listError(list: readonly JsonValue[], schema: TypeSchema): string | undefined {
  if (schema.type !== 'array' && schema.type !== 'any') return `: expected ${schema.type}, got list`
  const seen = new Set<string>()
  for (const [at, entry] of list.entries()) {
    const element = schema.listType === 'atomic' ? `i:${at}` : itemElement(schema, entry)
    if (element === undefined) return `: element ${at}: ${unnamed(schema)}`
    const path = formatFieldPath([element])
    if (seen.has(element)) return `: duplicate entries for key ${path}`
    seen.add(element)
    const error = schema.items === undefined ? undefined : typedError(entry, schema.items)
    if (error !== undefined) return `${path}${error}`
  }
  return undefined
}

function unnamed(schema: TypeSchema): string {
  const keys = schema.listMapKeys.map((key) => JSON.stringify(key)).join(' ')
  return `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`
}
