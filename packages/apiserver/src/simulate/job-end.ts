import type { Condition, Job, Pod } from './objects.ts'

export interface JobEnd {
  type: 'Complete' | 'Failed'
  reason: string
  message: string
  /** Pods that still run and are stopped, which counts as failing. */
  stopped: number
}

export function finishedCondition(job: Job): Condition | undefined {
  const ends = (job.status?.conditions ?? []).filter(({ type }) => type === 'Complete' || type === 'Failed')
  return ends.find(({ status }) => status === 'True')
}

/** Whether the job is over, and how. */
export function jobEnd(
  job: Job,
  { active, succeeded, failed }: { active: Pod[]; succeeded: Pod[]; failed: Pod[] },
  now: number,
): JobEnd | undefined {
  const stopped = active.length
  if (isPastDeadline(job, now)) {
    const message = 'Job was active longer than specified deadline'
    return { type: 'Failed', reason: 'DeadlineExceeded', message, stopped }
  }
  // Pods that restart in place count each restart as a failure.
  const restarts = active.reduce((sum, pod) => sum + restartsOf(pod), 0)
  const limit = job.spec.backoffLimit ?? 6
  const restartsExceed =
    job.spec.template.spec.restartPolicy === 'OnFailure' && restarts > 0 && restarts >= limit
  if (failed.length > limit || restartsExceed) {
    const message = 'Job has reached the specified backoff limit'
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message, stopped }
  }
  const { completions } = job.spec
  const done =
    completions === undefined ? succeeded.length > 0 && active.length === 0 : succeeded.length >= completions
  if (!done) return undefined
  const message = 'Reached expected number of succeeded pods'
  return { type: 'Complete', reason: 'CompletionsReached', message, stopped: 0 }
}

function isPastDeadline(job: Job, now: number): boolean {
  const { activeDeadlineSeconds: seconds, suspend } = job.spec
  const started = Date.parse(job.status?.startTime ?? '')
  return (
    seconds !== undefined && suspend !== true && !Number.isNaN(started) && started + seconds * 1000 <= now
  )
}

function restartsOf(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + status.restartCount, 0)
}
