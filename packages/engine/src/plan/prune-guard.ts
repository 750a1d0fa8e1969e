import type { SyncTask } from '../order/sync-task.ts'
import type { PlanInput } from './plan-input.ts'

export interface PruneGuard {
  /** Words for people. */
  message: string
  prunes: number
  managed: number
}

const smallestGuarded = 10

/**
 * Whether a plan deletes suspiciously much (decision 12): everything, because Git rendered to nothing, or more than half of
 * ten or more managed objects. The annotation `driftless.dev/prune-limit` allows another number or share (`25`, `80%`).
 */
export function pruneGuard(input: PlanInput, tasks: readonly SyncTask[]): PruneGuard | undefined {
  const prunes = tasks.filter((task) => task.verb === 'prune' && task.skip === undefined).length
  const managed = input.comparison.resources.filter((row) => !row.hook && row.live !== undefined).length
  if (prunes === 0) return undefined
  const limit = limitOf(input.pruneLimit, managed)
  if (input.targets.length === 0 && input.allowEmpty !== true && limit === undefined) {
    return { message: `Git holds no objects now; the sync would delete all ${prunes}`, prunes, managed }
  }
  if (limit === undefined ? managed < smallestGuarded || prunes * 2 <= managed : prunes <= limit)
    return undefined
  return { message: `The sync would delete ${prunes} of ${managed} managed objects`, prunes, managed }
}

function limitOf(text: string | undefined, managed: number): number | undefined {
  const match = /^(\d+)(%?)$/.exec(text?.trim() ?? '')
  if (match === null) return undefined
  const value = Number(match[1])
  return match[2] === '%' ? Math.floor((managed * value) / 100) : value
}
