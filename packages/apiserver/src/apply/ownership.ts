import {
  differenceFieldSets,
  type FieldSet,
  intersectFieldSets,
  isEmptyFieldSet,
  type JsonObject,
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
  const kept = children.size === set.children.size ? set : { member: set.member, children }
  const field = subresource === 'status' ? metadataOfStatus(schema.source) : undefined
  return field === undefined ? kept : withoutMetadata(kept, `f:${field}`)
}

/** Metadata that a write to the status of a built-in kind leaves as it is; all else of the metadata it may write. */
export function metadataOfStatus(source: JsonObject): 'labels' | 'ownerReferences' | undefined {
  const kinds = source['x-kubernetes-group-version-kind']
  const { group, kind } = (Array.isArray(kinds) ? (kinds[0] as JsonObject) : undefined) ?? {}
  if (group === 'apps' && kind === 'Deployment') return 'labels'
  return group === '' && kind === 'Pod' ? 'ownerReferences' : undefined
}

function withoutMetadata(set: FieldSet, element: string): FieldSet {
  const metadata = set.children.get('f:metadata')
  if (metadata?.children.has(element) !== true) return set
  const fields = new Map(metadata.children)
  fields.delete(element)
  const children = new Map(set.children)
  if (fields.size === 0) children.delete('f:metadata')
  else children.set('f:metadata', { member: metadata.member, children: fields })
  return { member: set.member, children }
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
