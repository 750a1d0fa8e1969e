import type { OperationPhase, ResultCode } from '@driftless/api'
import type { KubeObject, ObjectKey } from '@driftless/apimachinery'
import type { SyncTask } from '../order/sync-task.ts'

/**
 * `sent`: a request is in flight. `deleting`: the hook of an earlier sync goes first. `running`: applied or deleted, and
 * not yet as it should be.
 */
export type TaskStatus = 'pending' | 'sent' | 'deleting' | 'running' | 'succeeded' | 'failed'

export interface TaskState {
  id: string
  status: TaskStatus
  message: string
  code?: ResultCode
  /** Position in the order of first touch; absent while untouched. */
  touched?: number
  /** Incarnation that our apply made. */
  uid?: string
  /** Whether the object was seen after our request. */
  seen?: boolean
  /** The end of a hook is written down; only then may the hook object go. */
  saved?: boolean
  /** A completed hook lost our finalizer. */
  released?: boolean
  /** The hook object was deleted by policy. */
  removed?: boolean
  /** Nobody knows how it would have ended: the object was deleted by someone. */
  lost?: boolean
  /** It failed in a way that another try of the same manifest cannot mend. */
  permanent?: boolean
}

export type SyncStage = 'dry-run' | 'sync' | 'sync-fail' | 'cleanup' | 'terminating' | 'done'

export interface SyncOutcome {
  phase: Extract<OperationPhase, 'Succeeded' | 'Failed' | 'Error'>
  message: string
  /** A failure that another try of the same manifests cannot mend. */
  permanent?: boolean
}

/** Plain JSON. Rebuilt after a crash by `resumeSync`, so it need not be stored. */
export interface SyncState {
  operationId: string
  groups: SyncTask[][]
  syncFailGroups: SyncTask[][]
  stage: SyncStage
  dryRunOnly: boolean
  prunePropagationPolicy: 'Foreground' | 'Background' | 'Orphan'
  tasks: Record<string, TaskState>
  /** Requests that have no answer yet. */
  inFlight: string[]
  dryRunAsked: boolean
  touchedCount: number
  /** What the person sees while it runs. */
  message: string
  outcome?: SyncOutcome
}

export type RequestVerb =
  | 'dry-run'
  | 'apply'
  | 'replace'
  | 'delete'
  | 'create-hook'
  | 'delete-hook'
  | 'release-hook'
  | 'save'

/**
 * `replace`: PUT, create when missing; with `force` delete and create. `create-hook`: apply of `object`. `delete-hook`: take our
 * finalizer away and delete. `release-hook`: take our finalizer away. `save`: write `resultsOf(state)` into
 * `status.operationState.syncResult` and answer when the API server has it.
 */
export interface SyncRequest {
  id: string
  verb: RequestVerb
  taskId: string
  key: ObjectKey
  apiVersion: string
  object?: KubeObject
  /** Precondition of a delete. */
  uid?: string
  force?: boolean
  /** False: the server drops fields it does not know instead of refusing. */
  validate?: boolean
  propagationPolicy?: SyncState['prunePropagationPolicy']
}

export interface RequestResult {
  /** Of the request. */
  id: string
  ok: boolean
  /** Nobody knows what became of it, or it was too early: it is asked again. */
  again?: true
  /** What the server said, fit for people; empty gives a text of our own. */
  message: string
  /** The same request would be refused every time; default false. */
  permanent?: boolean
  /** The cluster serves no such kind, which `SkipDryRunOnMissingResource` forgives a dry run. */
  unknownKind?: true
  /** Of the object that the request made or changed. */
  uid?: string
}

/** What is seen of an object. */
export interface LiveView {
  uid: string
  deleting: boolean
  /** `undefined` for kinds without a health rule. */
  health: { status: string; message: string } | undefined
  /** Value of the annotation `driftless.dev/operation`. */
  operation: string | undefined
  finalizers: readonly string[]
}

export interface Observation {
  /** Answers since the last step. */
  results: readonly RequestResult[]
  /** Never older than the answers of our own requests. */
  live(key: ObjectKey): LiveView | undefined
  /** Someone asked to stop. */
  terminate?: boolean
  /** A person confirmed the deletions that wait for it. */
  confirmed?: boolean
}

export interface Step {
  state: SyncState
  requests: SyncRequest[]
  done?: SyncOutcome
}

/** Copy whose tasks may be changed. */
export function workingCopy(state: SyncState): SyncState {
  const tasks: Record<string, TaskState> = {}
  for (const [id, task] of Object.entries(state.tasks)) tasks[id] = { ...task }
  return { ...state, tasks, inFlight: [...state.inFlight] }
}

export function taskState(state: SyncState, task: SyncTask): TaskState {
  const own = state.tasks[task.id]
  if (own === undefined) throw new RangeError(`task ${task.id} is not part of this sync`)
  return own
}

export function isEnded(task: TaskState): boolean {
  return task.status === 'succeeded' || task.status === 'failed'
}

export function setTask(state: SyncState, task: SyncTask, change: Partial<TaskState>): void {
  const own = taskState(state, task)
  Object.assign(own, change)
  if (own.touched === undefined) {
    own.touched = state.touchedCount
    state.touchedCount += 1
  }
}
