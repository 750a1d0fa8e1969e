import { isJsonObject, type JsonObject, type JsonValue } from './object.ts'
import { fieldSchema, type TypeSchema, untypedSchema } from './schema.ts'

export type StrategicMergeResult = { value: JsonObject } | { error: string }

class PatchProblem extends Error {}

/**
 * Applies a strategic merge patch: like a merge patch, but lists whose schema says `merge` are merged item by item by their
 * merge key (or as a set of primitives). Directives: `$patch` (replace, delete, merge), `$retainKeys`,
 * `$deleteFromPrimitiveList/F`, `$setElementOrder/F`. The inputs stay as they are. Errors are sentences for a 400 answer.
 */
export function applyStrategicMerge(
  original: JsonObject,
  patch: JsonObject,
  schema: TypeSchema,
): StrategicMergeResult {
  try {
    return { value: mergeMap(original, patch, schema) }
  } catch (error) {
    if (error instanceof PatchProblem) return { error: error.message }
    throw error
  }
}

function mergeMap(original: JsonObject, patch: JsonObject, schema: TypeSchema): JsonObject {
  const directive = patch['$patch']
  if (directive === 'replace') return withoutDirectives(patch)
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge')
    throw new PatchProblem(`unknown patch type: ${goText(directive)} in map: ${goText(patch)}`)
  const out = new Map(Object.entries(retained(original, patch)))
  for (const [name, value] of Object.entries(patch)) {
    if (value !== undefined && !name.startsWith('$')) mergeField(out, name, { value, patch, schema })
  }
  for (const name of directiveFields(patch)) {
    if (patch[name] === undefined) mergeListField(out, name, { value: [], patch, schema })
  }
  return Object.fromEntries(out)
}

interface FieldPatch {
  value: JsonValue
  patch: JsonObject
  schema: TypeSchema
}

function mergeField(out: Map<string, JsonValue | undefined>, name: string, input: FieldPatch): void {
  const { value, schema } = input
  const field = fieldSchema(schema, name) ?? untypedSchema
  const before = out.get(name)
  if (value === null) out.delete(name)
  else if (isJsonObject(value)) {
    const replace = field.patchStrategy.includes('replace')
    const merged =
      isJsonObject(before) && replace ? value : mergeMap(isJsonObject(before) ? before : {}, value, field)
    // A directive for a map that is not there takes the map away with it.
    if (value['$patch'] === 'delete' || (!isJsonObject(before) && value['$patch'] !== undefined))
      out.delete(name)
    else out.set(name, merged)
  } else if (Array.isArray(value) && field.patchStrategy.includes('merge')) mergeListField(out, name, input)
  else if (Array.isArray(value) && before === undefined)
    out.set(
      name,
      value.filter((item) => !hasDirective(item)),
    )
  else out.set(name, value)
}

function hasDirective(item: JsonValue): boolean {
  return isJsonObject(item) && item['$patch'] !== undefined
}

function mergeListField(out: Map<string, JsonValue | undefined>, name: string, input: FieldPatch): void {
  const { value, patch, schema } = input
  const field = fieldSchema(schema, name) ?? untypedSchema
  const before = out.get(name)
  const list = Array.isArray(before) ? before : []
  const items = asList(value) ?? []
  const key = field.patchMergeKey
  const merged =
    key === undefined || !isListOfObjects(list, items)
      ? mergePrimitives(list, items, asList(patch[`$deleteFromPrimitiveList/${name}`]) ?? [])
      : mergeItems(list, items, { key, schema: field.items ?? untypedSchema })
  if (merged.length === 0 && before === undefined && items.length === 0) return
  const order = asList(patch[`$setElementOrder/${name}`])
  if (order !== undefined) checkOrder(items, order, key)
  out.set(name, inOrder(merged, { order: order ?? items, original: list, key }))
}

function identity(item: JsonValue, key: string | undefined): JsonValue | undefined {
  return key !== undefined && isJsonObject(item) ? item[key] : item
}

function checkOrder(items: readonly JsonValue[], order: readonly JsonValue[], key: string | undefined): void {
  const known = new Set(order.map((item) => identity(item, key)))
  const isNamed = (item: JsonValue): boolean =>
    (isJsonObject(item) && item['$patch'] !== undefined) || known.has(identity(item, key))
  if (items.every(isNamed)) return
  throw new PatchProblem(
    `The order in patch list:\n${goText([...items])}\n doesn't match $setElementOrder list:\n${goText([...order])}\n`,
  )
}

/** As the API server prints values in messages. */
function goText(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isJsonObject(value)) return String(value)
  const fields = Object.keys(value).toSorted()
  return `map[${fields.map((name) => `${name}:${goText(value[name] ?? null)}`).join(' ')}]`
}

function isListOfObjects(list: readonly JsonValue[], items: readonly JsonValue[]): boolean {
  return [...list, ...items].every(isJsonObject)
}

function mergePrimitives(
  list: readonly JsonValue[],
  items: readonly JsonValue[],
  deleted: readonly JsonValue[],
): JsonValue[] {
  return [...new Set([...list, ...items])].filter((item) => !deleted.includes(item))
}

function mergeItems(
  list: readonly JsonValue[],
  items: readonly JsonValue[],
  by: { key: string; schema: TypeSchema },
): JsonValue[] {
  const replaces = items.some(
    (item) => isJsonObject(item) && item['$patch'] === 'replace' && item[by.key] === undefined,
  )
  let out: JsonObject[] = replaces ? [] : list.filter(isJsonObject)
  for (const item of items.filter(isJsonObject)) {
    const id = item[by.key]
    if (id === undefined) {
      if (item['$patch'] === 'replace') continue
      throw new PatchProblem(`map: ${goText(item)} does not contain declared merge key: ${by.key}`)
    }
    const at = out.findIndex((entry) => entry[by.key] === id)
    const before = out[at]
    if (item['$patch'] === 'delete') {
      out = out.filter((entry) => entry[by.key] !== id)
    } else if (before === undefined) out.push(mergeMap({}, item, by.schema))
    else out[at] = mergeMap(before, item, by.schema)
  }
  return out
}

/**
 * Items named by the order come in that order. Another one stands before a named one only where it stood so in the original,
 * so that new items come first. Source: `normalizeElementOrder` of the strategic merge patch of Kubernetes.
 */
function inOrder(
  merged: readonly JsonValue[],
  {
    order,
    original,
    key,
  }: { order: readonly JsonValue[]; original: readonly JsonValue[]; key: string | undefined },
): JsonValue[] {
  const idOf = (item: JsonValue): JsonValue | undefined => identity(item, key)
  const rank = new Map(order.map((item, at) => [idOf(item), at]))
  const position = new Map(original.map((item, at) => [idOf(item), at]))
  const stoodBefore = (left: JsonValue, right: JsonValue): boolean => {
    const [at, other] = [position.get(idOf(left)), position.get(idOf(right))]
    return at !== undefined && other !== undefined && at < other
  }
  const named = merged.filter((item) => rank.has(idOf(item)))
  named.sort((a, b) => (rank.get(idOf(a)) ?? 0) - (rank.get(idOf(b)) ?? 0))
  const others = merged.filter((item) => !rank.has(idOf(item)))
  const out: JsonValue[] = []
  for (const item of named) {
    while (others[0] !== undefined && stoodBefore(others[0], item)) out.push(...others.splice(0, 1))
    out.push(item)
  }
  return [...out, ...others]
}

function retained(original: JsonObject, patch: JsonObject): JsonObject {
  const keys = asList(patch['$retainKeys'])
  if (keys === undefined) return original
  for (const name of Object.keys(patch)) {
    if (!name.startsWith('$') && patch[name] !== null && !keys.includes(name)) {
      throw new PatchProblem('bad or missing directive: $retainKeys must list every field of the patch')
    }
  }
  return Object.fromEntries(Object.entries(original).filter(([name]) => keys.includes(name)))
}

function directiveFields(patch: JsonObject): Set<string> {
  const names = Object.keys(patch).filter((name) =>
    /^\$(deleteFromPrimitiveList|setElementOrder)\//.test(name),
  )
  return new Set(names.map((name) => name.slice(name.indexOf('/') + 1)))
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([name]) => !name.startsWith('$')))
}

function asList(value: JsonValue | undefined): JsonValue[] | undefined {
  return Array.isArray(value) ? value : undefined
}
