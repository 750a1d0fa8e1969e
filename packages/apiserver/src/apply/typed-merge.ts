import {
  fieldSchema,
  isJsonObject,
  itemElement,
  type JsonObject,
  type JsonValue,
  ownField,
  setField,
  type PathElement,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'

/**
 * Lays `patch` over `live` by schema: scalars and atomic values are the patch's, maps and keyed lists are merged. Items keep
 * the order of the patch, with those that only the live object has in between where they stood. Shares nothing with its
 * inputs. Rule: `Merge` of structured-merge-diff.
 */
export function mergeTyped(
  live: JsonValue | undefined,
  patch: JsonValue | undefined,
  schema: TypeSchema,
): JsonValue | undefined {
  if (patch === undefined) return live === undefined ? undefined : cloneJson(live)
  if (isJsonObject(patch)) {
    if (schema.mapType === 'atomic' || !isJsonObject(live)) return cloneJson(patch)
    return mergeMaps(live, patch, schema)
  }
  if (Array.isArray(patch)) {
    if (schema.listType === 'atomic' || !Array.isArray(live)) return cloneJson(patch)
    return mergeLists(live, patch, schema)
  }
  const keepsLive = patch === null && live !== undefined && isGranular(live, schema)
  return keepsLive ? cloneJson(live) : patch
}

export function cloneJson<T extends JsonValue>(value: T): T {
  if (Array.isArray(value)) return value.map(cloneJson) as T
  if (!isJsonObject(value)) return value
  const from: JsonObject = value
  const out: JsonObject = {}
  for (const name in from) {
    const field = from[name]
    if (field !== undefined) setField(out, name, cloneJson(field))
  }
  return out as T
}

/** A null in the patch empties no map or list that is merged; it only says nothing about it. */
function isGranular(live: JsonValue, schema: TypeSchema): boolean {
  if (isJsonObject(live)) return schema.mapType === 'granular' && Object.keys(live).length > 0
  return Array.isArray(live) && schema.listType !== 'atomic' && live.length > 0
}

function mergeMaps(live: JsonObject, patch: JsonObject, schema: TypeSchema): JsonObject {
  const out: JsonObject = {}
  for (const name in live) {
    const merged = mergeTyped(live[name], ownField(patch, name), fieldSchema(schema, name) ?? untypedSchema)
    if (merged !== undefined) setField(out, name, merged)
  }
  for (const name in patch) {
    const value = patch[name]
    if (value !== undefined && ownField(live, name) === undefined) setField(out, name, cloneJson(value))
  }
  return out
}

interface Side {
  elements: PathElement[]
  values: JsonValue[]
  /** The value of each element; `undefined` value for one that stands there several times. */
  byElement: Map<PathElement, JsonValue | undefined>
}

function mergeLists(
  live: readonly JsonValue[],
  patch: readonly JsonValue[],
  schema: TypeSchema,
): JsonValue[] {
  const merge = new ListMerge(sideOf(live, schema), sideOf(patch, schema), schema.items ?? untypedSchema)
  while (merge.step()) continue
  return merge.out
}

function sideOf(list: readonly JsonValue[], schema: TypeSchema): Side {
  const side: Side = { elements: [], values: [], byElement: new Map() }
  for (const value of list) {
    const element = itemElement(schema, value)
    if (element === undefined) continue
    side.elements.push(element)
    side.values.push(value)
    side.byElement.set(element, side.byElement.has(element) ? undefined : value)
  }
  return side
}

/** Walks both lists side by side; `#next` is the shared item that the patch wants next. */
class ListMerge {
  readonly out: JsonValue[] = []
  readonly #live: Side
  readonly #patch: Side
  readonly #item: TypeSchema
  readonly #shared: PathElement[]
  readonly #done = new Set<PathElement>()
  #next: PathElement | undefined
  #l = 0
  #p = 0

  constructor(live: Side, patch: Side, item: TypeSchema) {
    this.#live = live
    this.#patch = patch
    this.#item = item
    this.#shared = patch.elements.filter((element) => live.byElement.has(element)).toReversed()
    this.#next = this.#shared.pop()
  }

  /** Takes one decision; false when both lists are used up. */
  step(): boolean {
    const left = this.#live.elements[this.#l]
    const right = this.#patch.elements[this.#p]
    if (left === undefined && right === undefined) return false
    if (left !== undefined && right !== undefined) {
      if (left === right) return this.#takeBoth(left)
      if (this.#isLaterShared(left)) return this.#skipLive()
    }
    if (left !== undefined && !this.#patch.byElement.has(left)) return this.#takeLive()
    if (left !== undefined && this.#done.has(left)) this.#l += 1
    if (right !== undefined) this.#takePatch(right)
    return true
  }

  /** Both have it, but the patch wants another one first. */
  #isLaterShared(element: PathElement): boolean {
    return this.#patch.byElement.has(element) && this.#next !== undefined && this.#next !== element
  }

  #skipLive(): boolean {
    this.#l += 1
    return true
  }

  #takeBoth(element: PathElement): boolean {
    this.#emit(element)
    this.#l += 1
    this.#p += 1
    this.#next = this.#shared.pop()
    return true
  }

  #takeLive(): boolean {
    const value = this.#live.values[this.#l]
    if (value !== undefined) this.out.push(cloneJson(value))
    this.#l += 1
    return true
  }

  #takePatch(element: PathElement): void {
    this.#emit(element)
    this.#p += 1
    if (this.#next === element) this.#next = this.#shared.pop()
  }

  #emit(element: PathElement): void {
    this.#done.add(element)
    const merged = mergeTyped(
      this.#live.byElement.get(element),
      this.#patch.byElement.get(element),
      this.#item,
    )
    if (merged !== undefined) this.out.push(merged)
  }
}
