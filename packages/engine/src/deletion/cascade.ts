import type { KubeObject, ObjectKey } from '@driftless/apimachinery'
import { annotations } from '@driftless/api'
import { waveOf } from '../normalize/hooks.ts'
import { resourceOptionsOf, type SyncOptions } from '../normalize/sync-options.ts'

export interface Doomed {
  key: ObjectKey
  object: KubeObject
}

export interface CascadePlan {
  /** To be deleted now: the highest wave that is left, without those that are going already. */
  now: Doomed[]
  /** Everything that still has to go, with what is going. */
  remaining: Doomed[]
  /** Wait for a person's confirmation (`Delete=confirm`). */
  unconfirmed: Doomed[]
}

/**
 * Which objects of a deleted application go next (`argocd.md` §2.9): waves descending, one at a time. CRDs, objects with
 * `Delete=false` and Helm's `keep` stay; one that asks for confirmation holds everything.
 */
export function planCascade(input: {
  objects: readonly Doomed[]
  syncOptions: SyncOptions
  confirmed: boolean
}): CascadePlan {
  const remaining = input.objects.filter((entry) => !isKept(entry, input.syncOptions))
  const unconfirmed = input.confirmed
    ? []
    : remaining.filter(
        ({ object }) =>
          object.metadata.deletionTimestamp === undefined &&
          resourceOptionsOf(object, input.syncOptions).delete === 'confirm',
      )
  if (unconfirmed.length > 0) return { now: [], remaining, unconfirmed }
  const highest = remaining.reduce(
    (most, { object }) => Math.max(most, waveOf(object)),
    Number.NEGATIVE_INFINITY,
  )
  const now = remaining.filter(
    ({ object }) => waveOf(object) === highest && object.metadata.deletionTimestamp === undefined,
  )
  return { now, remaining, unconfirmed }
}

function isKept({ key, object }: Doomed, options: SyncOptions): boolean {
  if (key.kind === 'CustomResourceDefinition') return true
  if (object.metadata.annotations?.[annotations.helmResourcePolicy] === 'keep') return true
  return resourceOptionsOf(object, options).delete === 'no'
}
