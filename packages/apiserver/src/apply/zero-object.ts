import type { JsonObject, JsonValue, TypeSchema } from '@driftless/apimachinery'

const made = new WeakMap<TypeSchema, JsonObject>()

/**
 * The object that a create is compared with. Built-in kinds begin as an empty Go struct, whose embedded structs, required
 * lists and required scalars are there already and so are not "added"; the OpenAPI marks them by a default and `required`.
 * Custom resources begin as nothing.
 */
export function zeroObject(schema: TypeSchema): JsonObject {
  if (schema.origin === 'custom') return {}
  const known = made.get(schema)
  if (known !== undefined) return known
  const zero: JsonObject = {}
  for (const [name, field] of schema.properties) {
    const value = zeroField(field, schema.required.includes(name))
    if (value !== undefined) zero[name] = value
  }
  made.set(schema, zero)
  return zero
}

function zeroField(field: TypeSchema, required: boolean): JsonValue | undefined {
  if (field.default !== undefined) {
    return field.properties.size > 0 ? zeroObject(field) : goZero(field)
  }
  if (!required) return undefined
  return field.type === 'array' || field.type === 'object' ? null : undefined
}

/** A default such as `TCP` comes later; the struct itself begins empty. */
function goZero(field: TypeSchema): JsonValue | undefined {
  const { default: value } = field
  return value === '' || value === 0 || value === false ? value : undefined
}
