import { parseJson, stringifyJson } from './lossless-json.ts'
import { isJsonObject, type JsonObject, type JsonValue } from './object.ts'

/**
 * One step of a path in the syntax of `FieldsV1`: `f:name` a field or map key, `k:{"name":"web"}` a list item by its keys,
 * `v:"x"` an item of a set, `i:0` an item by position.
 */
export type PathElement = string
export type FieldPath = readonly PathElement[]

/**
 * A set of paths as a tree. `member` says whether the path that leads here is in the set itself; `children` lead on.
 * Sets are values: operations return new ones and share what did not change. No child is ever empty.
 */
export interface FieldSet {
  readonly member: boolean
  readonly children: ReadonlyMap<PathElement, FieldSet>
}

const noChildren: ReadonlyMap<PathElement, FieldSet> = new Map()
export const emptyFieldSet: FieldSet = { member: false, children: noChildren }
/** The set of the one path that leads here. */
export const leafFieldSet: FieldSet = { member: true, children: noChildren }

export function isEmptyFieldSet(set: FieldSet): boolean {
  return !set.member && set.children.size === 0
}

/** Reads the `fieldsV1` of a managedFields entry. Unknown shapes are read as far as they go. */
export function parseFieldsV1(fields: JsonObject): FieldSet {
  const children = new Map<PathElement, FieldSet>()
  for (const key in fields) {
    if (key === '.') continue
    const child = fields[key]
    if (typeof child !== 'object' || child === null || Array.isArray(child)) continue
    children.set(key.startsWith('k:') ? canonicalKey(key) : key, parseChild(child))
  }
  return { member: fields['.'] !== undefined, children }
}

function parseChild(fields: JsonObject): FieldSet {
  const set = parseFieldsV1(fields)
  return set.children.size === 0 ? leafFieldSet : set
}

/** Writes `fieldsV1`: members with children carry `.`, keys sorted, so that equal sets give equal text. */
export function formatFieldsV1(set: FieldSet): JsonObject {
  const out: JsonObject = {}
  if (set.children.size === 0) return out
  if (set.member) out['.'] = {}
  for (const key of [...set.children.keys()].sort()) {
    const child = set.children.get(key)
    if (child !== undefined) out[key] = formatFieldsV1(child)
  }
  return out
}

export function fieldElement(name: string): PathElement {
  return `f:${name}`
}

/** The element of a list item: keys in sorted order, as the API server writes them. */
export function keyElement(keys: Record<string, JsonValue>): PathElement {
  const names = Object.keys(keys).sort()
  return `k:{${names.map((name) => `${JSON.stringify(name)}:${stringifyJson(keys[name])}`).join(',')}}`
}

export function valueElement(value: JsonValue): PathElement {
  return `v:${stringifyJson(value)}`
}

export function fieldSetOfPaths(paths: Iterable<FieldPath>): FieldSet {
  let set = emptyFieldSet
  for (const path of paths) set = unionFieldSets(set, pathSet(path))
  return set
}

/**
 * In the order in which a Go field set goes through its members: names, then items by key or value, numbers among the keys
 * as numbers.
 */
export function pathsOfFieldSet(set: FieldSet): FieldPath[] {
  const out: FieldPath[] = []
  if (set.member) out.push([])
  const walk = (node: FieldSet, path: FieldPath): void => {
    const children = [...node.children].sort(([a], [b]) => compareElements(a, b))
    for (const [element, child] of children) if (child.member) out.push([...path, element])
    for (const [element, child] of children) walk(child, [...path, element])
  }
  walk(set, [])
  return out
}

const kinds = 'fkvi'

function compareElements(a: PathElement, b: PathElement): number {
  if (a.slice(0, 2) !== b.slice(0, 2)) return kinds.indexOf(a.charAt(0)) - kinds.indexOf(b.charAt(0))
  if (a.startsWith('f:')) return a < b ? -1 : 1
  const [left, right] = [parseJson(a.slice(2)), parseJson(b.slice(2))] as JsonValue[]
  const names = isJsonObject(left) && isJsonObject(right) ? Object.keys(left) : []
  for (const name of names) {
    const [one, other] = [(left as JsonObject)[name], (right as JsonObject)[name]]
    if (one !== other) return isLess(one, other) ? -1 : 1
  }
  return isLess(left, right) ? -1 : 1
}

function isLess(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return typeof a === 'number' && typeof b === 'number' ? a < b : stringifyJson(a) < stringifyJson(b)
}

export function hasPath(set: FieldSet, path: FieldPath): boolean {
  let node: FieldSet | undefined = set
  for (const element of path) {
    node = node.children.get(element)
    if (node === undefined) return false
  }
  return node.member
}

export function unionFieldSets(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptyFieldSet(b)) return a
  if (isEmptyFieldSet(a)) return b
  const children = new Map(a.children)
  for (const [element, child] of b.children) {
    const own = children.get(element)
    children.set(element, own === undefined ? child : unionFieldSets(own, child))
  }
  return { member: a.member || b.member, children }
}

/** The paths of `a` that are not in `b`. Taking a path away leaves those below it. */
export function differenceFieldSets(a: FieldSet, b: FieldSet): FieldSet {
  if (a.children.size === 0 || isEmptyFieldSet(b)) return a.member && b.member ? emptyFieldSet : a
  const children = new Map<PathElement, FieldSet>()
  for (const [element, child] of a.children) {
    const other = b.children.get(element)
    const rest = other === undefined ? child : differenceFieldSets(child, other)
    if (!isEmptyFieldSet(rest)) children.set(element, rest)
  }
  return { member: a.member && !b.member, children }
}

export function intersectFieldSets(a: FieldSet, b: FieldSet): FieldSet {
  const [small, large] = a.children.size <= b.children.size ? [a, b] : [b, a]
  const children = new Map<PathElement, FieldSet>()
  for (const [element, child] of small.children) {
    const other = large.children.get(element)
    if (other === undefined) continue
    const both = intersectFieldSets(child, other)
    if (!isEmptyFieldSet(both)) children.set(element, both)
  }
  return { member: a.member && b.member, children }
}

export function equalFieldSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  if (a.member !== b.member || a.children.size !== b.children.size) return false
  for (const [element, child] of a.children) {
    const other = b.children.get(element)
    if (other === undefined || !equalFieldSets(child, other)) return false
  }
  return true
}

/** Whether every path of `a` is in `b`. */
export function isFieldSubset(a: FieldSet, b: FieldSet): boolean {
  if (a.member && !b.member) return false
  for (const [element, child] of a.children) {
    const other = b.children.get(element)
    if (other === undefined || !isFieldSubset(child, other)) return false
  }
  return true
}

/** A path as conflicts and errors show it: `.spec.containers[name="web"].image`, `[="x"]` for a set item, `[0]` for a position. */
export function formatFieldPath(path: FieldPath): string {
  return path.map(formatElement).join('')
}

function formatElement(element: PathElement): string {
  const body = element.slice(2)
  if (element.startsWith('f:')) return `.${body}`
  if (element.startsWith('v:')) return `[=${body}]`
  if (element.startsWith('i:')) return `[${body}]`
  const keys = JSON.parse(body) as Record<string, JsonValue>
  return `[${Object.entries(keys)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}]`
}

function pathSet(path: FieldPath): FieldSet {
  let set = leafFieldSet
  for (let at = path.length - 1; at >= 0; at -= 1) {
    set = { member: false, children: new Map([[path[at] as PathElement, set]]) }
  }
  return set
}

/** Keys written by another server in another order or spacing become ours; what is no JSON stays as it is. */
function canonicalKey(key: PathElement): PathElement {
  try {
    return keyElement(JSON.parse(key.slice(2)) as Record<string, JsonValue>)
  } catch {
    return key
  }
}
