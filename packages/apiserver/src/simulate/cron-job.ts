import { nextCronTime, parseCron } from './cron-schedule.ts'
import { finishedCondition } from './job-end.ts'
import type { CronJob, Job } from './objects.ts'
import { controllerReference, isTerminating, kinds } from './objects.ts'
import {
  createOnce,
  dropUndefined,
  keyOf,
  type Reconcile,
  type Simulation,
  timestamp,
  writeStatus,
} from './simulation.ts'

type CronStatus = NonNullable<CronJob['status']>

// As in Kubernetes: when more starts than this were missed, only the next one counts.
const mostMissedStarts = 100

/** Starts a job at each time of the schedule. Without `timeZone` the schedule is read in UTC. */
export const reconcileCronJob: Reconcile = async (simulation, key) => {
  const cron = simulation.api.get(kinds.cronJob, key.namespace, key.name) as CronJob | undefined
  if (cron === undefined || isTerminating(cron)) return undefined
  const jobs = jobsOf(simulation, cron)
  await forgetOld(simulation, cron, jobs)
  const due = cron.spec.suspend === true ? undefined : dueTime(cron, simulation.now())
  const started =
    due?.lastMs === undefined ? undefined : await start(simulation, cron, { jobs, atMs: due.lastMs })
  await report(simulation, cron, started)
  return due?.nextMs === undefined ? undefined : Math.max(1, due.nextMs - simulation.now())
}

function jobsOf(simulation: Simulation, cron: CronJob): Job[] {
  return simulation.view.children<Job>(cron, kinds.job)
}

interface Due {
  /** The latest time that has come since the last start. */
  lastMs: number | undefined
  nextMs: number | undefined
}

function dueTime(cron: CronJob, now: number): Due | undefined {
  const schedule = parseCron(cron.spec.schedule)
  if (schedule === undefined) return undefined
  const { timeZone, startingDeadlineSeconds } = cron.spec
  const since = Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp ?? '')
  const deadlineMs = startingDeadlineSeconds === undefined ? 0 : now - startingDeadlineSeconds * 1000
  let from = Math.max(Number.isNaN(since) ? now : since, deadlineMs)
  let lastMs: number | undefined
  for (let missed = 0; missed <= mostMissedStarts; missed += 1) {
    const time = nextCronTime(schedule, from, timeZone)
    if (time === undefined || time > now) return { lastMs, nextMs: time }
    lastMs = time
    from = time
  }
  return { lastMs: undefined, nextMs: nextCronTime(schedule, now, timeZone) }
}

/** Resolves to the time that has been dealt with: by a job, or by the policy that forbids one. */
async function start(
  simulation: Simulation,
  cron: CronJob,
  { jobs, atMs }: { jobs: Job[]; atMs: number },
): Promise<number | undefined> {
  const running = jobs.filter((job) => finishedCondition(job) === undefined && !isTerminating(job))
  // The job's name follows from its time, so that a start is never repeated.
  const name = `${cron.metadata.name}-${Math.floor(atMs / 60_000)}`
  const others = running.filter((job) => job.metadata.name !== name)
  if (cron.spec.concurrencyPolicy === 'Forbid' && others.length > 0) return undefined
  if (cron.spec.concurrencyPolicy === 'Replace') for (const job of others) await remove(simulation, job)
  const { metadata = {}, spec } = cron.spec.jobTemplate
  const created = await createOnce(simulation, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: cron.metadata.namespace ?? '',
      labels: { ...metadata.labels },
      annotations: {
        ...metadata.annotations,
        'batch.kubernetes.io/cronjob-scheduled-timestamp': timestamp(atMs),
      },
      ownerReferences: [controllerReference(cron)],
    },
    spec,
  })
  if (created !== undefined) {
    const message = `Created job ${name}`
    simulation.api.event({ object: cron, type: 'Normal', reason: 'SuccessfulCreate', message })
  }
  return atMs
}

async function report(simulation: Simulation, cron: CronJob, startedMs: number | undefined): Promise<void> {
  const jobs = jobsOf(simulation, cron)
  const running = jobs.filter((job) => finishedCondition(job) === undefined)
  const successes = jobs.map((job) => job.status?.completionTime).filter((time) => time !== undefined)
  const lastSuccess = [...successes, cron.status?.lastSuccessfulTime]
    .filter((time) => time !== undefined)
    .sort()
    .at(-1)
  const status = dropUndefined<CronStatus>({
    lastScheduleTime: startedMs === undefined ? cron.status?.lastScheduleTime : timestamp(startedMs),
    lastSuccessfulTime: lastSuccess,
    active: running.length === 0 ? undefined : running.map(referenceTo),
  })
  await writeStatus(simulation, cron, status)
}

function referenceTo(job: Job): NonNullable<CronStatus['active']>[number] {
  const { name, namespace = '', uid = '' } = job.metadata
  return { apiVersion: 'batch/v1', kind: 'Job', name, namespace, uid }
}

/** Keeps the newest 3 successful and 1 failed jobs, or as many as the spec says. */
async function forgetOld(simulation: Simulation, cron: CronJob, jobs: Job[]): Promise<void> {
  const limits = [
    ['Complete', cron.spec.successfulJobsHistoryLimit ?? 3],
    ['Failed', cron.spec.failedJobsHistoryLimit ?? 1],
  ] as const
  for (const [type, limit] of limits) {
    const ended = jobs.filter((job) => finishedCondition(job)?.type === type && !isTerminating(job))
    const age = (job: Job) => job.metadata.creationTimestamp ?? ''
    const oldestFirst = ended.sort((left, right) => age(left).localeCompare(age(right)))
    for (const job of oldestFirst.slice(0, Math.max(0, ended.length - limit))) await remove(simulation, job)
  }
}

async function remove(simulation: Simulation, job: Job): Promise<void> {
  const uid = job.metadata.uid === undefined ? {} : { uid: job.metadata.uid }
  await simulation.api.delete(kinds.job, keyOf(job), { propagationPolicy: 'Background', ...uid })
}
