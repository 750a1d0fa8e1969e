import type { IgnoreDifference } from '@driftless/api'
import {
  emptyFieldSet,
  type FieldPath,
  type FieldSet,
  fieldSchema,
  fieldSetOfPaths,
  itemElement,
  type JsonValue,
  type KubeObject,
  type ObjectKey,
  type PathElement,
  stableHash,
  type TypeSchema,
  unionFieldSets,
  untypedSchema,
} from '@driftless/apimachinery'
import { globMatches } from '../project/glob.ts'
import { fieldSetOfEntry } from './owned-fields.ts'
import { selectSimplePaths } from './simple-path.ts'

/**
 * JSON pointers of what a jq expression selects in exactly this object. Expressions may run wild, so those that are not simple
 * were run elsewhere before; `undefined` for one that was not: then nothing is ignored, and a difference shows.
 */
export type PathSelector = (expression: string, object: KubeObject) => readonly string[] | undefined

/** The entries of `ignoreDifferences` that concern an object. */
export function ignoresFor(key: ObjectKey, ignores: readonly IgnoreDifference[] = []): IgnoreDifference[] {
  return ignores.filter(
    (rule) =>
      globMatches(rule.group ?? '', key.group) &&
      globMatches(rule.kind, key.kind) &&
      (rule.name === undefined || rule.name === '' || rule.name === key.name) &&
      (rule.namespace === undefined || rule.namespace === '' || rule.namespace === key.namespace),
  )
}

/** Epoch of a record: the schema's, and what is ignored, since the recorded hash leaves that out. */
export function recordEpoch(schemaEpoch: string, ignores: readonly IgnoreDifference[]): string {
  return ignores.length === 0 ? schemaEpoch : `${schemaEpoch}~${stableHash(ignores).slice(0, 8)}`
}

export interface IgnoredInput {
  ignores: readonly IgnoreDifference[]
  /** Positions in pointers are looked up in each of these. */
  objects: readonly (KubeObject | undefined)[]
  schema: TypeSchema | undefined
  selectPaths?: PathSelector | undefined
}

/** Paths left out of the comparison; everything below them is left out too. */
export function ignoredFieldSet(input: IgnoredInput): FieldSet {
  let set = emptyFieldSet
  for (const object of input.objects) {
    if (object === undefined || input.ignores.length === 0) continue
    const paths = pointersIn(object, input.ignores, input.selectPaths)
      .map((pointer) => pathOfPointer(pointer, object, input.schema ?? untypedSchema))
      .filter((path) => path !== undefined)
    set = unionFieldSets(unionFieldSets(set, fieldSetOfPaths(paths)), managersFields(object, input.ignores))
  }
  return set
}

/** The pointers of the rules, and those that their jq expressions select in this object. */
export function pointersIn(
  object: KubeObject,
  ignores: readonly IgnoreDifference[],
  selectPaths?: PathSelector,
): string[] {
  const value = object as unknown as JsonValue
  return ignores.flatMap((rule) => [
    ...(rule.jsonPointers ?? []),
    ...(rule.jqPathExpressions ?? []).flatMap(
      (expression) => selectSimplePaths(expression, value) ?? selectPaths?.(expression, object) ?? [],
    ),
  ])
}

function managersFields(object: KubeObject, ignores: readonly IgnoreDifference[]): FieldSet {
  const managers = new Set(ignores.flatMap((rule) => rule.managedFieldsManagers ?? []))
  let set = emptyFieldSet
  if (managers.size === 0) return set
  for (const entry of object.metadata.managedFields ?? []) {
    if (managers.has(entry.manager ?? '')) set = unionFieldSets(set, fieldSetOfEntry(entry))
  }
  return leavesOf(set)
}

/** Only the leaves: that a manager owns a list item says nothing about the fields others own inside it. */
function leavesOf(set: FieldSet): FieldSet {
  if (set.children.size === 0) return set
  const children = new Map<PathElement, FieldSet>()
  for (const [element, child] of set.children) children.set(element, leavesOf(child))
  return { member: false, children }
}

/** `undefined` where the pointer leads nowhere in the object. */
function pathOfPointer(pointer: string, object: KubeObject, schema: TypeSchema): FieldPath | undefined {
  const path: PathElement[] = []
  let at: { value: JsonValue | undefined; schema: TypeSchema } = {
    value: object as unknown as JsonValue,
    schema,
  }
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    const next = step(at, name)
    if (next === undefined) return undefined
    // Inside an atomic list nothing has a path of its own: the list as a whole is left out.
    if (next.element === undefined) return path
    path.push(next.element)
    at = next
  }
  return path.length === 0 ? undefined : path
}

interface Step {
  element: PathElement | undefined
  value: JsonValue | undefined
  schema: TypeSchema
}

function step(at: { value: JsonValue | undefined; schema: TypeSchema }, name: string): Step | undefined {
  if (Array.isArray(at.value)) {
    const value = at.value[Number(name)]
    if (value === undefined) return undefined
    const element = at.schema.listType === 'atomic' ? undefined : itemElement(at.schema, value)
    return { element, value, schema: at.schema.items ?? untypedSchema }
  }
  if (at.value === undefined || at.value === null || typeof at.value !== 'object') return undefined
  const element = at.schema.mapType === 'atomic' ? undefined : `f:${name}`
  return { element, value: at.value[name], schema: fieldSchema(at.schema, name) ?? untypedSchema }
}
