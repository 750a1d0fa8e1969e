import {
  type Application,
  type ApplicationSource,
  isCompleted,
  type Operation,
  type OperationState,
  type ResourceStatus,
  type SyncStatusCode,
} from '@driftless/api'
import { jsonEqual } from '@driftless/apimachinery'

export interface AutoSyncInput {
  application: Application
  /** Of the comparison that was just made. */
  sync: SyncStatusCode
  resources: readonly (Pick<ResourceStatus, 'group' | 'kind' | 'name' | 'status' | 'requiresPruning'> & {
    /** Deleted already, and held by finalizers or dependents. */
    deleting?: boolean
    /** `Prune=false`: a sync leaves it. */
    kept?: boolean
  })[]
  /** Commits that were compared, one for each source. */
  revisions: readonly string[]
  sources: readonly ApplicationSource[]
  /** RFC 3339. */
  now: string
  /** The new commits change nothing that these sources read, so only sources are compared with the last attempt. */
  sameInputs?: boolean
}

export type AutoSyncDecision =
  | {
      sync: false
      reason: string
      condition?: { type: 'SyncError'; message: string }
      /** Decide again after this long, milliseconds. */
      afterMs?: number
    }
  | { sync: true; operation: Operation }

type Refusal = Extract<AutoSyncDecision, { sync: false }>

/** Whether the controller begins a sync by itself, the checks in Argo CD's order (`argocd.md` §2.3). */
export function decideAutoSync(input: AutoSyncInput): AutoSyncDecision {
  const refusal = notWanted(input)
  if (refusal !== undefined) return refusal
  const attempt = previousAttempt(input)
  if (attempt !== undefined) {
    const waiting = afterAttempt(input, attempt)
    if (waiting !== undefined) return waiting
  }
  const { prune, allowEmpty } = input.application.spec.syncPolicy?.automated ?? {}
  const all = input.resources.filter((resource) => resource.status !== undefined)
  if (
    prune === true &&
    allowEmpty !== true &&
    all.length > 0 &&
    all.every((entry) => entry.requiresPruning === true)
  ) {
    const message = 'auto-sync will wipe out all resources'
    return { sync: false, reason: message, condition: { type: 'SyncError', message } }
  }
  return { sync: true, operation: operationFor(input, attempt) }
}

function notWanted({ application, sync, resources }: AutoSyncInput): Refusal | undefined {
  const automated = application.spec.syncPolicy?.automated
  if (automated === undefined || automated.enabled === false) return no('automated sync is off')
  if (application.operation !== undefined) return no('an operation is under way')
  if (application.metadata.deletionTimestamp !== undefined) return no('the application is being deleted')
  if (sync !== 'OutOfSync') return no(`the application is ${sync}`)
  const open = resources.filter((resource) => resource.status !== 'Synced' && resource.status !== undefined)
  if (
    automated.prune !== true &&
    open.length > 0 &&
    open.every((resource) => resource.requiresPruning === true)
  ) {
    return no('only pruning is left, and automated pruning is off')
  }
  const going = open.filter((resource) => resource.requiresPruning === true && resource.deleting === true)
  if (open.length > 0 && going.length === open.length) return no('what is left is being deleted already')
  return undefined
}

/** The last operation, if it worked on these very commits and sources. One that ended without a result counts. */
function previousAttempt(input: AutoSyncInput): OperationState | undefined {
  const state = input.application.status?.operationState
  if (state === undefined) return undefined
  const result = state.syncResult
  if (result === undefined) return isCompleted(state.phase) ? state : undefined
  const revisions = result.revisions ?? [result.revision ?? '']
  const sources = result.sources ?? (result.source === undefined ? [] : [result.source])
  if (input.sameInputs !== true && !jsonEqual(revisions, input.revisions)) return undefined
  return jsonEqual(sources, input.sources) ? state : undefined
}

function afterAttempt(input: AutoSyncInput, attempt: OperationState): Refusal | undefined {
  if (attempt.phase !== 'Succeeded') {
    const message = `Failed last sync attempt to [${input.revisions.join(', ')}]: ${attempt.message ?? ''}`
    return { sync: false, reason: message, condition: { type: 'SyncError', message } }
  }
  if (input.application.spec.syncPolicy?.automated?.selfHeal !== true) {
    return no('this revision was synced already, and self-healing is off')
  }
  const open = input.resources.filter(({ status }) => status !== undefined && status !== 'Synced')
  if (
    open.length > 0 &&
    open.every(({ requiresPruning, kept }) => requiresPruning === true && kept === true)
  ) {
    return no('what is left is never pruned, so there is nothing to heal')
  }
  const afterMs = remainingBackoffMs(attempt, input.now)
  return afterMs > 0 ? { ...no('the next self-heal attempt has to wait'), afterMs } : undefined
}

const selfHealBackoff = { firstMs: 2_000, factor: 3, mostMs: 300_000 }

/** The first heal after an ordinary sync is immediate; then 2, 6, 18, … 300 s after the end of the last. */
export function selfHealDelayMs(attempts: number): number {
  if (attempts <= 0) return 0
  const { firstMs, factor, mostMs } = selfHealBackoff
  return Math.min(mostMs, firstMs * factor ** (attempts - 1))
}

function remainingBackoffMs(attempt: OperationState, now: string): number {
  const delay = selfHealDelayMs(attempt.operation.sync?.autoHealAttemptsCount ?? 0)
  const since = Date.parse(now) - Date.parse(attempt.finishedAt ?? attempt.startedAt)
  return Number.isFinite(since) ? Math.max(0, delay - since) : delay
}

/** Healing is a partial sync of what differs: no hooks, no history. Everything else is a whole one. */
function operationFor(input: AutoSyncInput, attempt: OperationState | undefined): Operation {
  const { syncPolicy } = input.application.spec
  return {
    initiatedBy: { automated: true },
    retry: syncPolicy?.retry ?? { limit: 5 },
    sync: {
      ...whatIsSynced(input),
      prune: syncPolicy?.automated?.prune ?? false,
      ...(syncPolicy?.syncOptions === undefined ? {} : { syncOptions: syncPolicy.syncOptions }),
      ...(attempt === undefined ? {} : healing(attempt, input.resources)),
    },
  }
}

function whatIsSynced(input: AutoSyncInput): NonNullable<Operation['sync']> {
  const [source] = input.sources
  if ((input.application.spec.sources?.length ?? 0) > 0) {
    return { sources: [...input.sources], revisions: [...input.revisions] }
  }
  return { revision: input.revisions[0] ?? '', ...(source === undefined ? {} : { source }) }
}

function healing(
  attempt: OperationState,
  rows: AutoSyncInput['resources'],
): Partial<NonNullable<Operation['sync']>> {
  const resources = rows
    .filter((resource) => resource.status !== 'Synced')
    .map(({ group = '', kind, name }) => ({ group, kind, name }))
  return {
    autoHealAttemptsCount: (attempt.operation.sync?.autoHealAttemptsCount ?? 0) + 1,
    ...(resources.length === 0 ? {} : { resources }),
  }
}

function no(reason: string): Refusal {
  return { sync: false, reason }
}
