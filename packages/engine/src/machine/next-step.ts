import type { SyncTask } from '../order/sync-task.ts'
import { canDryRun, definesKindOf } from './dry-run.ts'
import { absorbResults, holdsHookFinalizer, observeRunning, waitingMessage } from './observe.ts'
import { applyRequest, hookRun, requestFor } from './requests.ts'
import {
  isEnded,
  type Observation,
  setTask,
  type Step,
  type SyncOutcome,
  type SyncRequest,
  type SyncState,
  taskState,
  workingCopy,
} from './sync-state.ts'

/** `undefined`: this part is over, look at the next one; an empty list: wait for something to change. */
type Wanted = SyncRequest[] | undefined

interface Turn {
  state: SyncState
  observation: Observation
}

/**
 * One step of a sync (`argocd.md` §2.6): takes in what happened and says what to request now. No requests and not done means:
 * wait for answers or for objects to change, then call again. Calling it once more than needed changes nothing.
 */
export function nextStep(before: SyncState, observation: Observation): Step {
  const state = workingCopy(before)
  absorbResults(state, observation)
  // While a save is under way nothing may end: what it wrote is what it confirms.
  if (!state.inFlight.includes('save')) observeRunning(state, observation)
  const turn = { state, observation }
  if (observation.terminate === true && state.stage !== 'done') state.stage = 'terminating'
  const requests = state.inFlight.length > 0 ? [] : advance(turn)
  state.inFlight.push(...requests.map((request) => request.id))
  return {
    state,
    requests,
    ...(state.stage === 'done' && state.outcome !== undefined ? { done: state.outcome } : {}),
  }
}

function advance(turn: Turn): SyncRequest[] {
  for (;;) {
    const { stage } = turn.state
    if (stage === 'done') return []
    const wanted = stages[stage](turn)
    if (wanted !== undefined) return wanted
  }
}

const stages: Record<Exclude<SyncState['stage'], 'done'>, (turn: Turn) => Wanted> = {
  'dry-run': dryRun,
  sync: (turn) => runGroups(turn, turn.state.groups),
  'sync-fail': (turn) => runGroups(turn, turn.state.syncFailGroups),
  cleanup,
  terminating,
}

function dryRun({ state }: Turn): Wanted {
  const tasks = state.groups.flat()
  if (!state.dryRunAsked) {
    state.dryRunAsked = true
    const requests = tasks
      .filter((task) => canDryRun(tasks, task))
      .map((task) => requestFor(state, task, 'dry-run'))
    if (requests.length > 0) return requests
  }
  if (tasks.some((task) => taskState(state, task).status === 'failed')) {
    return end(
      state,
      failure(state, `one or more objects failed to apply (dry run): ${firstFailures(state)}`),
    )
  }
  if (state.dryRunOnly) {
    for (const task of tasks)
      if (task.verb === 'prune') skipPrune(state, task, task.skip ?? 'pruned (dry run)')
    return end(state, { phase: 'Succeeded', message: 'successfully synced (dry run)' })
  }
  state.stage = 'sync'
  return undefined
}

function runGroups(turn: Turn, groups: readonly SyncTask[][]): Wanted {
  const { state } = turn
  const ended = endedHooks(turn)
  if (ended !== undefined) return ended
  const open = groups.findIndex((group) => group.some((task) => isOpen(state, task)))
  const current = open < 0 ? endingGroup(groups) : open
  const earlier = groups.slice(0, current).flat()
  if (waitsForRunning(turn, earlier, groups.length > 1)) return []
  if (earlier.some((task) => taskState(state, task).status === 'failed')) return fail(state)
  const group = groups[current]
  if (group === undefined) return succeed(state, 'successfully synced (no more tasks)')
  const wanted = runGroup(turn, group)
  if (wanted !== undefined || open >= 0) return wanted
  if (group.some((task) => taskState(state, task).status === 'failed')) return fail(state)
  for (const task of group)
    if (!isEnded(taskState(state, task))) setTask(state, task, { status: 'succeeded' })
  return succeed(state, 'successfully synced (all tasks run)')
}

/** Where all was done: the last group when it holds no hooks, since nobody waits for its health; otherwise past the end. */
function endingGroup(groups: readonly SyncTask[][]): number {
  const last = groups.at(-1)
  return last === undefined || last.some((task) => task.hook !== undefined)
    ? groups.length
    : groups.length - 1
}

function isOpen(state: SyncState, task: SyncTask): boolean {
  const { status } = taskState(state, task)
  return status === 'pending' || status === 'sent' || status === 'deleting'
}

/** Later steps wait for earlier ones; hooks are waited for in any case. */
function waitsForRunning({ state }: Turn, tasks: readonly SyncTask[], severalSteps: boolean): boolean {
  const running = tasks.filter((task) => taskState(state, task).status === 'running')
  const hooks = running.filter((task) => task.hook !== undefined)
  const resources = severalSteps ? running.filter((task) => task.hook === undefined) : []
  if (hooks.length > 0) state.message = waitingMessage('completion of hook', hooks)
  else if (resources.some((task) => task.verb === 'apply')) {
    state.message = waitingMessage(
      'healthy state of',
      resources.filter((task) => task.verb === 'apply'),
    )
  } else if (resources.length > 0) state.message = waitingMessage('deletion of', resources)
  return hooks.length + resources.length > 0
}

/** A hook's end is written down first; only then may its object go. */
function endedHooks({ state, observation }: Turn): Wanted {
  const hooks = [...state.groups, ...state.syncFailGroups]
    .flat()
    .filter((task) => task.hook !== undefined && isEnded(taskState(state, task)))
  const [unsaved] = hooks.filter((task) => taskState(state, task).saved !== true)
  if (unsaved !== undefined) return [{ ...requestFor(state, unsaved, 'save'), id: 'save' }]
  const held = hooks.filter((task) => {
    if (taskState(state, task).released === true) return false
    const live = observation.live(task.key)
    return live?.operation === hookRun(state, task) && holdsHookFinalizer(live)
  })
  return held.length === 0 ? undefined : held.map((task) => requestFor(state, task, 'release-hook'))
}

/** Prunes, then hooks of earlier syncs, then applies, one kind after the other. `undefined` when all were done. */
function runGroup(turn: Turn, group: readonly SyncTask[]): Wanted {
  const { state } = turn
  for (const task of group) {
    if (task.skip !== undefined && taskState(state, task).status === 'pending')
      skipPrune(state, task, task.skip)
  }
  const open = group.filter((task) => isOpen(state, task))
  const prunes = open.filter((task) => task.verb === 'prune')
  if (prunes.length > 0) return prune(turn, prunes)
  if (group.some((task) => task.verb === 'prune' && taskState(state, task).status === 'failed'))
    return fail(state)
  const replaced = replaceOldHooks(turn, open)
  if (replaced !== undefined) return replaced
  if (group.some((task) => task.hook !== undefined && failedUnapplied(state, task))) return fail(state)
  return applyNextKind(turn, open)
}

function failedUnapplied(state: SyncState, task: SyncTask): boolean {
  const own = taskState(state, task)
  return own.status === 'failed' && own.code === undefined && own.uid === undefined && own.seen !== true
}

function prune({ state, observation }: Turn, prunes: readonly SyncTask[]): Wanted {
  const unconfirmed = prunes.filter((task) => task.needsConfirmation === true)
  if (unconfirmed.length > 0 && observation.confirmed !== true) {
    state.message = waitingMessage('pruning confirmation of', unconfirmed)
    return []
  }
  return prunes.map((task) => send(state, task, requestFor(state, task, 'delete')))
}

function skipPrune(state: SyncState, task: SyncTask, message: string): void {
  setTask(state, task, { status: 'succeeded', code: 'PruneSkipped', message })
}

function replaceOldHooks({ state, observation }: Turn, open: readonly SyncTask[]): Wanted {
  const waiting: SyncTask[] = []
  const requests: SyncRequest[] = []
  for (const task of open) {
    if (!task.deletePolicies.includes('BeforeHookCreation')) continue
    const own = taskState(state, task)
    const live = observation.live(task.key)
    const old = live !== undefined && live.operation !== hookRun(state, task)
    if (own.status === 'deleting') {
      if (old) waiting.push(task)
      else own.status = 'pending'
    } else if (old) {
      own.status = 'deleting'
      requests.push({ ...requestFor(state, task, 'delete-hook'), uid: live.uid })
    }
  }
  if (requests.length > 0) return requests
  if (waiting.length === 0) return undefined
  state.message = waitingMessage('deletion of', waiting)
  return []
}

function applyNextKind({ state, observation }: Turn, open: readonly SyncTask[]): Wanted {
  const requests: SyncRequest[] = []
  let kind: string | undefined
  for (const task of open) {
    if (task.unchanged) {
      const message = `${task.key.kind.toLowerCase()}/${task.key.name} unchanged`
      setTask(state, task, { status: 'running', code: 'Synced', message, seen: true })
      continue
    }
    const live = task.hook === undefined ? undefined : observation.live(task.key)
    if (live?.operation !== undefined && live.operation === hookRun(state, task)) {
      setTask(state, task, { status: 'running', uid: live.uid, seen: true })
      continue
    }
    const definitions = kind === undefined ? undefinedKinds(state, task) : []
    if (definitions.length > 0) {
      state.message = waitingMessage('healthy state of', definitions)
      return []
    }
    const own = `${task.apiVersion}/${task.key.kind}`
    kind ??= own
    if (own !== kind) break
    requests.push(send(state, task, applyRequest(state, task)))
  }
  if (requests.length > 0) return requests
  observeRunning(state, observation)
  return undefined
}

/** The definitions of this sync that the object needs and that the server does not serve yet. */
function undefinedKinds(state: SyncState, task: SyncTask): SyncTask[] {
  return state.groups
    .flat()
    .filter((other) => taskState(state, other).status === 'running' && definesKindOf(other, task))
}

function send(state: SyncState, task: SyncTask, request: SyncRequest): SyncRequest {
  setTask(state, task, { status: 'sent' })
  return request
}

function succeed(state: SyncState, message: string): Wanted {
  state.outcome ??= { phase: 'Succeeded', message }
  state.stage = 'cleanup'
  return undefined
}

/** SyncFail hooks run once, then the operation fails with what failed first. */
function fail(state: SyncState): Wanted {
  const message = `one or more synchronization tasks completed unsuccessfully: ${firstFailures(state)}`
  state.outcome ??= failure(state, message)
  state.stage = state.stage === 'sync' && state.syncFailGroups.length > 0 ? 'sync-fail' : 'cleanup'
  return undefined
}

function firstFailures(state: SyncState): string {
  return [...state.groups, ...state.syncFailGroups]
    .flat()
    .filter((task) => taskState(state, task).status === 'failed')
    .slice(0, 3)
    .map((task) => `${task.key.kind} ${task.key.name}: ${taskState(state, task).message}`)
    .join('; ')
}

function failure(state: SyncState, message: string): SyncOutcome {
  const permanent = Object.values(state.tasks).some((task) => task.permanent === true)
  return { phase: 'Failed', message, ...(permanent ? { permanent } : {}) }
}

/** Completed hooks go by their policies: `HookSucceeded` after success, `HookFailed` after failure. */
function cleanup(turn: Turn): Wanted {
  const { state, observation } = turn
  const ended = endedHooks(turn)
  if (ended !== undefined) return ended
  const policy = state.outcome?.phase === 'Succeeded' ? 'HookSucceeded' : 'HookFailed'
  const going = [...state.groups, ...state.syncFailGroups].flat().filter((task) => {
    if (!task.deletePolicies.includes(policy)) return false
    const own = taskState(state, task)
    if (!isEnded(own) || own.removed === true) return false
    return observation.live(task.key)?.operation === hookRun(state, task)
  })
  if (going.length > 0) return going.map((task) => requestFor(state, task, 'delete-hook'))
  return end(state, state.outcome ?? { phase: 'Error', message: 'the sync ended without a result' })
}

function terminating({ state, observation }: Turn): Wanted {
  const running = [...state.groups, ...state.syncFailGroups].flat().filter((task) => {
    const own = taskState(state, task)
    if (task.hook === undefined || own.removed === true || (isEnded(own) && own.released === true))
      return false
    return observation.live(task.key)?.operation === hookRun(state, task)
  })
  if (running.length > 0) return running.map((task) => requestFor(state, task, 'delete-hook'))
  for (const task of [...state.groups, ...state.syncFailGroups].flat()) {
    const ran = task.hook !== undefined && taskState(state, task).status === 'running'
    if (ran) setTask(state, task, { status: 'failed', message: 'terminated' })
  }
  return end(state, { phase: 'Failed', message: 'Operation terminated' })
}

function end(state: SyncState, outcome: SyncOutcome): Wanted {
  state.outcome = outcome
  state.stage = 'done'
  state.message = outcome.message
  return []
}
