import type { JsonObject, JsonValue, KubeObject, ManagedFieldsEntry } from '@driftless/apimachinery'

/** Managers whose work is ours from now on: what they wrote from Git, our Git now says. */
const predecessors = new Set(['kubectl-client-side-apply', 'argocd-controller', 'helm'])

export type JsonPatch = { op: 'test' | 'add' | 'remove' | 'replace'; path: string; value?: unknown }[]

/**
 * The first of the two writes of a take-over (the second is our apply): a JSON patch that turns the entries of
 * client-side apply and of Argo CD into our own Apply entry, so that the apply prunes what Git no longer has. Guarded
 * by the resourceVersion. `undefined` when there is nothing to take over.
 *
 * Source: experiments on a real API server; a plain forced apply keeps every field the predecessor left behind.
 */
export function takeOver(live: KubeObject, manager: string): JsonPatch | undefined {
  const entries = live.metadata.managedFields ?? []
  const taken = entries.filter((entry) => isPredecessor(entry, manager))
  const { resourceVersion } = live.metadata
  if (taken.length === 0 || resourceVersion === undefined) return undefined
  const ours = entries.find((entry) => isOurs(entry, manager))
  const apiVersion = ours?.apiVersion ?? taken[0]?.apiVersion ?? live.apiVersion
  // Field paths of another version may be spelled differently; they are left to their owner.
  const compatible = taken.filter((entry) => entry.apiVersion === apiVersion)
  const merged: ManagedFieldsEntry = {
    manager,
    operation: 'Apply',
    apiVersion,
    ...timeOf([...compatible, ...(ours === undefined ? [] : [ours])]),
    fieldsType: 'FieldsV1',
    fieldsV1: [ours, ...compatible].reduce<JsonObject>(
      (union, entry) => unite(union, entry?.fieldsV1 ?? {}),
      {},
    ),
  }
  const kept = entries.filter((entry) => entry !== ours && !compatible.includes(entry))
  return [
    { op: 'replace', path: '/metadata/managedFields', value: [...kept, merged] },
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ]
}

function isOurs(entry: ManagedFieldsEntry, manager: string): boolean {
  return entry.manager === manager && entry.operation === 'Apply' && isWhole(entry)
}

function isPredecessor(entry: ManagedFieldsEntry, manager: string): boolean {
  if (!isWhole(entry) || entry.manager === undefined) return false
  if (entry.manager === 'kubectl' && entry.operation === 'Update') return ownsLastApplied(entry)
  return entry.manager !== manager && predecessors.has(entry.manager)
}

function isWhole(entry: ManagedFieldsEntry): boolean {
  return entry.subresource === undefined || entry.subresource === ''
}

/** Old kubectl called itself the same for apply and edit; only apply writes this annotation. */
function ownsLastApplied(entry: ManagedFieldsEntry): boolean {
  const metadata = entry.fieldsV1?.['f:metadata'] as JsonObject | undefined
  const annotations = metadata?.['f:annotations'] as JsonObject | undefined
  return annotations?.['f:kubectl.kubernetes.io/last-applied-configuration'] !== undefined
}

function timeOf(entries: ManagedFieldsEntry[]): { time?: string } {
  const times = entries.flatMap((entry) => (entry.time === undefined ? [] : [entry.time])).sort()
  const last = times.at(-1)
  return last === undefined ? {} : { time: last }
}

function unite(a: JsonObject, b: JsonObject): JsonObject {
  const union: JsonObject = { ...a }
  for (const [key, value] of Object.entries(b)) {
    const other = union[key]
    union[key] = isSet(other) && isSet(value) ? unite(other, value) : (other ?? value)
  }
  return union
}

function isSet(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
