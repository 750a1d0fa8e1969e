import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from './objects.ts'
import { parsePortion } from './portion.ts'
import { conditionOf, dropUndefined, timestamp, unlessZero, withCondition } from './simulation.ts'

/** How the replica set of the present template came to be in this pass. */
export type RolloutStart = 'created' | 'found' | undefined

interface Rollout {
  current: ReplicaSet | undefined
  started: RolloutStart
  now: number
}

/** The deployment's status from its replica sets; `afterMs` is when the progress deadline ends. */
export function deploymentStatus(
  deployment: Deployment,
  sets: ReplicaSet[],
  rollout: Rollout,
): { status: DeploymentStatus; afterMs: number | undefined } {
  const counts = countReplicas(deployment, sets, rollout.current)
  const stamp = timestamp(rollout.now)
  const available = availableCondition(deployment, counts.availableReplicas ?? 0)
  const progress = progressCondition(deployment, counts, rollout)
  const before = deployment.status?.conditions
  // Only real progress moves the update time, which the deadline counts from.
  const progressTime = progress.moved ? stamp : updateTime(before, progress.condition, stamp)
  const conditions = [
    { ...available, lastUpdateTime: updateTime(before, available, stamp) },
    { ...progress.condition, lastUpdateTime: progressTime },
  ].reduce((all, next) => withCondition(all, next, stamp), before ?? [])
  const status = dropUndefined<DeploymentStatus>({
    observedGeneration: deployment.metadata.generation ?? 1,
    ...counts,
    terminatingReplicas: 0,
    conditions,
  })
  return { status, afterMs: deadlineMs(deployment, status, rollout.now) }
}

type Counts = Pick<
  DeploymentStatus,
  'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas' | 'unavailableReplicas'
>

function countReplicas(deployment: Deployment, sets: ReplicaSet[], current: ReplicaSet | undefined): Counts {
  const sum = (field: 'replicas' | 'readyReplicas' | 'availableReplicas') =>
    sets.reduce((all, set) => all + (set.status?.[field] ?? 0), 0)
  const available = sum('availableReplicas')
  const expected = Math.max(
    deployment.spec.replicas ?? 1,
    sets.reduce((all, set) => all + (set.spec.replicas ?? 0), 0),
  )
  return dropUndefined<Counts>({
    replicas: unlessZero(sum('replicas')),
    updatedReplicas: unlessZero(current?.status?.replicas ?? 0),
    readyReplicas: unlessZero(sum('readyReplicas')),
    availableReplicas: unlessZero(available),
    unavailableReplicas: unlessZero(Math.max(0, expected - available)),
  })
}

function availableCondition(deployment: Deployment, available: number): Condition {
  const desired = deployment.spec.replicas ?? 1
  const rolling =
    deployment.spec.strategy?.type === 'Recreate' ? undefined : deployment.spec.strategy?.rollingUpdate
  const tolerated = rolling === undefined ? 0 : parsePortion(rolling.maxUnavailable ?? '25%', desired, 'down')
  return available >= desired - tolerated
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }
}

interface Progress {
  condition: Condition
  moved: boolean
}

function progressCondition(deployment: Deployment, counts: Counts, rollout: Rollout): Progress {
  if (deployment.spec.paused === true) return paused()
  const before = progressOf(deployment)
  const name = (rollout.current ?? deployment).metadata.name
  if (rollout.current !== undefined && isComplete(deployment, counts)) {
    const message = `ReplicaSet "${name}" has successfully progressed.`
    return progressing('NewReplicaSetAvailable', message, !isRolledOut(before))
  }
  if (rollout.started !== undefined) return starting(rollout.started, name)
  // A finished rollout that loses a pod is not a new rollout.
  if (isRolledOut(before) && counts.replicas === counts.updatedReplicas)
    return { condition: before, moved: false }
  if (before === undefined || begins(before) || hasMoved(deployment, counts)) {
    return progressing('ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`, true)
  }
  return timedOut(deployment, before, rollout.now) ? tooLate(name) : { condition: before, moved: false }
}

function progressOf(deployment: Deployment): Condition | undefined {
  return conditionOf(deployment.status?.conditions, 'Progressing')
}

function isRolledOut(before: Condition | undefined): before is Condition {
  return before?.reason === 'NewReplicaSetAvailable'
}

function starting(how: 'created' | 'found', name: string): Progress {
  return how === 'created'
    ? progressing('NewReplicaSetCreated', `Created new replica set "${name}"`, true)
    : progressing('FoundNewReplicaSet', `Found new replica set "${name}"`, true)
}

const begins = (before: Condition): boolean =>
  ['NewReplicaSetAvailable', 'DeploymentPaused'].includes(before.reason ?? '')

const progressing = (reason: string, message: string, moved: boolean): Progress => ({
  condition: { type: 'Progressing', status: 'True', reason, message },
  moved,
})

const paused = (): Progress => ({
  condition: {
    type: 'Progressing',
    status: 'Unknown',
    reason: 'DeploymentPaused',
    message: 'Deployment is paused',
  },
  moved: false,
})

const tooLate = (name: string): Progress => ({
  condition: {
    type: 'Progressing',
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: `ReplicaSet "${name}" has timed out progressing.`,
  },
  moved: false,
})

function isComplete(deployment: Deployment, counts: Counts): boolean {
  const desired = deployment.spec.replicas ?? 1
  return [counts.updatedReplicas, counts.replicas, counts.availableReplicas].every(
    (count) => (count ?? 0) === desired,
  )
}

function hasMoved({ status: before = {} }: Deployment, counts: Counts): boolean {
  const old = (status: Counts) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  return (
    (counts.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(counts) < old(before) ||
    (counts.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (counts.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  )
}

function deadlineAt(deployment: Deployment, progress: Condition): number {
  return Date.parse(progress.lastUpdateTime ?? '') + (deployment.spec.progressDeadlineSeconds ?? 600) * 1000
}

function timedOut(deployment: Deployment, progress: Condition, now: number): boolean {
  return progress.reason === 'ProgressDeadlineExceeded' || deadlineAt(deployment, progress) <= now
}

function deadlineMs(deployment: Deployment, status: DeploymentStatus, now: number): number | undefined {
  const progress = conditionOf(status.conditions, 'Progressing')
  if (progress === undefined || progress.status !== 'True' || progress.reason === 'NewReplicaSetAvailable') {
    return undefined
  }
  return Math.max(1, deadlineAt(deployment, progress) - now)
}

function updateTime(before: Condition[] | undefined, next: Condition, now: string): string {
  const same = before?.find(
    (one) => one.type === next.type && one.status === next.status && one.reason === next.reason,
  )
  return same?.lastUpdateTime ?? now
}
