import type { SyncPhase } from '@driftless/api'
import { isJsonObject } from '@driftless/apimachinery'
import { kindWeight } from './kind-order.ts'
import type { SyncTask } from './sync-task.ts'

const phaseOrder: Record<SyncPhase, number> = { PreSync: -1, Sync: 0, PostSync: 1, SyncFail: 2 }

/**
 * The order of a sync (`argocd.md` §2.6): phase, wave, kind, name; a Namespace before what lives in it and a
 * CustomResourceDefinition before its objects; prunes in mirrored waves, those with `PruneLast` at the end.
 * One group for each phase and wave; waves in the tasks returned are the final ones.
 */
export function orderTasks(tasks: readonly SyncTask[]): SyncTask[][] {
  const placed = pullDependencies(placePrunes(tasks).sort(compareTasks))
  const groups: SyncTask[][] = []
  for (const task of placed) {
    const group = groups.at(-1)
    const first = group?.[0]
    if (group !== undefined && first?.phase === task.phase && first.wave === task.wave) group.push(task)
    else groups.push([task])
  }
  return groups
}

function compareTasks(a: SyncTask, b: SyncTask): number {
  return (
    phaseOrder[a.phase] - phaseOrder[b.phase] ||
    a.wave - b.wave ||
    kindWeight(a.key.kind) - kindWeight(b.key.kind) ||
    compareText(a.key.name, b.key.name) ||
    compareText(a.id, b.id)
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The highest wave is pruned first: the distinct waves of prunes swap places symmetrically. */
function placePrunes(tasks: readonly SyncTask[]): SyncTask[] {
  const prunes = tasks.filter((task) => task.verb === 'prune' && !task.options.pruneLast)
  const waves = [...new Set(prunes.map((task) => task.wave))].sort((a, b) => a - b)
  const mirrored = new Map(waves.map((wave, index) => [wave, waves[waves.length - 1 - index] ?? wave]))
  const last = tasks.reduce((wave, task) => (task.phase === 'Sync' ? Math.max(wave, task.wave) : wave), 0) + 1
  return tasks.map((task) => {
    if (task.verb !== 'prune') return task
    return { ...task, wave: task.options.pruneLast ? last : (mirrored.get(task.wave) ?? task.wave) }
  })
}

/** Moves what others need ahead of the first that needs it, into that one's phase and wave. */
function pullDependencies(sorted: SyncTask[]): SyncTask[] {
  const providers = providersAmong(sorted)
  if (providers.size === 0) return sorted
  const result: SyncTask[] = []
  const done = new Set<string>()
  for (const task of sorted) {
    if (done.has(task.id)) continue
    done.add(task.id)
    for (const need of needed(task)) {
      const provider = providers.get(need)
      if (provider === undefined || done.has(provider.id)) continue
      done.add(provider.id)
      result.push({ ...provider, phase: task.phase, wave: task.wave })
    }
    result.push(task)
  }
  return result
}

function providersAmong(tasks: readonly SyncTask[]): Map<string, SyncTask> {
  const providers = new Map<string, SyncTask>()
  for (const task of tasks) {
    const provides = task.verb === 'apply' ? provided(task) : undefined
    if (provides !== undefined && !providers.has(provides)) providers.set(provides, task)
  }
  return providers
}

function provided(task: SyncTask): string | undefined {
  const { group, kind, name } = task.key
  if (group === '' && kind === 'Namespace') return `namespace ${name}`
  if (kind !== 'CustomResourceDefinition') return undefined
  const spec = task.object?.['spec']
  if (!isJsonObject(spec) || !isJsonObject(spec['names'])) return undefined
  return `kind ${String(spec['group'])}/${String(spec['names']['kind'])}`
}

/** The namespace first: a definition never lives in one. */
function needed(task: SyncTask): string[] {
  if (task.verb !== 'apply') return []
  const { group, kind, namespace } = task.key
  return [...(namespace === '' ? [] : [`namespace ${namespace}`]), `kind ${group}/${kind}`]
}
