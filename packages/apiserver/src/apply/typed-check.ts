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
 * Answers the API server's sentences with the path in front (`.spec.foo: field not declared in schema`), or `undefined`.
 */
export function typedError(value: JsonValue, schema: TypeSchema): string | undefined {
  const errors = errorsOf(value, schema)
  if (errors.length === 0) return undefined
  return errors.length === 1 ? errors[0] : `errors:\n${errors.map((error) => `  ${error}`).join('\n')}`
}

function errorsOf(value: JsonValue, schema: TypeSchema): string[] {
  if (value === null) return []
  if (isJsonObject(value)) return mapErrors(value, schema)
  if (Array.isArray(value)) return listErrors(value, schema)
  if (schema.type === 'object') return [`: expected map, got &{${String(value)}}`]
  if (schema.type === 'array') return [`: expected list, got &{${String(value)}}`]
  const wrong = scalarError(value, schema)
  return wrong === undefined ? [] : [wrong]
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

function mapErrors(object: JsonObject, schema: TypeSchema): string[] {
  if (schema.type !== 'object' && schema.type !== 'any') return [`: expected ${schema.type}, got map`]
  const errors: string[] = []
  for (const name in object) {
    const value = object[name]
    if (value === undefined) continue
    const field = schema.properties.get(name) ?? schema.additionalProperties
    if (field === undefined) errors.push(`.${name}: field not declared in schema`)
    else errors.push(...errorsOf(value, field).map((error) => `.${name}${error}`))
  }
  return errors
}

function listErrors(list: readonly JsonValue[], schema: TypeSchema): string[] {
  if (schema.type !== 'array' && schema.type !== 'any') return [`: expected ${schema.type}, got list`]
  const seen = new Set<string>()
  const errors: string[] = []
  for (const [at, entry] of list.entries()) {
    const element = schema.listType === 'atomic' ? `i:${at}` : itemElement(schema, entry)
    if (element === undefined) {
      errors.push(`: element ${at}: ${unnamed(schema)}`)
      continue
    }
    const path = formatFieldPath([element])
    if (seen.has(element)) errors.push(`: duplicate entries for key ${path}`)
    seen.add(element)
    if (schema.items !== undefined)
      errors.push(...errorsOf(entry, schema.items).map((error) => `${path}${error}`))
  }
  return errors
}

function unnamed(schema: TypeSchema): string {
  const keys = schema.listMapKeys.map((key) => JSON.stringify(key)).join(' ')
  return `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`
}
