import type { OperationState } from '@driftless/api'
import { formatKey, type ObjectKey } from '@driftless/apimachinery'
import {
  healthOf,
  type LiveView,
  nextStep,
  operationAnnotation,
  type RequestResult,
  resultsOf,
  resumeSync,
  startSync,
  type SyncState,
} from '@driftless/engine'
import { type ClusterConnection, syncOptionsOf } from '@driftless/planner'
import { performRequests } from './perform-requests.ts'
import type { Driven, DriveInput, Pass } from './pass.ts'

/**
 * Drives the sync machine until it is done or waits. What it learns on the way stays in memory: after a crash the
 * state is made again from `operationState.syncResult` and the live objects.
 */
export async function driveSync(pass: Pass, input: DriveInput): Promise<Driven> {
  const { runtime } = pass
  const live = (key: ObjectKey) => liveView(pass, input.connection, key)
  runtime.sync ??= { operationId: operationIdOf(input.state), state: beginMachine(pass, input, live) }
  const terminate = pass.application.status?.operationState?.phase === 'Terminating'
  let results: RequestResult[] = []
  try {
    for (;;) {
      const step = nextStep(runtime.sync.state, { results, live, terminate })
      runtime.sync.state = step.state
      if (step.done !== undefined || step.requests.length === 0) {
        return { results: resultsOf(step.state), message: step.state.message, done: step.done }
      }
      results = await performRequests(pass, { ...input, machine: step.state, requests: step.requests })
    }
  } catch (error) {
    // The outcome of a request is unknown: the next pass looks at what is there.
    runtime.sync = undefined
    throw error
  }
}

/** Names one attempt; the same after a restart. */
function operationIdOf(state: OperationState): string {
  return `${state.startedAt}/${state.retryCount ?? 0}`
}

function beginMachine(
  pass: Pass,
  input: DriveInput,
  live: (key: ObjectKey) => LiveView | undefined,
): SyncState {
  const { application, options } = pass
  const plan = options.planner.planOperation({
    application,
    connection: input.connection,
    desired: input.desired,
    comparison: input.comparison,
    operation: input.operation,
    startedAt: input.state.startedAt,
  })
  const start = {
    operationId: operationIdOf(input.state),
    plan,
    dryRun: input.operation.sync?.dryRun ?? false,
    prunePropagationPolicy: syncOptionsOf(application, input.operation).prunePropagationPolicy,
  }
  const known = input.state.syncResult?.resources ?? []
  return known.length === 0 ? startSync(start) : resumeSync({ ...start, results: known, live })
}

function liveView(pass: Pass, connection: ClusterConnection, key: ObjectKey): LiveView | undefined {
  const written = pass.runtime.written.get(formatKey(key))
  if (written === null) return undefined
  const object = written ?? connection.live.get(key)?.object
  if (object === undefined) return undefined
  const { metadata } = object
  return {
    uid: metadata.uid ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
    health: healthOf(object),
    operation: metadata.annotations?.[operationAnnotation],
    finalizers: metadata.finalizers ?? [],
  }
}
