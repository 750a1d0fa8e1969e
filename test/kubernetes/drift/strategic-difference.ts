import {
  fieldSchema,
  isJsonObject,
  jsonEqual,
  type JsonObject,
  type JsonValue,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'

/** A JSON merge patch that leads from one object to another. */
export function mergeDifference(before: JsonObject, after: JsonObject): JsonObject {
  const patch: JsonObject = {}
  for (const name of namesOf(before, after)) {
    const [old, now] = [before[name], after[name]]
    if (jsonEqual(old, now)) continue
    if (now === undefined) patch[name] = null
    else patch[name] = isJsonObject(old) && isJsonObject(now) ? mergeDifference(old, now) : now
  }
  return patch
}

/** The strategic merge patch that kubectl would send: keyed lists item by item, with deletions and the order wanted. */
export function strategicDifference(before: JsonObject, after: JsonObject, schema: TypeSchema): JsonObject {
  const patch: JsonObject = {}
  for (const name of namesOf(before, after)) {
    const [old, now] = [before[name], after[name]]
    const field = fieldSchema(schema, name) ?? untypedSchema
    if (jsonEqual(old, now)) continue
    if (now === undefined) patch[name] = null
    else if (isJsonObject(old) && isJsonObject(now)) patch[name] = strategicDifference(old, now, field)
    else if (Array.isArray(old) && Array.isArray(now))
      Object.assign(patch, listDifference(name, { old, now }, field))
    else patch[name] = now
  }
  return patch
}

function listDifference(
  name: string,
  { old, now }: { old: JsonValue[]; now: JsonValue[] },
  schema: TypeSchema,
): JsonObject {
  const key = schema.patchMergeKey
  if (!schema.patchStrategy.includes('merge')) return { [name]: now }
  if (key === undefined) {
    const gone = old.filter((item) => !now.includes(item))
    return { [name]: now, ...(gone.length === 0 ? {} : { [`$deleteFromPrimitiveList/${name}`]: gone }) }
  }
  const keyOf = (item: JsonValue): JsonValue | undefined => (isJsonObject(item) ? item[key] : undefined)
  const items = now.flatMap((item): JsonValue[] => {
    const known = old.find((candidate) => jsonEqual(keyOf(candidate), keyOf(item)))
    if (jsonEqual(known, item)) return []
    if (!isJsonObject(known) || !isJsonObject(item)) return [item]
    return [{ ...strategicDifference(known, item, schema.items ?? untypedSchema), [key]: keyOf(item) }]
  })
  const deleted = old
    .filter((item) => !now.some((candidate) => jsonEqual(keyOf(candidate), keyOf(item))))
    .map((item): JsonObject => ({ $patch: 'delete', [key]: keyOf(item) }))
  return {
    [name]: [...items, ...deleted],
    [`$setElementOrder/${name}`]: now.map((item) => ({ [key]: keyOf(item) })),
  }
}

function namesOf(before: JsonObject, after: JsonObject): Set<string> {
  return new Set([...Object.keys(before), ...Object.keys(after)])
}
