import type { PathElement } from './field-set.ts'
import { itemElement } from './list-item.ts'
import { isJsonObject, type JsonValue } from './object.ts'
import { fieldSchema, type TypeSchema, untypedSchema } from './schema.ts'

export interface ChildValue {
  value: JsonValue | undefined
  schema: TypeSchema
  /** Name of the field, or position in the list. */
  step: string | number
}

/**
 * What one step of a path leads to: a field by its name, a list item by its keys or its value. `undefined` for what is
 * recorded in field sets but not there any more.
 */
export function childAt(
  value: JsonValue | undefined,
  schema: TypeSchema,
  element: PathElement,
): ChildValue | undefined {
  if (isJsonObject(value) && element.startsWith('f:')) {
    const name = element.slice(2)
    if (!Object.hasOwn(value, name)) return undefined
    return { value: value[name], schema: fieldSchema(schema, name) ?? untypedSchema, step: name }
  }
  if (!Array.isArray(value)) return undefined
  const index = value.findIndex((item) => itemElement(schema, item) === element)
  if (index < 0) return undefined
  return { value: value[index], schema: schema.items ?? untypedSchema, step: index }
}
