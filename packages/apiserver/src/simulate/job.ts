import { finishedCondition, type JobEnd, jobEnd } from './job-end.ts'
import type { Condition, Job, JobStatus, Pod } from './objects.ts'
import { controllerReference, isTerminating, kinds } from './objects.ts'
import { createPod, deletePod, isActive, isReady } from './pod-factory.ts'
import {
  adopt,
  conditionOf,
  dropUndefined,
  keyOf,
  type Reconcile,
  type Simulation,
  timestamp,
  unlessZero,
  withCondition,
  writeStatus,
} from './simulation.ts'

export const completionIndexAnnotation = 'batch.kubernetes.io/job-completion-index'

// A failed pod is tried again after a tenth of what Kubernetes waits: 1 s, doubled, at most 36 s.
const firstRetryMs = 1000
const longestRetryMs = 36_000
const burst = 200

/** Runs pods until enough have succeeded or too many have failed. */
export const reconcileJob: Reconcile = async (simulation, key) => {
  const job = simulation.api.get(kinds.job, key.namespace, key.name) as Job | undefined
  if (job === undefined || isTerminating(job)) return undefined
  if (finishedCondition(job) !== undefined) return expire(simulation, job)
  if (job.spec.selector !== undefined) {
    const objects = simulation.view.orphans<Pod>(kinds.pod, key.namespace, job.spec.selector)
    await adopt(simulation, job, { objects, reference: controllerReference(job) })
  }
  const tally = tallyOf(simulation, job)
  const end = jobEnd(job, tally, simulation.now())
  const retryMs = end === undefined ? await arrange(simulation, job, tally) : await stopAll(simulation, job)
  await report(simulation, job, end)
  return earliest(retryMs, end === undefined ? deadlineMs(job, simulation.now()) : undefined)
}

export interface Tally {
  active: Pod[]
  succeeded: Pod[]
  failed: Pod[]
}

function tallyOf(simulation: Simulation, job: Job): Tally {
  const pods = simulation.view.children<Pod>(job, kinds.pod)
  return {
    active: pods.filter(isActive),
    succeeded: pods.filter((pod) => pod.status?.phase === 'Succeeded'),
    failed: pods.filter((pod) => pod.status?.phase === 'Failed'),
  }
}

async function stopAll(simulation: Simulation, job: Job): Promise<undefined> {
  for (const pod of tallyOf(simulation, job).active) await deletePod(simulation, job, pod)
  return undefined
}

/** Starts what is missing, stops what is too much. Resolves to the wait before a failed pod is tried again. */
async function arrange(simulation: Simulation, job: Job, tally: Tally): Promise<number | undefined> {
  if (job.spec.suspend === true) return stopAll(simulation, job)
  const wanted = Math.min(job.spec.parallelism ?? 1, completionsLeft(job, tally))
  for (const pod of tally.active.slice(wanted)) await deletePod(simulation, job, pod)
  const missing = wanted - tally.active.length
  if (missing <= 0) return undefined
  const pauseMs = retryPauseMs(tally, simulation.now())
  if (pauseMs > 0) return pauseMs
  const free = job.spec.completionMode === 'Indexed' ? freeIndexes(job, tally, missing) : undefined
  const indexes = free ?? Array.from({ length: missing }, () => undefined)
  await Promise.all(indexes.slice(0, burst).map((index) => startPod(simulation, job, index)))
  return undefined
}

/** Without `completions`, the pods decide together: after the first success no new one starts. */
function completionsLeft(job: Job, { active, succeeded }: Tally): number {
  const { completions } = job.spec
  if (completions !== undefined) return completions - succeeded.length
  return succeeded.length > 0 ? active.length : Number.POSITIVE_INFINITY
}

function retryPauseMs(tally: Tally, now: number): number {
  if (tally.failed.length === 0) return 0
  const ends = tally.failed.map((pod) => Math.max(...finishTimes(pod)))
  const pauseMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(10, tally.failed.length - 1))
  return Math.max(...ends) + pauseMs - now
}

function finishTimes(pod: Pod): number[] {
  const times = (pod.status?.containerStatuses ?? []).map((one) =>
    Date.parse(one.state.terminated?.finishedAt ?? ''),
  )
  return [0, ...times.filter((time) => !Number.isNaN(time))]
}

const indexOf = (pod: Pod): number => Number(pod.metadata.annotations?.[completionIndexAnnotation] ?? -1)

function freeIndexes(job: Job, tally: Tally, count: number): number[] {
  const taken = new Set([...tally.active, ...tally.succeeded].map(indexOf))
  const all = Array.from({ length: job.spec.completions ?? 0 }, (_, index) => index)
  return all.filter((index) => !taken.has(index)).slice(0, count)
}

async function startPod(simulation: Simulation, job: Job, index: number | undefined): Promise<void> {
  const uid = job.metadata.uid ?? ''
  const name = job.metadata.name
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  }
  const { template } = job.spec
  if (index === undefined) await createPod(simulation, job, { template, labels })
  else {
    await createPod(simulation, job, {
      template,
      labels: { ...labels, [completionIndexAnnotation]: String(index) },
      annotations: { [completionIndexAnnotation]: String(index) },
    })
  }
}

async function report(simulation: Simulation, job: Job, end: JobEnd | undefined): Promise<void> {
  const tally = tallyOf(simulation, job)
  const now = timestamp(simulation.now())
  const before = job.status ?? {}
  const suspended = job.spec.suspend === true && end === undefined
  const indexed = job.spec.completionMode === 'Indexed'
  const status = dropUndefined<JobStatus>({
    startTime: suspended ? undefined : (before.startTime ?? now),
    completionTime: end?.type === 'Complete' ? now : undefined,
    ...countsOf(before, tally, end),
    terminating: 0,
    completedIndexes: indexed ? ranges(tally.succeeded.map(indexOf)) : undefined,
    uncountedTerminatedPods: {},
    conditions: conditionsOf(job, end, now),
  })
  const wrote = await writeStatus(simulation, job, status)
  if (wrote) announce(simulation, job, end)
}

type Counts = Pick<JobStatus, 'active' | 'ready' | 'succeeded' | 'failed'>

/** A pod that someone deletes after it ended has still ended. */
function countsOf(before: JobStatus, tally: Tally, end: JobEnd | undefined): Counts {
  return dropUndefined<Counts>({
    active: unlessZero(tally.active.length),
    ready: tally.active.filter(isReady).length,
    succeeded: unlessZero(Math.max(before.succeeded ?? 0, tally.succeeded.length)),
    failed: unlessZero(Math.max(before.failed ?? 0, tally.failed.length + (end?.stopped ?? 0))),
  })
}

function conditionsOf(job: Job, end: JobEnd | undefined, now: string): Condition[] | undefined {
  const before = job.status?.conditions
  const wanted = end === undefined ? suspension(job) : endConditions(end)
  if (wanted.length === 0) return before
  return wanted
    .reduce((all, next) => withCondition(all, { ...next, lastUpdateTime: now }, now), before ?? [])
    .map(withProbeTime)
}

function suspension(job: Job): Condition[] {
  const suspended = job.spec.suspend === true
  const before = conditionOf(job.status?.conditions, 'Suspended')?.status
  if (suspended === (before === 'True')) return []
  return [
    suspended
      ? { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }
      : { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' },
  ]
}

function endConditions({ type, reason, message }: JobEnd): Condition[] {
  const first = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget'
  return [
    { type: first, status: 'True', reason, message },
    { type, status: 'True', reason, message },
  ]
}

/** Job conditions carry a probe time where deployments carry an update time. */
function withProbeTime(condition: Condition): Condition {
  const { lastUpdateTime, ...rest } = condition
  return lastUpdateTime === undefined ? condition : ({ ...rest, lastProbeTime: lastUpdateTime } as Condition)
}

function announce(simulation: Simulation, job: Job, end: JobEnd | undefined): void {
  const event = { object: job, type: end?.type === 'Failed' ? 'Warning' : 'Normal' } as const
  if (end !== undefined) {
    const reason = end.type === 'Complete' ? 'Completed' : end.reason
    simulation.api.event({
      ...event,
      reason,
      message: end.type === 'Complete' ? 'Job completed' : end.message,
    })
  } else if (
    job.spec.suspend === true &&
    conditionOf(job.status?.conditions, 'Suspended')?.status !== 'True'
  ) {
    simulation.api.event({ ...event, reason: 'Suspended', message: 'Job suspended' })
  }
}

/** `0-2,5` for 0, 1, 2 and 5. */
function ranges(indexes: number[]): string | undefined {
  const sorted = [...new Set(indexes)].sort((left, right) => left - right)
  const parts: [number, number][] = []
  for (const index of sorted) {
    const last = parts.at(-1)
    if (last !== undefined && last[1] === index - 1) last[1] = index
    else parts.push([index, index])
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',') || undefined
}

function deadlineMs(job: Job, now: number): number | undefined {
  const { activeDeadlineSeconds: seconds, suspend } = job.spec
  if (seconds === undefined || suspend === true) return undefined
  const started = Date.parse(job.status?.startTime ?? '')
  return (Number.isNaN(started) ? now : started) + seconds * 1000 - now
}

/** `ttlSecondsAfterFinished`: the job goes, and its pods with it. */
async function expire(simulation: Simulation, job: Job): Promise<number | undefined> {
  const seconds = job.spec.ttlSecondsAfterFinished
  const finished = Date.parse(finishedCondition(job)?.lastTransitionTime ?? '')
  if (seconds === undefined || Number.isNaN(finished)) return undefined
  const leftMs = finished + seconds * 1000 - simulation.now()
  if (leftMs > 0) return leftMs
  const uid = job.metadata.uid === undefined ? {} : { uid: job.metadata.uid }
  await simulation.api.delete(kinds.job, keyOf(job), { propagationPolicy: 'Background', ...uid })
  return undefined
}

function earliest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
