import {
  differenceFieldSets,
  type FieldSet,
  intersectFieldSets,
  isEmptyFieldSet,
  type TypeSchema,
  unionFieldSets,
} from '@driftless/apimachinery'
import type { Manager, Managers } from './managers.ts'
import type { Comparison } from './typed-compare.ts'

/** What others own of the fields that changed; empty when nobody minds. */
export function conflictsWith(managers: Managers, changes: Comparison, self: string): [Manager, FieldSet][] {
  const touched = unionFieldSets(changes.modified, changes.added)
  if (isEmptyFieldSet(touched)) return []
  const conflicts: [Manager, FieldSet][] = []
  for (const [id, manager] of managers) {
    if (id === self) continue
    const both = intersectFieldSets(manager.set, touched)
    if (!isEmptyFieldSet(both)) conflicts.push([manager, both])
  }
  return conflicts
}

/** Takes changed and removed fields away from everyone but `self`; who is left with nothing goes. */
export function takeFromOthers(managers: Managers, changes: Comparison, self: string): void {
  const lost = unionFieldSets(unionFieldSets(changes.modified, changes.added), changes.removed)
  if (isEmptyFieldSet(lost)) return
  for (const [id, manager] of managers) {
    if (id === self) continue
    const set = differenceFieldSets(manager.set, lost)
    if (isEmptyFieldSet(set)) managers.delete(id)
    else managers.set(id, { ...manager, set })
  }
}

/**
 * Leaves out what a request cannot change: `status` on the main resource of a kind with a status subresource, and all but
 * `status` on that subresource.
 */
export function withoutReset(set: FieldSet, schema: TypeSchema, subresource: string): FieldSet {
  const drops = resetFields(schema, subresource)
  if (drops === undefined) return set
  const children = new Map([...set.children].filter(([element]) => !drops(element)))
  return children.size === set.children.size ? set : { member: set.member, children }
}

export function filterComparison(changes: Comparison, schema: TypeSchema, subresource: string): Comparison {
  return {
    added: withoutReset(changes.added, schema, subresource),
    removed: withoutReset(changes.removed, schema, subresource),
    modified: withoutReset(changes.modified, schema, subresource),
  }
}

/** Which top-level path elements a request leaves as they are; `undefined` for none. */
export function resetFields(
  schema: TypeSchema,
  subresource: string,
): ((element: string) => boolean) | undefined {
  if (subresource === 'status') {
    if (schema.origin === 'custom') return (element) => element !== 'f:status'
    return (element) => element === 'f:spec'
  }
  if (subresource === '' && schema.statusSubresource) return (element) => element === 'f:status'
  return undefined
}
