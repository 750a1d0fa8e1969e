import { annotations, type OperationState } from '@driftless/api'
import { formatApiVersion, formatKey, type KubeObject, type ObjectKey } from '@driftless/apimachinery'
import {
  isConfirmed,
  type LiveView,
  nextStep,
  operationAnnotation,
  resultsOf,
  resumeSync,
  startSync,
  type SyncPlan,
  type SyncState,
} from '@driftless/engine'
import { type ClusterConnection, syncOptionsOf } from '@driftless/planner'
import { performRequests } from './perform-requests.ts'
import { requireReadable } from './require-readable.ts'
import type { Driven, DriveInput, Pass } from './pass.ts'

/**
 * Drives the sync machine until it is done or waits. What it learns on the way stays in memory: after a crash the
 * state is made again from `operationState.syncResult` and the live objects.
 * @throws AppError when the outcome of a request is unknown; the next pass asks again.
 */
export async function driveSync(pass: Pass, input: DriveInput & { stop?: boolean }): Promise<Driven> {
  const { runtime } = pass
  const live = (key: ObjectKey) => liveView(pass, input.connection, key)
  if (runtime.sync === undefined) await requireHooks(input)
  runtime.sync ??= {
    operationId: operationIdOf(input.state),
    state: beginMachine(pass, input, live),
    results: [],
    refused: new Map(),
  }
  const { sync } = runtime
  const terminate = input.stop === true || input.state.phase === 'Terminating'
  const confirmed = isConfirmed(pass.application, input.state.startedAt)
  for (;;) {
    await prepareHealth(pass, input.connection, sync.state)
    const step = nextStep(sync.state, { results: sync.results, live, terminate, confirmed })
    sync.state = step.state
    sync.results = []
    if (step.done !== undefined || step.requests.length === 0) {
      return { results: resultsOf(step.state), message: step.state.message, done: step.done }
    }
    const asked = { ...input, machine: step.state, requests: step.requests, refused: sync.refused }
    const { results, trouble } = await performRequests(pass, asked)
    sync.results = results
    if (trouble !== undefined) throw trouble
  }
}

/** A hook that ran before a restart and is not there any more has failed: nobody says so who cannot see its kind. */
function requireHooks({ connection, state }: DriveInput): Promise<void> {
  const running = (state.syncResult?.resources ?? []).filter(
    ({ hookType, hookPhase }) => hookType !== undefined && hookPhase === 'Running',
  )
  return requireReadable(
    connection,
    running.map(({ group = '', version = '', kind }) => ({
      key: { group, kind },
      apiVersion: formatApiVersion(group, version),
    })),
  )
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
  const known = input.state.syncResult?.resources ?? []
  const planned = options.planner.planOperation({
    application,
    connection: input.connection,
    desired: input.desired,
    comparison: input.comparison,
    operation: input.operation,
    startedAt: input.state.startedAt,
  })
  const plan = known.length === 0 ? boundPlan(pass, input, planned) : planned
  const start = {
    operationId: operationIdOf(input.state),
    plan,
    dryRun: input.operation.sync?.dryRun ?? false,
    prunePropagationPolicy: syncOptionsOf(application, input.operation).prunePropagationPolicy,
  }
  return known.length === 0 ? startSync(start) : resumeSync({ ...start, results: known, live })
}

/** A sync that is bound to a plan is refused when the plan is another one now. */
function boundPlan(pass: Pass, input: DriveInput, plan: SyncPlan): SyncPlan {
  const bound =
    input.operation.info?.find(({ name }) => name === annotations.plan)?.value ??
    pass.application.metadata.annotations?.[annotations.plan]
  if (bound === undefined || bound === plan.hash) return plan
  const refusal = `the plan that was approved (${bound}) is not what the sync would do now (${plan.hash}): Git or the cluster changed since; look at the plan again`
  return { ...plan, refusal }
}

/** What runs elsewhere is there before the machine looks: answers of health scripts, and the logs of pods that failed. */
async function prepareHealth(pass: Pass, connection: ClusterConnection, state: SyncState): Promise<void> {
  const { health, podReasons } = pass.options.planner
  const objects = [...state.groups, ...state.syncFailGroups]
    .flat()
    .map(({ key }) => pass.runtime.written.get(formatKey(key)) ?? connection.live.get(key)?.object)
    .filter((object) => object !== undefined && object !== null)
  await health.prepare(objects)
  await podReasons.prepare(
    connection,
    objects.filter((object) => health.of(object)?.status === 'Degraded'),
  )
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
    health: healthOfLive(pass, connection, object),
    operation: metadata.annotations?.[operationAnnotation],
    finalizers: metadata.finalizers ?? [],
  }
}

function healthOfLive(
  { options }: Pass,
  connection: ClusterConnection,
  object: KubeObject,
): LiveView['health'] {
  const { health, podReasons } = options.planner
  const own = health.of(object)
  return own === undefined ? undefined : podReasons.explain(own, object, connection)
}
