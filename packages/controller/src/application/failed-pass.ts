import { type AppError, isCompleted, messageOf, type OperationState } from '@driftless/api'
import type { ReconcileResult } from '../control-loop.ts'
import type { ApplicationRuntime } from './application-runtime.ts'
import { mergeConditions } from './application-status.ts'
import type { Pass } from './pass.ts'
import { runningOperation } from './running-operation.ts'
import { writeStatus } from './write-status.ts'

/** What may pass by itself: a cluster or a repository that does not answer, or not yet. */
const passing = new Set(['ServiceUnavailable', 'Timeout', 'TooManyRequests', 'InternalError', 'Conflict'])

/** Failures in a row after which the status tells of them: what is gone at the next look was no news. */
const patience = { passing: 3, other: 2 }
/** An operation at work waits out this many failures that need a change before it ends. */
const operationPatience = 6

const firstWaitMs = 100
const longestWaitMs = { passing: 10_000, other: 60_000 }

/**
 * A pass that failed is made again, soon at first. What was begun goes on: an operation at work is not ended by what may
 * pass, since it would not be begun a second time by itself.
 */
export async function afterFailure(pass: Pass, error: AppError): Promise<ReconcileResult> {
  const { runtime } = pass
  runtime.failures += 1
  const lasting = mayPass(error) ? isLasting(runtime) : runtime.failures >= patience.other
  if (lasting && error.code !== 'Conflict') await writeFailure(pass, error)
  return { requeueAfterMs: waitMs(pass, error) }
}

/** The wait before the next try; what needs a change is looked at rarely once it was told. */
function waitMs({ application, runtime }: Pass, error: AppError): number {
  const { failures } = runtime
  if (mayPass(error)) return passingWaitMs(runtime)
  const waitsForChange = failures >= patience.other && runningOperation(application) === undefined
  return waitsForChange ? longestWaitMs.other : Math.min(10 * growingMs(failures), longestWaitMs.other)
}

/** True for what may be gone at the next look without anybody changing anything. */
export function mayPass(error: AppError): boolean {
  return passing.has(error.code)
}

/** Whether a failure that may pass has lasted long enough to be told. */
export function isLasting({ failures }: ApplicationRuntime): boolean {
  return failures >= patience.passing
}

/** The wait before the next try of what may pass. */
export function passingWaitMs({ failures }: ApplicationRuntime): number {
  return Math.min(growingMs(failures), longestWaitMs.passing)
}

function growingMs(failures: number): number {
  return firstWaitMs * 2 ** Math.min(failures - 1, 20)
}

/** An error makes the state Unknown and says why; what was known of resources and inventory stays. */
async function writeFailure(pass: Pass, error: AppError): Promise<void> {
  const { application } = pass
  const type = error.code === 'Invalid' || error.code === 'Forbidden' ? 'InvalidSpecError' : 'ComparisonError'
  const message = error.remedy === undefined ? messageOf(error) : `${messageOf(error)} ${error.remedy}`
  const old = application.status ?? {}
  const operationState = failedOperation(pass, error, message)
  const ended = operationState !== undefined && isCompleted(operationState.phase)
  await writeStatus(
    pass,
    {
      ...old,
      sync: { ...old.sync, status: 'Unknown' },
      health: old.health ?? { status: 'Unknown' },
      conditions: mergeConditions(application, [{ type, message }], pass.now),
      ...(operationState === undefined ? {} : { operationState }),
    },
    ended ? { operation: null } : {},
  )
}

/** An operation that cannot be compared ends in Error (Argo CD behaviour), unless what is in its way may pass. */
function failedOperation(pass: Pass, error: AppError, message: string): OperationState | undefined {
  const operation = runningOperation(pass.application)
  if (operation === undefined) return undefined
  const state = pass.application.status?.operationState
  const begun = state !== undefined && !isCompleted(state.phase) ? state : undefined
  if (mayPass(error) || (begun !== undefined && pass.runtime.failures < operationPatience)) {
    return begun === undefined ? undefined : { ...begun, message }
  }
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
