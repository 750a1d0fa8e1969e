import { annotations, type ApplicationStatus, isCompleted, type OperationState } from '@driftless/api'
import { supersedingOperation } from '@driftless/engine'
import type { ReconcileResult } from '../control-loop.ts'
import { compare } from './compare-now.ts'
import { missingFinalizers } from './delete-hooks.ts'
import { driveSync } from './drive-sync.ts'
import { type Gate, gateOf, windowGate } from './gates.ts'
import { beginOperation, finishOperation, retryOperation } from './operation.ts'
import type { Driven, OperationPass, Pass } from './pass.ts'
import { recordEvent } from './record-event.ts'
import { newerRevisions } from './superseding.ts'
import { statusOf, writeStatus } from './write-status.ts'

/** One pass of an operation: hold it, stop it, or take its next steps. */
export async function driveOperation(pass: Pass, input: OperationPass): Promise<ReconcileResult | undefined> {
  const old = underWay(pass)
  const begun = hasBegun(old)
  const terminating = old?.phase === 'Terminating'
  if (old !== undefined && terminating && !isAtWork(old)) {
    return end(pass, input, { state: old, driven: stopped(old, 'Operation terminated') })
  }
  const newer = begun && !terminating ? await newerRevisions(pass, input) : undefined
  if (old !== undefined && newer !== undefined) return supersede(pass, input, { state: old, newer })
  const waiting = retryOperation(pass)
  if (waiting !== undefined) {
    await writeStatus(pass, await statusOf(pass, { ...input, conditions: input.comparison.conditions }))
    return waiting
  }
  if (!terminating) {
    const gate =
      old !== undefined && isAtWork(old)
        ? windowGate(pass, { ...input, startedAt: old.startedAt })
        : gateOf(pass, input)
    if (gate !== undefined) return hold(pass, input, gate)
  }
  const state = await beginOperation(pass, input)
  const timeout = timeoutOf(pass, state)
  const driven = await driveSync(pass, { ...input, state, stop: timeout?.expired === true })
  if (driven.done !== undefined) {
    const reason = timeout?.expired === true ? { ...driven.done, message: timeout.message } : driven.done
    return end(pass, input, { state, driven: { ...driven, done: reason } })
  }
  await writeStatus(pass, { ...(await lookAgain(pass, input)), operationState: runningState(state, driven) })
  return timeout === undefined ? undefined : { requeueAfterMs: timeout.remainingMs }
}

/** The state of the operation that is under way; `undefined` when it has not begun. */
function underWay(pass: Pass): OperationState | undefined {
  const state = pass.application.status?.operationState
  if (pass.application.operation === undefined || state === undefined || isCompleted(state.phase))
    return undefined
  return state
}

function hasBegun(state: OperationState | undefined): boolean {
  return state?.syncResult !== undefined
}

/** Begun, and not waiting for its next try. */
function isAtWork(state: OperationState): boolean {
  return hasBegun(state) && state.finishedAt === undefined
}

async function lookAgain(pass: Pass, input: OperationPass): Promise<ApplicationStatus> {
  const comparison = await compare(pass, input.connection, input.desired)
  return statusOf(pass, { desired: input.desired, comparison, conditions: comparison.conditions })
}

interface Ending {
  state: OperationState
  driven: Driven
}

async function end(pass: Pass, input: OperationPass, ending: Ending): Promise<ReconcileResult | undefined> {
  const base = await lookAgain(pass, input)
  const finished = finishOperation(pass, { ...ending, desired: input.desired })
  await writeStatus(
    pass,
    { ...base, ...finished.status },
    {
      addFinalizers: missingFinalizers(pass.application, input.desired),
      ...(finished.removeOperation ? { operation: null, dropAnnotations: [annotations.plan] } : {}),
    },
  )
  pass.runtime.sync = undefined
  await recordEvent(pass, finished.operationState)
  return finished.requeueAfterMs === undefined ? undefined : { requeueAfterMs: finished.requeueAfterMs }
}

/** No new step starts, running hooks go, and an operation of the newer commit takes its place in the same write. */
async function supersede(
  pass: Pass,
  input: OperationPass,
  { state, newer }: { state: OperationState; newer: string[] },
): Promise<ReconcileResult | undefined> {
  const message = `superseded by the newer commit ${newer.map((revision) => revision.slice(0, 7)).join(', ')}`
  const driven =
    state.finishedAt === undefined
      ? await driveSync(pass, { ...input, state, stop: true })
      : stopped(state, message)
  const base = await lookAgain(pass, input)
  const finished: OperationState = {
    ...state,
    phase: 'Failed',
    message,
    finishedAt: pass.options.now().toISOString(),
    syncResult: { ...state.syncResult, resources: driven.results },
  }
  await writeStatus(
    pass,
    { ...base, operationState: finished },
    { operation: supersedingOperation(input.operation, newer) },
  )
  pass.runtime.sync = undefined
  await recordEvent(pass, finished)
  return { requeueAfterMs: 0 }
}

/** Running, and said why nothing happens. */
async function hold(pass: Pass, input: OperationPass, gate: Gate): Promise<ReconcileResult | undefined> {
  const { condition, afterMs } = gate
  const conditions = [...input.comparison.conditions, condition]
  const base = await statusOf(pass, { ...input, conditions })
  const state: OperationState = {
    ...(underWay(pass) ?? { operation: input.operation, startedAt: pass.now }),
    phase: 'Running',
    message: condition.message,
  }
  await writeStatus(pass, { ...base, operationState: state })
  return afterMs === undefined ? undefined : { requeueAfterMs: afterMs }
}

function stopped(state: OperationState, message: string): Driven {
  return { results: state.syncResult?.resources ?? [], message, done: { phase: 'Failed', message } }
}

function runningState(state: OperationState, driven: Driven): OperationState {
  return { ...state, message: driven.message, syncResult: { ...state.syncResult, resources: driven.results } }
}

/** `controller.sync.timeout.seconds`: how long the operation may still take. */
function timeoutOf(
  pass: Pass,
  state: OperationState,
): { expired: boolean; remainingMs: number; message: string } | undefined {
  const timeoutMs = pass.options.planner.settings().syncTimeoutMs
  if (timeoutMs <= 0) return undefined
  const remainingMs = Date.parse(state.startedAt) + timeoutMs - Date.parse(pass.now)
  const message = `the operation was terminated: it took longer than ${timeoutMs / 1000} s`
  return { expired: remainingMs <= 0, remainingMs: Math.max(1, remainingMs), message }
}
