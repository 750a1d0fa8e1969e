import type { KubeObject } from '@driftless/apimachinery'
import { isDeepStrictEqual } from 'node:util'
import { type MarkedKind, markOf } from './marked-objects.ts'

export type Verb = 'create' | 'update' | 'merge' | 'apply' | 'delete'

/** One place for an object, and what the model knows of it. */
export interface Slot {
  kind: MarkedKind
  namespace: string
  name: string
  /** The last acknowledged state; undefined when there is none. */
  state: KubeObject | undefined
  /** The one write that is under way. */
  pending: { verb: Verb; mark: string } | undefined
  /** The last change that a watch told of. */
  seen: { deleted: boolean; mark: string } | undefined
}

/** How many unacknowledged writes were found done and not done. */
export interface Outcomes {
  applied: number
  absent: number
}

export function revisionOf(object: KubeObject | undefined): number {
  return Number(object?.metadata.resourceVersion ?? 0)
}

/**
 * Compares what a restarted server holds with the model, and takes it over as the acknowledged state: an acknowledged
 * write must be there to the letter; one that was under way is there whole, or not at all.
 */
export function settleSlot(slot: Slot, found: KubeObject | undefined, outcomes: Outcomes): string[] {
  const { state, pending } = slot
  const place = `${slot.kind.kind} ${slot.namespace}/${slot.name}`
  const applied = pending !== undefined && isApplied(slot, found)
  const faults: string[] = []
  if (!applied && !isDeepStrictEqual(found, state))
    faults.push(
      `${place} should be ${describe(slot, state)}${pendingText(slot)} and is ${describe(slot, found)}`,
    )
  if (pending !== undefined && !applied && wasSeen(slot))
    faults.push(`${place}: a watch told of ${pending.verb} ${pending.mark}, which is gone`)
  if (applied && found !== undefined && state !== undefined)
    faults.push(...successionFaults(place, state, found))
  if (pending !== undefined) outcomes[applied ? 'applied' : 'absent'] += 1
  Object.assign(slot, { state: found, pending: undefined, seen: undefined })
  return faults
}

function isApplied({ kind, pending, state }: Slot, found: KubeObject | undefined): boolean {
  if (pending?.verb === 'delete') return found === undefined && state !== undefined
  return found !== undefined && markOf(kind, found) === pending?.mark
}

function wasSeen({ kind, pending, state, seen }: Slot): boolean {
  if (pending?.verb !== 'delete') return seen?.deleted === false && seen.mark === pending?.mark
  return seen?.deleted === true && state !== undefined && seen.mark === markOf(kind, state)
}

function successionFaults(place: string, before: KubeObject, after: KubeObject): string[] {
  const faults: string[] = []
  if (revisionOf(after) <= revisionOf(before))
    faults.push(`${place} went from version ${revisionOf(before)} to ${revisionOf(after)}`)
  if (after.metadata.uid !== before.metadata.uid) faults.push(`${place} has another uid`)
  return faults
}

function describe({ kind }: Slot, object: KubeObject | undefined): string {
  return object === undefined ? 'absent' : `${markOf(kind, object)} at version ${revisionOf(object)}`
}

function pendingText({ pending }: Slot): string {
  return pending === undefined ? '' : ` (or ${pending.verb} ${pending.mark} done)`
}
