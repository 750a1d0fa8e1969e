import { isJsonObject, itemElement, type JsonValue, type TypeSchema } from '@driftless/apimachinery'

/** The item of a keyed list as it was; items of other lists have no past of their own. */
export function oldItem(
  item: JsonValue,
  schema: TypeSchema,
  old: JsonValue | undefined,
): JsonValue | undefined {
  if (!Array.isArray(old) || schema.listType !== 'map') return undefined
  const element = itemElement(schema, item)
  return element === undefined ? undefined : old.find((entry) => itemElement(schema, entry) === element)
}

/** The field of an object as it was. */
export function oldField(
  name: string,
  schema: TypeSchema,
  old: JsonValue | undefined,
): JsonValue | undefined {
  return isJsonObject(old) && schema.mapType !== 'atomic' ? old[name] : undefined
}
