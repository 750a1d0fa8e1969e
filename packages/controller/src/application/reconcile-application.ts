import { annotations, type Application, isAppError, isCompleted, type Operation } from '@driftless/api'
import { decideAutoSync, followsBranch } from '@driftless/engine'
import type { ClusterConnection, Comparison, DesiredState } from '@driftless/planner'
import type { ReconcileResult } from '../control-loop.ts'
import type { ApplicationControllerOptions } from './controller-options.ts'
import {
  type ApplicationRuntime,
  followCluster,
  followInventory,
  newestApplication,
} from './application-runtime.ts'
import { compare } from './compare-now.ts'
import { confirmApplication } from './confirm-application.ts'
import { confirmProject } from './confirm-project.ts'
import { deleteApplication } from './delete-application.ts'
import { missingFinalizers } from './delete-hooks.ts'
import { driveOperation } from './drive-operation.ts'
import { afterFailure, passingWaitMs } from './failed-pass.ts'
import { type Gate, gateOf } from './gates.ts'
import type { OperationPass, Pass } from './pass.ts'
import { runningOperation } from './running-operation.ts'
import { inputsOf, statusOf, writeStatus } from './write-status.ts'

/**
 * One pass over one Application: read what Git wants, compare it with what the cluster has, drive the operation that
 * runs or decide whether to begin one, and write one status patch if something changed in meaning.
 */
export async function reconcileApplication(
  options: ApplicationControllerOptions,
  seen: Application,
  runtime: ApplicationRuntime,
): Promise<ReconcileResult | undefined> {
  const wasConfirmed = runtime.confirmed
  try {
    await confirmApplication(options, newestApplication(runtime, seen), runtime)
  } catch (error) {
    if (!isAppError(error)) throw error
    if (error.code === 'NotFound') return undefined
    runtime.failures += 1
    return { requeueAfterMs: passingWaitMs(runtime) }
  }
  const application = newestApplication(runtime, seen)
  if (!wasConfirmed) followInventory(runtime, application)
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
    const result = await runPass(pass)
    runtime.failures = 0
    return result
  } catch (error) {
    if (!isAppError(error)) throw error
    return afterFailure(pass, error)
  }
}

async function runPass(pass: Pass): Promise<ReconcileResult | undefined> {
  await confirmProject(pass.options, pass.application)
  const connection = pass.options.planner.check(pass.application)
  followCluster(pass.runtime, connection.name)
  await connection.live.ready
  const operation = runningOperation(pass.application)
  const desired = await readDesired(pass, connection, operation)
  const comparison = await compare(pass, connection, desired)
  if (operation !== undefined) return driveOperation(pass, { connection, desired, comparison, operation })
  const decision = decideAutoSync({
    application: pass.application,
    sync: comparison.sync,
    resources: comparison.resources.map((row, index) => ({
      ...row,
      deleting: comparison.compared.resources[index]?.live?.metadata.deletionTimestamp !== undefined,
      kept: comparison.compared.resources[index]?.options.prune === 'no',
    })),
    revisions: desired.revisions,
    sources: comparison.sources,
    now: pass.now,
  })
  if (!decision.sync) {
    const { condition, afterMs } = decision
    return settle(
      pass,
      { desired, comparison },
      condition === undefined ? undefined : { condition, afterMs },
      afterMs,
    )
  }
  const input = { connection, desired, comparison, operation: decision.operation }
  const held = gateOf(pass, input) ?? guardOf(pass, input)
  return held === undefined ? driveOperation(pass, input) : settle(pass, input, held, held.afterMs)
}

/** Nothing is begun: the status says what was seen, and why nothing happens. */
async function settle(
  pass: Pass,
  seen: { desired: DesiredState; comparison: Comparison },
  held: Gate | undefined,
  afterMs: number | undefined,
): Promise<ReconcileResult | undefined> {
  const conditions = [...seen.comparison.conditions, ...(held === undefined ? [] : [held.condition])]
  await writeStatus(pass, await statusOf(pass, { ...seen, conditions }), {
    addFinalizers: missingFinalizers(pass.application, seen.desired),
  })
  return afterMs === undefined ? undefined : { requeueAfterMs: afterMs }
}

/** An automated sync that would delete suspiciously much stops and asks (decision: more than half of ten or more). */
function guardOf(pass: Pass, input: OperationPass): Gate | undefined {
  const { guard } = pass.options.planner.planOperation({
    ...input,
    application: pass.application,
    startedAt: pass.now,
  })
  if (guard === undefined) return undefined
  const remedy = `Sync by hand to confirm it, or set the annotation ${annotations.pruneLimit}.`
  return { condition: { type: 'Guarded', message: `${guard.message}. ${remedy}` }, afterMs: undefined }
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
    ...(sync?.manifests === undefined ? {} : { manifests: sync.manifests }),
    ...(pinned === undefined ? {} : { revisions: pinned }),
    // An operation that begins works on what the repository has now, not on what was seen at the last poll.
    ...(pass.refresh === undefined && (operation === undefined || pinned !== undefined)
      ? {}
      : { maxAgeMs: 0 }),
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

/** A running operation keeps the revision that it began with, over a restart too. */
function pinnedRevisions(application: Application, operation: Operation): string[] | undefined {
  const state = application.status?.operationState
  const begun = state !== undefined && !isCompleted(state.phase) && application.operation !== undefined
  const afresh = operation.retry?.refresh === true && (state?.retryCount ?? 0) > 0
  if (afresh && followsBranch(application, operation)) return undefined
  const result = begun ? state.syncResult : undefined
  if (result?.revisions !== undefined) return result.revisions
  if (result?.revision !== undefined && result.revision !== '') return [result.revision]
  const { revision, revisions } = operation.sync ?? {}
  if (revisions !== undefined) return revisions
  return revision === undefined || revision === '' ? undefined : [revision]
}
