import type { AppError } from '@driftless/api'
import {
  annotations,
  type Application,
  type ApplicationStatus,
  isAppError,
  isCompleted,
  messageOf,
  type Operation,
  type OperationState,
} from '@driftless/api'
import { formatKey, stableHash } from '@driftless/apimachinery'
import { decideAutoSync, encodeInventory } from '@driftless/engine'
import type { ClusterConnection, Comparison, DesiredState } from '@driftless/planner'
import type { ReconcileResult } from '../control-loop.ts'
import type { ApplicationControllerOptions } from './controller-options.ts'
import { type ApplicationRuntime, newestApplication } from './application-runtime.ts'
import { meaningOf, mergeConditions } from './application-status.ts'
import { deleteApplication } from './delete-application.ts'
import { driveSync } from './drive-sync.ts'
import { beginOperation, finishOperation, retryOperation } from './operation.ts'
import type { Driven, Pass } from './pass.ts'
import { recordEvent } from './record-event.ts'
import { writeApplication } from './write-application.ts'

/**
 * One pass over one Application: read what Git wants, compare it with what the cluster has, drive the operation that
 * runs or decide whether to begin one, and write one status patch if something changed in meaning.
 */
export async function reconcileApplication(
  options: ApplicationControllerOptions,
  seen: Application,
  runtime: ApplicationRuntime,
): Promise<ReconcileResult | undefined> {
  const application = newestApplication(runtime, seen)
  if (application.metadata.deletionTimestamp !== undefined) {
    return deleteApplication(options, application, runtime)
  }
  const asked = application.metadata.annotations?.[annotations.refresh]
  const pass: Pass = {
    options,
    application,
    runtime,
    now: options.now().toISOString(),
    refresh: asked === undefined ? undefined : asked === 'hard' ? 'hard' : 'normal',
  }
  try {
    return await runPass(pass)
  } catch (error) {
    if (isAppError(error, 'Conflict')) return { requeueAfterMs: 20 }
    if (!isAppError(error)) throw error
    await writeFailure(pass, error)
    return retryAfter(error)
  }
}

/** A wrong input waits for a change; what may pass by itself is tried again. */
function retryAfter(error: AppError): ReconcileResult | undefined {
  const passing = ['ServiceUnavailable', 'Timeout', 'TooManyRequests', 'InternalError']
  return passing.includes(error.code) ? { requeueAfterMs: 10_000 } : { requeueAfterMs: 60_000 }
}

async function runPass(pass: Pass): Promise<ReconcileResult | undefined> {
  const connection = pass.options.planner.check(pass.application)
  await connection.live.ready
  const operation = runningOperation(pass.application)
  const desired = await readDesired(pass, connection, operation)
  const comparison = await compare(pass, connection, desired)
  if (operation !== undefined) return driveOperation(pass, { connection, desired, comparison, operation })
  const decision = decideAutoSync({
    application: pass.application,
    sync: comparison.sync,
    resources: comparison.resources,
    revisions: desired.revisions,
    sources: comparison.sources,
    now: pass.now,
  })
  if (!decision.sync) {
    const conditions = [
      ...comparison.conditions,
      ...(decision.condition === undefined ? [] : [decision.condition]),
    ]
    await writeStatus(pass, await statusOf(pass, { desired, comparison, conditions }))
    return decision.afterMs === undefined ? undefined : { requeueAfterMs: decision.afterMs }
  }
  const input = { connection, desired, comparison, operation: decision.operation }
  const guarded = guardOf(pass, input)
  if (guarded !== undefined) {
    await writeStatus(
      pass,
      await statusOf(pass, { ...input, conditions: [...comparison.conditions, guarded] }),
    )
    return undefined
  }
  return driveOperation(pass, input)
}

/** An automated sync that would delete suspiciously much stops and asks (decision: more than half of ten or more). */
function guardOf(pass: Pass, input: OperationPass): { type: string; message: string } | undefined {
  const { guard } = pass.options.planner.planOperation({
    ...input,
    application: pass.application,
    startedAt: pass.now,
  })
  if (guard === undefined) return undefined
  const remedy = `Sync by hand to confirm it, or set the annotation ${annotations.pruneLimit}.`
  return { type: 'Guarded', message: `${guard.message}. ${remedy}` }
}

/** The operation that was asked for or is under way. */
function runningOperation(application: Application): Operation | undefined {
  if (application.operation !== undefined) return application.operation
  const state = application.status?.operationState
  return state !== undefined && !isCompleted(state.phase) ? state.operation : undefined
}

async function readDesired(
  pass: Pass,
  connection: ClusterConnection,
  operation: Operation | undefined,
): Promise<DesiredState> {
  const { options, application, runtime } = pass
  const pinned = operation === undefined ? undefined : pinnedRevisions(application, operation)
  const sync = operation?.sync
  const sources = sync?.sources ?? (sync?.source === undefined ? undefined : [sync.source])
  const desired = await options.planner.readDesired({
    application,
    connection,
    known: runtime.desired,
    signal: options.signal,
    ...(sources === undefined ? {} : { sources }),
    ...(pinned === undefined ? {} : { revisions: pinned }),
    ...(pass.refresh === undefined ? {} : { maxAgeMs: 0 }),
  })
  runtime.desired = desired
  const looking = operation === undefined && pass.refresh === undefined
  return looking && isSameInputs(application, desired)
    ? { ...desired, revisions: syncedRevisions(application) }
    : desired
}

/** A commit that changes nothing that is read does not move the revision (ADR 3). */
function isSameInputs(application: Application, desired: DesiredState): boolean {
  const { sync, driftless } = application.status ?? {}
  return (
    sync !== undefined && driftless?.inputs === inputsOf(desired) && syncedRevisions(application)[0] !== ''
  )
}

function syncedRevisions(application: Application): string[] {
  const { sync } = application.status ?? {}
  return sync?.revisions ?? [sync?.revision ?? '']
}

function inputsOf(desired: DesiredState): string {
  return stableHash(desired.key)
}

/** A running operation keeps the revision that it began with, over a restart too. */
function pinnedRevisions(application: Application, operation: Operation): string[] | undefined {
  const state = application.status?.operationState
  const begun = state !== undefined && !isCompleted(state.phase) && application.operation !== undefined
  const result = begun ? state.syncResult : undefined
  if (result?.revisions !== undefined) return result.revisions
  if (result?.revision !== undefined && result.revision !== '') return [result.revision]
  const { revision, revisions } = operation.sync ?? {}
  if (revisions !== undefined) return revisions
  return revision === undefined || revision === '' ? undefined : [revision]
}

async function compare(
  pass: Pass,
  connection: ClusterConnection,
  desired: DesiredState,
): Promise<Comparison> {
  const { options, application, runtime } = pass
  const comparison = await options.planner.compare({
    application,
    connection,
    desired,
    inventory: runtime.inventory,
    written: runtime.written,
    predictions: runtime.predictions,
    signal: options.signal,
  })
  runtime.inventory = new Map(comparison.inventory.map((entry) => [formatKey(entry.key), entry]))
  return comparison
}

interface OperationPass {
  connection: ClusterConnection
  desired: DesiredState
  comparison: Comparison
  operation: Operation
}

async function driveOperation(pass: Pass, input: OperationPass): Promise<ReconcileResult | undefined> {
  const waiting = retryOperation(pass)
  if (waiting !== undefined) {
    await writeStatus(pass, await statusOf(pass, { ...input, conditions: input.comparison.conditions }))
    return waiting
  }
  const state = await beginOperation(pass, input)
  const driven = await driveSync(pass, { ...input, state })
  const comparison = await compare(pass, input.connection, input.desired)
  const base = await statusOf(pass, { desired: input.desired, comparison, conditions: comparison.conditions })
  if (driven.done === undefined) {
    await writeStatus(pass, { ...base, operationState: runningState(state, driven) })
    return undefined
  }
  const finished = finishOperation(pass, { state, driven, desired: input.desired })
  await writeStatus(pass, { ...base, ...finished.status }, finished.removeOperation ? null : undefined)
  pass.runtime.sync = undefined
  await recordEvent(pass, finished.operationState)
  return finished.requeueAfterMs === undefined ? undefined : { requeueAfterMs: finished.requeueAfterMs }
}

function runningState(state: OperationState, driven: Driven): OperationState {
  return { ...state, message: driven.message, syncResult: { ...state.syncResult, resources: driven.results } }
}

interface StatusInput {
  desired: DesiredState
  comparison: Comparison
  conditions: { type: string; message: string }[]
}

/** Everything of the status that a comparison says; operation and history stay. */
async function statusOf(pass: Pass, input: StatusInput): Promise<ApplicationStatus> {
  const { application, runtime } = pass
  const { comparison, desired } = input
  const old = application.status ?? {}
  const several = (application.spec.sources?.length ?? 0) > 0
  const revision = desired.revisions[0] ?? ''
  const subject =
    old.sync?.revision === revision && old.driftless?.subject !== undefined
      ? old.driftless.subject
      : await pass.options.planner.subjectOf(application, revision)
  return {
    ...old,
    sync: {
      status: comparison.sync,
      ...(several ? { revisions: desired.revisions } : { revision }),
      comparedTo: {
        ...(several ? { sources: comparison.sources } : { source: comparison.sources[0] }),
        destination: application.spec.destination,
      },
    },
    health: {
      status: comparison.health.status,
      ...(comparison.health.message === '' ? {} : { message: comparison.health.message }),
      lastTransitionTime:
        old.health?.status === comparison.health.status
          ? (old.health.lastTransitionTime ?? pass.now)
          : pass.now,
    },
    resources: comparison.resources,
    conditions: mergeConditions(application, input.conditions, pass.now),
    sourceType: desired.sourceTypes[0] ?? 'Directory',
    summary: { images: comparison.images },
    driftless: {
      ...old.driftless,
      inventory: encodeInventory([...runtime.inventory.values()]),
      subject,
      inputs: inputsOf(desired),
    },
  }
}

/** Writes the status if it means something new, or if somebody waits for an answer to a refresh. */
async function writeStatus(pass: Pass, status: ApplicationStatus, operation?: null): Promise<void> {
  const { application, runtime } = pass
  const unchanged = meaningOf(status) === meaningOf(application.status)
  const answersRefresh = pass.refresh !== undefined
  if (unchanged && !answersRefresh && operation === undefined) return
  const written = await writeApplication(pass.options.client, runtime, {
    application,
    write: {
      status: {
        ...status,
        reconciledAt: pass.options.now().toISOString(),
        driftless: {
          ...status.driftless,
          changedAt: unchanged ? (status.driftless?.changedAt ?? pass.now) : pass.now,
        },
      },
      ...(operation === null ? { operation: null } : {}),
      ...(answersRefresh ? { dropAnnotations: [annotations.refresh] } : {}),
    },
  })
  pass.application = written
  pass.refresh = undefined
}

/** An error makes the state Unknown and says why; what was known of resources and inventory stays. */
async function writeFailure(pass: Pass, error: AppError): Promise<void> {
  const { application } = pass
  const type = error.code === 'Invalid' || error.code === 'Forbidden' ? 'InvalidSpecError' : 'ComparisonError'
  const message = error.remedy === undefined ? messageOf(error) : `${messageOf(error)} ${error.remedy}`
  const old = application.status ?? {}
  const failedOperation = failOperation(pass, message)
  await writeStatus(
    pass,
    {
      ...old,
      sync: { ...old.sync, status: 'Unknown' },
      health: old.health ?? { status: 'Unknown' },
      conditions: mergeConditions(application, [{ type, message }], pass.now),
      ...(failedOperation === undefined ? {} : { operationState: failedOperation }),
    },
    failedOperation === undefined ? undefined : null,
  )
}

/** An operation that cannot even be compared ends in Error (Argo CD behaviour). */
function failOperation(pass: Pass, message: string): OperationState | undefined {
  const operation = runningOperation(pass.application)
  if (operation === undefined) return undefined
  const state = pass.application.status?.operationState
  const begun = state !== undefined && !isCompleted(state.phase) ? state : undefined
  pass.runtime.sync = undefined
  return {
    ...begun,
    operation,
    startedAt: begun?.startedAt ?? pass.now,
    finishedAt: pass.now,
    phase: 'Error',
    message,
  }
}
