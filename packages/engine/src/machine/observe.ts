import { finalizers } from '@driftless/api'
import { parseApiVersion } from '@driftless/apimachinery'
import type { SyncTask } from '../order/sync-task.ts'
import {
  type LiveView,
  type Observation,
  type RequestResult,
  setTask,
  type SyncState,
  taskState,
} from './sync-state.ts'

/** Takes in the answers to our requests. `state` is a working copy. */
export function absorbResults(state: SyncState, observation: Observation): void {
  const tasks = new Map([...state.groups, ...state.syncFailGroups].flat().map((task) => [task.id, task]))
  for (const result of observation.results) {
    if (!state.inFlight.includes(result.id)) continue
    const space = result.id.indexOf(' ')
    const task = tasks.get(result.id.slice(space + 1))
    if (result.again === true) askAgain(state, task, result)
    else if (result.id === 'save') markSaved(state, result)
    else if (task !== undefined) absorb(state, { task, verb: result.id.slice(0, space), result })
  }
  const answered = new Set(observation.results.map((result) => result.id))
  state.inFlight = state.inFlight.filter((id) => !answered.has(id))
}

/** What was not decided is asked for again, by what is seen then: an object that was made all the same is found. */
function askAgain(state: SyncState, task: SyncTask | undefined, result: RequestResult): void {
  if (result.id.startsWith('dry-run ')) state.dryRunAsked = false
  if (task === undefined) return
  const own = taskState(state, task)
  if (own.status === 'sent' || own.status === 'deleting') own.status = 'pending'
  state.message = result.message
}

function absorb(state: SyncState, input: { task: SyncTask; verb: string; result: RequestResult }): void {
  const { task, verb, result } = input
  switch (verb) {
    case 'dry-run':
      absorbDryRun(state, task, result)
      return
    case 'delete':
      if (result.ok) setTask(state, task, { status: 'running', code: 'Pruned', message: 'pruned' })
      else setTask(state, task, { status: 'failed', code: 'SyncFailed', message: result.message })
      return
    case 'release-hook':
      setTask(state, task, { released: true })
      return
    case 'delete-hook':
      absorbHookDeletion(state, task, result)
      return
    default:
      absorbApply(state, task, result)
  }
}

function absorbDryRun(state: SyncState, task: SyncTask, result: RequestResult): void {
  const forgiven = result.unknownKind === true && task.options.skipDryRunOnMissingResource
  if (!result.ok && !forgiven) refuse(state, task, result)
  else if (state.dryRunOnly)
    setTask(state, task, { status: 'succeeded', message: result.message || 'dry run' })
}

function absorbHookDeletion(state: SyncState, task: SyncTask, result: RequestResult): void {
  if (taskState(state, task).status !== 'deleting') setTask(state, task, { removed: true })
  else if (!result.ok) setTask(state, task, { status: 'failed', message: result.message })
}

function absorbApply(state: SyncState, task: SyncTask, result: RequestResult): void {
  if (!result.ok) {
    refuse(state, task, result)
    return
  }
  const message = result.message || `${task.key.kind.toLowerCase()}/${task.key.name} applied`
  setTask(state, task, {
    status: 'running',
    code: 'Synced',
    message,
    ...(result.uid === undefined ? {} : { uid: result.uid }),
  })
}

function refuse(state: SyncState, task: SyncTask, { message, permanent }: RequestResult): void {
  setTask(state, task, {
    status: 'failed',
    code: 'SyncFailed',
    message,
    ...(permanent === true ? { permanent } : {}),
  })
}

/** A failed save is asked for again at the next step: nothing was lost. */
function markSaved(state: SyncState, result: RequestResult): void {
  if (!result.ok) return
  for (const task of [...state.groups, ...state.syncFailGroups].flat()) {
    const own = taskState(state, task)
    if (task.hook !== undefined && (own.status === 'succeeded' || own.status === 'failed')) own.saved = true
  }
}

/** What became of the tasks that run, from what is seen of their objects. */
export function observeRunning(state: SyncState, observation: Observation): void {
  const unawaited = new Set(unawaitedGroup(state))
  for (const task of [...state.groups, ...state.syncFailGroups].flat()) {
    const own = taskState(state, task)
    if (own.status !== 'running') continue
    const live = observation.live(task.key)
    if (task.verb === 'prune') {
      if (live === undefined || live.uid !== (task.uid ?? live.uid))
        setTask(state, task, { status: 'succeeded' })
      continue
    }
    if (live === undefined) missing(state, task)
    else if (own.uid === undefined || own.uid === live.uid) {
      own.seen = true
      if (task.hook === undefined) observeResource(state, task, { live, awaited: !unawaited.has(task) })
      else observeHook(state, task, live)
    }
  }
}

/** The watch may not have shown our object yet; one that was seen and is gone was deleted by someone. */
function missing(state: SyncState, task: SyncTask): void {
  if (taskState(state, task).seen !== true) return
  const what = task.hook === undefined ? 'resource' : 'hook'
  setTask(state, task, {
    status: 'failed',
    lost: true,
    message: `the ${what} was deleted while the sync waited for it`,
  })
}

function observeHook(state: SyncState, task: SyncTask, { health }: LiveView): void {
  const status = health?.status
  const message = health?.message ?? ''
  if (status === undefined || status === 'Healthy') setTask(state, task, { status: 'succeeded', message })
  else if (status === 'Degraded' || status === 'Unknown') setTask(state, task, { status: 'failed', message })
  else setTask(state, task, { message })
}

/** The last group, where it holds no hooks: nobody waits for the health of its objects. */
function unawaitedGroup(state: SyncState): readonly SyncTask[] {
  const last = state.groups.at(-1) ?? []
  return last.some((task) => task.hook !== undefined) ? [] : last
}

/** A degraded resource fails a sync only while a later step waits for it. */
function observeResource(
  state: SyncState,
  task: SyncTask,
  { live, awaited }: { live: LiveView; awaited: boolean },
): void {
  const { health } = live
  if (health === undefined || health.status === 'Healthy') setTask(state, task, { status: 'succeeded' })
  else if (health.status === 'Degraded' && awaited) {
    setTask(state, task, {
      status: 'failed',
      message: `${taskState(state, task).message}, but it is degraded: ${health.message}`,
    })
  }
}

export function holdsHookFinalizer(live: LiveView | undefined): boolean {
  return live?.finalizers.includes(finalizers.hook) ?? false
}

/** `waiting for healthy state of apps/Deployment/web and 2 more`. */
export function waitingMessage(what: string, tasks: readonly SyncTask[]): string {
  const [first] = tasks
  if (first === undefined) return ''
  const { group } = parseApiVersion(first.apiVersion)
  const name = `${group}/${first.key.kind}/${first.key.name}`
  const more =
    tasks.length > 1
      ? ` and ${tasks.length - 1} more ${first.hook === undefined ? 'resources' : 'hooks'}`
      : ''
  return `waiting for ${what} ${name}${more}`
}
