import {
  type FieldPath,
  type FieldSet,
  fieldSchema,
  isJsonObject,
  itemElement,
  type JsonValue,
  jsonEqual,
  type PathElement,
  type TypeSchema,
  untypedSchema,
} from '@driftless/apimachinery'

/** Where two objects differ; a side that has nothing there is `undefined`. */
export interface Difference {
  path: FieldPath
  live: JsonValue | undefined
  target: JsonValue | undefined
  /** The list has the same items on both sides, in another order. */
  reordered?: true
}

export interface Place {
  live: JsonValue | undefined
  target: JsonValue | undefined
  schema: TypeSchema
  path: FieldPath
  /** Whether the schema names this field, so that it is no key of a map. */
  declared: boolean
}

/** Judges a scalar or a value that the schema calls atomic; `undefined` where both sides mean the same. */
export type Judge = (place: Place) => Difference | undefined

interface Walk extends Place {
  set: FieldSet
}

/**
 * Walks two objects at the paths of `set` as the schema says: maps by field, keyed lists and sets by item, with their order;
 * null, {} and [] are like absence. What is a leaf there is left to `judge`.
 */
export function differingPlaces(
  sides: Pick<Place, 'live' | 'target' | 'schema'> & { set: FieldSet },
  judge: Judge,
): Difference[] {
  const found: Difference[] = []
  visit(found, { ...sides, path: [], declared: true }, judge)
  return found
}

function visit(found: Difference[], place: Walk, judge: Judge): void {
  const { live, target, set, schema } = place
  if (set.children.size > 0 && mayDescend(live, target, schema)) {
    if (Array.isArray(live) || Array.isArray(target)) visitLists(found, place, judge)
    else visitMaps(found, place, judge)
    return
  }
  if (!set.member && set.children.size === 0) return
  if (isNothing(live) && isNothing(target)) return
  const difference = judge(place)
  if (difference !== undefined) found.push(difference)
}

function mayDescend(live: JsonValue | undefined, target: JsonValue | undefined, schema: TypeSchema): boolean {
  const sides = [live, target].filter((side) => !isNothing(side))
  if (sides.length === 0) return false
  if (sides.every(isJsonObject)) return schema.mapType === 'granular'
  return sides.every(Array.isArray) && schema.listType !== 'atomic'
}

function visitMaps(found: Difference[], { live, target, set, schema, path }: Walk, judge: Judge): void {
  for (const [element, child] of set.children) {
    if (!element.startsWith('f:')) continue
    const name = element.slice(2)
    const below: Walk = {
      live: fieldOf(live, name),
      target: fieldOf(target, name),
      set: child,
      schema: fieldSchema(schema, name) ?? untypedSchema,
      path: [...path, element],
      declared: schema.properties.has(name),
    }
    visit(found, below, judge)
  }
}

function visitLists(found: Difference[], { live, target, set, schema, path }: Walk, judge: Judge): void {
  const liveItems = itemsOf(live, schema)
  const targetItems = itemsOf(target, schema)
  for (const [element, child] of set.children) {
    const liveItem = liveItems.get(element)
    const targetItem = targetItems.get(element)
    const below = { path: [...path, element], live: liveItem, target: targetItem }
    if ((liveItem === undefined) !== (targetItem === undefined)) found.push(below)
    else visit(found, { ...below, set: child, schema: schema.items ?? untypedSchema, declared: false }, judge)
  }
  const liveOrder = orderOf(live, schema, set)
  const targetOrder = orderOf(target, schema, set)
  if (sameMembers(liveOrder, targetOrder) && !jsonEqual(liveOrder, targetOrder)) {
    found.push({ path, live: live ?? null, target: target ?? null, reordered: true })
  }
}

/** Owned items as they stand; one that stands twice is named twice. */
function orderOf(list: JsonValue | undefined, schema: TypeSchema, set: FieldSet): PathElement[] {
  if (!Array.isArray(list)) return []
  return list
    .map((entry) => itemElement(schema, entry))
    .filter((element) => element !== undefined && set.children.has(element)) as PathElement[]
}

function sameMembers(a: readonly PathElement[], b: readonly PathElement[]): boolean {
  return a.every((element) => b.includes(element)) && b.every((element) => a.includes(element))
}

function itemsOf(list: JsonValue | undefined, schema: TypeSchema): Map<PathElement, JsonValue> {
  const items = new Map<PathElement, JsonValue>()
  if (!Array.isArray(list)) return items
  for (const entry of list) {
    const element = itemElement(schema, entry)
    if (element !== undefined) items.set(element, entry)
  }
  return items
}

function fieldOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

/** null, {} and [] mean the same as absence to the API server. */
export function isNothing(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  return isJsonObject(value) && Object.values(value).every(isNothing)
}
