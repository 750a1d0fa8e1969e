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
  let conditions = withCondition(
    before,
    { ...available, lastUpdateTime: updateTime(before, available, stamp) },
    stamp,
  )
  if (progress !== undefined) {
    // Only real progress moves the update time, which the deadline counts from.
    const lastUpdateTime = progress.moved ? stamp : updateTime(before, progress.condition, stamp)
    conditions = withCondition(conditions, { ...progress.condition, lastUpdateTime }, stamp)
  }
  const status = dropUndefined<DeploymentStatus>({
    observedGeneration: deployment.metadata.generation ?? 1,
    ...counts,
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

function progressCondition(deployment: Deployment, counts: Counts, rollout: Rollout): Progress | undefined {
  const before = conditionOf(deployment.status?.conditions, 'Progressing')
  const { current, started, now } = rollout
  if (deployment.spec.paused === true) return paused()
  const name = current?.metadata.name ?? deployment.metadata.name
  if (current !== undefined && isComplete(deployment, counts)) {
    return progressing(
      'NewReplicaSetAvailable',
      `ReplicaSet "${name}" has successfully progressed.`,
      before?.reason !== 'NewReplicaSetAvailable',
    )
  }
  if (started === 'created')
    return progressing('NewReplicaSetCreated', `Created new replica set "${name}"`, true)
  if (started === 'found') return progressing('FoundNewReplicaSet', `Found new replica set "${name}"`, true)
  if (before?.reason === 'NewReplicaSetAvailable' && counts.replicas === counts.updatedReplicas) {
    // A finished rollout that loses a pod is not a new rollout.
    return { condition: before, moved: false }
  }
  const begins =
    before === undefined || ['NewReplicaSetAvailable', 'DeploymentPaused'].includes(before.reason ?? '')
  if (begins || hasMoved(deployment.status ?? {}, counts)) {
    return progressing('ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`, true)
  }
  return timedOut(deployment, before, now) ? tooLate(name) : { condition: before, moved: false }
}

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

function hasMoved(before: DeploymentStatus, counts: Counts): boolean {
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
