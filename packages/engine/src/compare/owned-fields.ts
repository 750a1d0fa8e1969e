import { fieldManager } from '@driftless/api'
import {
  emptyFieldSet,
  type FieldSet,
  formatFieldsV1,
  type KubeObject,
  type ManagedFieldsEntry,
  parseFieldsV1,
  stableHash,
} from '@driftless/apimachinery'

/** The entry of our applies in `managedFields`. */
export function ownEntryOf(object: KubeObject): ManagedFieldsEntry | undefined {
  return object.metadata.managedFields?.find(
    (entry) =>
      entry.manager === fieldManager && entry.operation === 'Apply' && (entry.subresource ?? '') === '',
  )
}

export function fieldSetOfEntry(entry: ManagedFieldsEntry | undefined): FieldSet {
  return entry?.fieldsV1 === undefined ? emptyFieldSet : parseFieldsV1(entry.fieldsV1)
}

export function fieldSetHash(set: FieldSet): string {
  return stableHash(formatFieldsV1(set))
}

/** `a` without the paths of `cut` and everything below them. */
export function withoutSubtrees(a: FieldSet, cut: FieldSet): FieldSet {
  if (cut.member) return emptyFieldSet
  if (cut.children.size === 0) return a
  const children = new Map(a.children)
  for (const [element, below] of cut.children) {
    const own = children.get(element)
    if (own === undefined) continue
    const rest = withoutSubtrees(own, below)
    if (!rest.member && rest.children.size === 0) children.delete(element)
    else children.set(element, rest)
  }
  return { member: a.member, children }
}
