import type { JsonObject, JsonValue } from '@driftless/apimachinery'

/**
 * Where a field stands: keys with `/` between them (`~1` for one inside a key), items of lists by their keys or their value:
 * `spec/containers/[name=main]/env/[name=A]/value`, `metadata/finalizers/[=example.com~1keep]`.
 */
type Segment = string | { keys: JsonObject } | { value: JsonValue }

export function hasItems(path: string): boolean {
  return path.includes('[')
}

/** Sets a field in place; maps, lists and items on the way are made. */
export function setField(root: JsonObject, path: string, value: JsonValue): void {
  const segments = segmentsOf(path)
  let holder: JsonValue = root
  for (const [at, segment] of segments.entries()) {
    const next = segments[at + 1]
    const last = next === undefined
    if (typeof segment === 'string') {
      const map = holder as JsonObject
      if (last) map[segment] = structuredClone(value)
      else if (typeof map[segment] !== 'object' || map[segment] === null)
        map[segment] = typeof next === 'string' ? {} : []
      holder = map[segment] ?? null
    } else holder = setItem(holder as JsonValue[], segment, last ? value : {})
    if (typeof holder !== 'object' || holder === null) return
  }
}

function setItem(list: JsonValue[], segment: Exclude<Segment, string>, value: JsonValue): JsonValue {
  if ('value' in segment) {
    if (!list.includes(segment.value)) list.push(segment.value)
    return segment.value
  }
  const found = list.findIndex((item) => matches(item, segment))
  const before = found < 0 ? segment.keys : (list[found] as JsonObject)
  const item = { ...before, ...(structuredClone(value) as JsonObject) }
  if (found < 0) list.push(item)
  else list[found] = item
  return item
}

/** Takes a field or an item away in place; nothing happens where it is not there. */
export function removeField(root: JsonObject, path: string): void {
  const { holder, key } = placeOf(root, path)
  if (Array.isArray(holder) && typeof key === 'number') holder.splice(key, 1)
  else if (isMap(holder)) delete holder[key]
}

/** Moves the first item of a list to its end; nothing happens where there is no list. */
export function rotateList(root: JsonObject, path: string): void {
  const { holder, key } = placeOf(root, path)
  const list = isMap(holder) ? holder[key] : undefined
  if (Array.isArray(list) && list.length > 1) list.push(...list.splice(0, 1))
}

/** The JSON pointer of a field in `root`; an item that is not there is `-`, the end of the list. */
export function pointerOf(root: JsonObject, path: string): string {
  let holder: JsonValue | undefined = root
  let pointer = ''
  for (const segment of segmentsOf(path)) {
    const key: string | number = keyIn(holder, segment)
    pointer += `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
    holder = childOf(holder, key)
  }
  return pointer
}

function placeOf(root: JsonObject, path: string): { holder: JsonValue | undefined; key: string | number } {
  const segments = segmentsOf(path)
  let holder: JsonValue | undefined = root
  for (const segment of segments.slice(0, -1)) holder = childOf(holder, keyIn(holder, segment))
  return { holder, key: keyIn(holder, segments.at(-1) ?? '') }
}

function keyIn(holder: JsonValue | undefined, segment: Segment): string | number {
  if (typeof segment === 'string') return segment
  if (!Array.isArray(holder)) return '-'
  const found = holder.findIndex((item) => matches(item, segment))
  return found < 0 ? '-' : found
}

function childOf(holder: JsonValue | undefined, key: string | number): JsonValue | undefined {
  if (Array.isArray(holder)) return typeof key === 'number' ? holder[key] : undefined
  return isMap(holder) ? holder[key] : undefined
}

function matches(item: JsonValue, segment: Exclude<Segment, string>): boolean {
  if ('value' in segment) return item === segment.value
  return isMap(item) && Object.entries(segment.keys).every(([key, value]) => item[key] === value)
}

function segmentsOf(path: string): Segment[] {
  return path.split('/').map((part) => {
    const text = part.replaceAll('~1', '/')
    if (!text.startsWith('[')) return text
    const inside = text.slice(1, -1)
    if (inside.startsWith('=')) return { value: valueOf(inside.slice(1)) }
    const keys = inside.split(',').map((pair): [string, JsonValue] => {
      const [key = '', value = ''] = pair.split('=')
      return [key, valueOf(value)]
    })
    return { keys: Object.fromEntries(keys) }
  })
}

function valueOf(text: string): JsonValue {
  return /^\d+$/.test(text) ? Number(text) : text
}

function isMap(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
