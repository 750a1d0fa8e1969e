import type { ResourceResult } from '@driftless/api'
import { formatKey } from '@driftless/apimachinery'
import type { SyncTask } from '../order/sync-task.ts'
import type { SyncPlan } from '../plan/plan-sync.ts'
import { hookRun } from './requests.ts'
import { type LiveView, setTask, type SyncState, type TaskState } from './sync-state.ts'

export interface StartInput {
  /** Different for each attempt of each operation, the same after a restart. */
  operationId: string
  plan: Pick<SyncPlan, 'groups' | 'needsDryRun'> & { refusal?: SyncPlan['refusal'] }
  /** Only the dry run. */
  dryRun?: boolean
  prunePropagationPolicy?: SyncState['prunePropagationPolicy']
}

export function startSync(input: StartInput): SyncState {
  const { groups, needsDryRun } = input.plan
  const tasks: Record<string, TaskState> = {}
  for (const task of groups.flat()) tasks[task.id] = { id: task.id, status: 'pending', message: '' }
  const dryRunOnly = input.dryRun ?? false
  const { refusal } = input.plan
  return {
    operationId: input.operationId,
    groups: groups.filter((group) => group[0]?.phase !== 'SyncFail'),
    syncFailGroups: groups.filter((group) => group[0]?.phase === 'SyncFail'),
    ...(refusal === undefined ? {} : { outcome: { phase: 'Failed', message: refusal } }),
    stage: refusal !== undefined ? 'done' : needsDryRun || dryRunOnly ? 'dry-run' : 'sync',
    dryRunOnly,
    prunePropagationPolicy: input.prunePropagationPolicy ?? 'Foreground',
    tasks,
    inFlight: [],
    dryRunAsked: false,
    touchedCount: 0,
    message: '',
  }
}

/**
 * The state after a crash, from what was written to `syncResult.resources` and what exists. Applies that were not written
 * down are made again (they change nothing then); a hook that exists for this operation, or whose end was written down, is
 * not made again. A hook that was running and is gone has failed: nobody knows how it ended.
 */
export function resumeSync(
  input: StartInput & {
    results: readonly ResourceResult[]
    live(key: SyncTask['key']): LiveView | undefined
  },
): SyncState {
  const state = startSync(input)
  const all = new Map(input.plan.groups.flat().map((task) => [resultId(task), task]))
  for (const result of input.results) {
    const task = all.get(idOfResult(result))
    if (task === undefined) continue
    const live = input.live(task.key)
    setTask(
      state,
      task,
      task.hook === undefined ? resumed(result, live) : resumedHook(state, { task, result, live }),
    )
  }
  if (state.touchedCount > 0 && state.stage === 'dry-run' && !state.dryRunOnly) state.stage = 'sync'
  return state
}

function resumed(result: ResourceResult, live: LiveView | undefined): Partial<TaskState> {
  const message = result.message ?? ''
  const code = result.status === undefined ? {} : { code: result.status }
  if (result.status === 'SyncFailed') return { status: 'failed', message, ...code }
  if (result.status === 'PruneSkipped' || result.status === 'Pruned')
    return { status: 'succeeded', message, ...code }
  return live === undefined ? { status: 'pending' } : { status: 'running', message, seen: true, ...code }
}

function resumedHook(
  state: SyncState,
  { task, result, live }: { task: SyncTask; result: ResourceResult; live: LiveView | undefined },
): Partial<TaskState> {
  const message = result.message ?? ''
  if (result.hookPhase === 'Succeeded') return { status: 'succeeded', message, saved: true }
  if (result.hookPhase === 'Failed') return { status: 'failed', message, saved: true }
  if (result.hookPhase === 'Error') return { status: 'failed', message, lost: true, saved: true }
  if (live?.operation === hookRun(state, task)) {
    return { status: 'running', message, uid: live.uid, seen: true }
  }
  return { status: 'failed', lost: true, message: 'the hook was deleted before it ended' }
}

function resultId(task: SyncTask): string {
  return `${task.verb === 'prune' ? 'prune' : task.phase} ${formatKey(task.key)}`
}

function idOfResult(result: ResourceResult): string {
  const { group = '', kind, namespace = '', name } = result
  const pruned = result.status === 'Pruned' || result.status === 'PruneSkipped'
  return `${pruned ? 'prune' : (result.syncPhase ?? 'Sync')} ${formatKey({ group, kind, namespace, name })}`
}
