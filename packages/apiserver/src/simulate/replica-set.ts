import type { Pod, ReplicaSet, ReplicaSetStatus } from './objects.ts'
import { controllerReference, isTerminating, kinds } from './objects.ts'
import { countReady, createPod, deletePod, isActive, isReady } from './pod-factory.ts'
import {
  adopt,
  dropUndefined,
  type Reconcile,
  type Simulation,
  unlessZero,
  writeStatus,
} from './simulation.ts'

// A controller creates and deletes in bounded bursts; the rest follows in the next pass.
const burst = 200

/** Keeps as many pods as the replica set wants, and counts them. */
export const reconcileReplicaSet: Reconcile = async (simulation, key) => {
  const set = simulation.api.get(kinds.replicaSet, key.namespace, key.name) as ReplicaSet | undefined
  if (set === undefined) return undefined
  await adopt(simulation, set, {
    objects: simulation.view.orphans<Pod>(kinds.pod, key.namespace, set.spec.selector).filter(isActive),
    reference: controllerReference(set),
  })
  if (!isTerminating(set)) await scale(simulation, set)
  const pods = activePods(simulation, set)
  const readiness = countReady(pods, set.spec.minReadySeconds ?? 0, simulation.now())
  await writeStatus(simulation, set, statusOf(set, pods, readiness))
  const missing = !isTerminating(set) && pods.length !== (set.spec.replicas ?? 1)
  return missing ? 1 : readiness.afterMs
}

function activePods(simulation: Simulation, set: ReplicaSet): Pod[] {
  return simulation.view.children<Pod>(set, kinds.pod).filter(isActive)
}

async function scale(simulation: Simulation, set: ReplicaSet): Promise<void> {
  const pods = activePods(simulation, set)
  const missing = (set.spec.replicas ?? 1) - pods.length
  if (missing > 0) {
    const wishes = Array.from({ length: Math.min(missing, burst) }, () => ({ template: set.spec.template }))
    await Promise.all(wishes.map((wish) => createPod(simulation, set, wish)))
  } else if (missing < 0) {
    const surplus = pods.sort(dispensableFirst).slice(0, Math.min(-missing, burst))
    await Promise.all(surplus.map((pod) => deletePod(simulation, set, pod)))
  }
}

/** Pods that are not ready go first, then the youngest. */
function dispensableFirst(left: Pod, right: Pod): number {
  const ready = Number(isReady(left)) - Number(isReady(right))
  if (ready !== 0) return ready
  return (right.metadata.creationTimestamp ?? '').localeCompare(left.metadata.creationTimestamp ?? '')
}

function statusOf(
  set: ReplicaSet,
  pods: Pod[],
  { ready, available }: { ready: number; available: number },
): ReplicaSetStatus {
  const wanted = Object.entries(set.spec.template.metadata?.labels ?? {})
  const labeled = pods.filter((pod) => wanted.every(([key, value]) => pod.metadata.labels?.[key] === value))
  return dropUndefined<ReplicaSetStatus>({
    replicas: pods.length,
    fullyLabeledReplicas: unlessZero(labeled.length),
    readyReplicas: unlessZero(ready),
    availableReplicas: unlessZero(available),
    // A pod is gone as soon as it is deleted.
    terminatingReplicas: 0,
    observedGeneration: set.metadata.generation ?? 1,
  })
}
