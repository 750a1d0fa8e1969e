import { parsePortion } from './portion.ts'
import type { Deployment, Pod, ReplicaSet } from './objects.ts'
import { controllerReference, isTerminating, kinds } from './objects.ts'
import {
  currentReplicaSet,
  deleteOldReplicaSets,
  ensureReplicaSet,
  noteRevision,
  revisionOf,
  scaleReplicaSet,
} from './deployment-history.ts'
import { deploymentStatus, type RolloutStart } from './deployment-status.ts'
import { adopt, type Reconcile, type Simulation, writeStatus } from './simulation.ts'

/** Rolls a deployment out: one replica set for each template, scaled against each other by the strategy. */
export const reconcileDeployment: Reconcile = async (simulation, key) => {
  const deployment = simulation.api.get(kinds.deployment, key.namespace, key.name) as Deployment | undefined
  if (deployment === undefined) return undefined
  const orphans = simulation.view.orphans<ReplicaSet>(
    kinds.replicaSet,
    key.namespace,
    deployment.spec.selector,
  )
  await adopt(simulation, deployment, { objects: orphans, reference: controllerReference(deployment) })
  const started = isTerminating(deployment) ? undefined : await rollOut(simulation, deployment)
  const sets = setsOf(simulation, deployment)
  const { status, afterMs } = deploymentStatus(deployment, sets, {
    current: currentReplicaSet(deployment, sets),
    started,
    now: simulation.now(),
  })
  await writeStatus(simulation, deployment, status)
  if (!isTerminating(deployment)) await deleteOldReplicaSets(simulation, deployment, { sets, status })
  return afterMs
}

function setsOf(simulation: Simulation, deployment: Deployment): ReplicaSet[] {
  return simulation.view.children<ReplicaSet>(deployment, kinds.replicaSet)
}

async function rollOut(simulation: Simulation, deployment: Deployment): Promise<RolloutStart> {
  const sets = setsOf(simulation, deployment)
  if (deployment.spec.paused === true) {
    await scalePaused(simulation, deployment, sets)
    return undefined
  }
  if (deployment.spec.strategy?.type === 'Recreate' && (await stopOldFirst(simulation, deployment, sets))) {
    return undefined
  }
  const known = currentReplicaSet(deployment, sets)
  const replicas = known === undefined ? firstReplicas(deployment, sets) : 0
  const current = known ?? (await ensureReplicaSet(simulation, deployment, { sets, replicas }))
  if (current === undefined) return undefined
  const rolledBack = await noteRevision(simulation, deployment, { sets, current })
  await shift(simulation, deployment, current)
  if (known === undefined) return 'created'
  return rolledBack ? 'found' : undefined
}

const total = (sets: ReplicaSet[]): number => sets.reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0)

function limits(deployment: Deployment): { desired: number; surge: number; unavailable: number } {
  const desired = deployment.spec.replicas ?? 1
  const rolling = deployment.spec.strategy?.rollingUpdate
  const surge = parsePortion(rolling?.maxSurge ?? '25%', desired, 'up')
  const unavailable = Math.min(desired, parsePortion(rolling?.maxUnavailable ?? '25%', desired, 'down'))
  return { desired, surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

function firstReplicas(deployment: Deployment, sets: ReplicaSet[]): number {
  if (deployment.spec.strategy?.type === 'Recreate') return deployment.spec.replicas ?? 1
  const { desired, surge } = limits(deployment)
  return Math.max(0, Math.min(desired, desired + surge - total(sets)))
}

async function scalePaused(
  simulation: Simulation,
  deployment: Deployment,
  sets: ReplicaSet[],
): Promise<void> {
  const newest = [...sets].sort((left, right) => revisionOf(right) - revisionOf(left))
  const target = newest.find((set) => (set.spec.replicas ?? 0) > 0) ?? newest[0]
  if (target === undefined) return
  const others = total(sets) - (target.spec.replicas ?? 0)
  const replicas = Math.max(0, (deployment.spec.replicas ?? 1) - others)
  await scaleReplicaSet(simulation, deployment, { set: target, replicas })
}

/** Recreate: true while pods of an older template are still there. */
async function stopOldFirst(
  simulation: Simulation,
  deployment: Deployment,
  sets: ReplicaSet[],
): Promise<boolean> {
  const current = currentReplicaSet(deployment, sets)
  const old = sets.filter((set) => set !== current)
  const running = old.filter((set) => (set.spec.replicas ?? 0) > 0)
  for (const set of running) await scaleReplicaSet(simulation, deployment, { set, replicas: 0 })
  return running.length > 0 || old.some((set) => simulation.view.children<Pod>(set, kinds.pod).length > 0)
}

async function shift(simulation: Simulation, deployment: Deployment, current: ReplicaSet): Promise<void> {
  const sets = setsOf(simulation, deployment)
  const old = sets.filter((set) => set.metadata.uid !== current.metadata.uid)
  const { desired, surge } = limits(deployment)
  const now = current.spec.replicas ?? 0
  const room = deployment.spec.strategy?.type === 'Recreate' ? desired : desired + surge - total(sets)
  const wanted = now > desired ? desired : now + Math.max(0, Math.min(desired - now, room))
  if (wanted !== now) await scaleReplicaSet(simulation, deployment, { set: current, replicas: wanted })
  else await shrinkOld(simulation, deployment, { old, current })
}

/** Takes away first what is not available anyway, then as many available pods as the new ones allow. */
async function shrinkOld(
  simulation: Simulation,
  deployment: Deployment,
  { old, current }: { old: ReplicaSet[]; current: ReplicaSet },
): Promise<void> {
  const { desired, unavailable } = limits(deployment)
  const minAvailable = desired - unavailable
  const currentAvailable = current.status?.availableReplicas ?? 0
  const currentMissing = Math.max(0, (current.spec.replicas ?? 0) - currentAvailable)
  let budget = total([...old, current]) - minAvailable - currentMissing
  let available = currentAvailable + old.reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0)
  const oldestFirst = [...old].sort((left, right) => revisionOf(left) - revisionOf(right))
  for (const set of oldestFirst) {
    const replicas = set.spec.replicas ?? 0
    const broken = Math.min(Math.max(0, budget), Math.max(0, replicas - (set.status?.availableReplicas ?? 0)))
    const healthy = Math.min(
      replicas - broken,
      Math.max(0, Math.min(available - minAvailable, budget - broken)),
    )
    if (broken + healthy === 0) continue
    await scaleReplicaSet(simulation, deployment, { set, replicas: replicas - broken - healthy })
    budget -= broken + healthy
    available -= healthy
  }
}
