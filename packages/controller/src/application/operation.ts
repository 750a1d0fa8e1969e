import { type ApplicationStatus, isCompleted, type Operation, type OperationState } from '@driftless/api'
import { appendHistory, resolveOperationRetry, retryDelayMs } from '@driftless/engine'
import { type Comparison, type DesiredState, hasSeveralSources } from '@driftless/planner'
import type { ReconcileResult } from '../control-loop.ts'
import { fittingStatus } from './fitting-status.ts'
import type { Driven, Pass } from './pass.ts'
import { writeApplication } from './write-application.ts'

/** A failed attempt that waits for its next try: how long still; undefined when nothing waits. */
export function retryOperation(pass: Pass): ReconcileResult | undefined {
  const state = pass.application.status?.operationState
  if (state === undefined || pass.application.operation === undefined) return undefined
  if (state.phase !== 'Running' || state.finishedAt === undefined) return undefined
  const dueAt = Date.parse(state.finishedAt) + retryDelayMs(state.operation.retry, state.retryCount ?? 0)
  const remainingMs = dueAt - Date.parse(pass.now)
  return remainingMs > 0 ? { requeueAfterMs: remainingMs } : undefined
}

/**
 * The state of the operation, written before the first request to the cluster: `operation`, phase Running and the
 * revision that it works on, in one patch. An operation that is under way is taken up as it is.
 */
export async function beginOperation(
  pass: Pass,
  input: { operation: Operation; desired: DesiredState; comparison: Comparison },
): Promise<OperationState> {
  const { application } = pass
  const old = application.status?.operationState
  const underWay = application.operation !== undefined && old !== undefined && !isCompleted(old.phase)
  if (underWay && old.finishedAt === undefined && old.syncResult !== undefined) return old
  const several = hasSeveralSources(application)
  const retried = underWay ? { retryCount: old.retryCount ?? 0, startedAt: old.startedAt } : undefined
  const state: OperationState = {
    phase: 'Running',
    message: '',
    operation: input.operation,
    startedAt: pass.now,
    ...retried,
    syncResult: several
      ? { revisions: input.desired.revisions, sources: input.desired.sources }
      : { revision: input.desired.revisions[0] ?? '', source: input.desired.sources[0] },
  }
  pass.runtime.sync = undefined
  pass.application = await writeApplication(pass.options.client, pass.runtime, {
    application,
    write: {
      status: fittingStatus(pass, { ...application.status, operationState: state }),
      ...(application.operation === undefined ? { operation: input.operation } : {}),
    },
  })
  return state
}

export interface Finished {
  status: Partial<ApplicationStatus>
  operationState: OperationState
  removeOperation: boolean
  requeueAfterMs: number | undefined
}

/** The end of an attempt: success with its history entry, failure, or another try later. */
export function finishOperation(
  pass: Pass,
  input: { state: OperationState; driven: Driven; desired: DesiredState },
): Finished {
  const { state, driven } = input
  const done = driven.done ?? { phase: 'Error' as const, message: 'the operation ended without a result' }
  const finished: OperationState = {
    ...state,
    phase: done.phase,
    message: done.message,
    finishedAt: pass.options.now().toISOString(),
    syncResult: { ...state.syncResult, resources: driven.results },
  }
  const retry = resolveOperationRetry({
    phase: done.phase,
    terminating: state.phase === 'Terminating',
    retryCount: state.retryCount ?? 0,
    retry: state.operation.retry,
    permanent: done.permanent,
  })
  if (retry.retry) {
    const requeueAfterMs = retry.afterMs
    const again: OperationState = {
      ...finished,
      phase: 'Running',
      retryCount: retry.retryCount,
      message: `${done.message} Retrying attempt #${retry.retryCount} in ${Math.round(requeueAfterMs / 1000)} s.`,
    }
    return {
      status: { operationState: again },
      operationState: finished,
      removeOperation: false,
      requeueAfterMs,
    }
  }
  const history = historyAfter(pass, finished)
  return {
    status: { operationState: finished, ...(history === undefined ? {} : { history }) },
    operationState: finished,
    removeOperation: true,
    requeueAfterMs: undefined,
  }
}

/** Only whole syncs that succeeded are remembered (Argo CD behaviour). */
function historyAfter(pass: Pass, state: OperationState): ApplicationStatus['history'] | undefined {
  const sync = state.operation.sync
  const partial = (sync?.resources?.length ?? 0) > 0
  if (state.phase !== 'Succeeded' || partial || sync?.dryRun === true) return undefined
  const { application } = pass
  const { revision, revisions, source, sources } = state.syncResult ?? {}
  return appendHistory(
    application.status?.history ?? [],
    {
      ...(revisions === undefined ? { revision: revision ?? '', source } : { revisions, sources }),
      deployedAt: state.finishedAt ?? pass.now,
      deployStartedAt: state.startedAt,
      ...(state.operation.initiatedBy === undefined ? {} : { initiatedBy: state.operation.initiatedBy }),
    },
    application.spec.revisionHistoryLimit,
  )
}
