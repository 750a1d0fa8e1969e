import type { Pod, StatefulSet } from './objects.ts'
import { controllerReference, isTerminating, kinds } from './objects.ts'
import { countReady, createPod, deletePod, isActive, isAvailable } from './pod-factory.ts'
import {
  pruneRevisions,
  type RevisionName,
  recordRevision,
  revisionLabel,
  templateOf,
} from './revision-history.ts'
import {
  adopt,
  createOnce,
  dropUndefined,
  type Reconcile,
  type Simulation,
  unlessZero,
  writeStatus,
} from './simulation.ts'

type SetStatus = NonNullable<StatefulSet['status']>

/** Keeps numbered pods and their claims: made in order, taken away and updated from the highest number down. */
export const reconcileStatefulSet: Reconcile = async (simulation, key) => {
  const set = simulation.api.get(kinds.statefulSet, key.namespace, key.name) as StatefulSet | undefined
  if (set === undefined) return undefined
  const prefix = `${set.metadata.name}-`
  const orphans = simulation.view.orphans<Pod>(kinds.pod, key.namespace, set.spec.selector)
  await adopt(simulation, set, {
    objects: orphans.filter((pod) => pod.metadata.name.startsWith(prefix)),
    reference: controllerReference(set),
  })
  const update = await recordRevision(simulation, set)
  const current = set.status?.currentRevision ?? update.name
  if (!isTerminating(set)) await arrange(simulation, set, { update, current })

  const pods = podsOf(simulation, set)
  const readiness = countReady(pods.filter(isActive), set.spec.minReadySeconds ?? 0, simulation.now())
  const updated = pods.filter((pod) => pod.metadata.labels?.[revisionLabel] === update.name)
  const rolledOut = updated.length === pods.length && readiness.ready === (set.spec.replicas ?? 1)
  const nowCurrent = rolledOut ? update.name : current
  const ofCurrent = pods.filter((pod) => pod.metadata.labels?.[revisionLabel] === nowCurrent)
  await writeStatus(
    simulation,
    set,
    dropUndefined<SetStatus>({
      observedGeneration: set.metadata.generation ?? 1,
      replicas: pods.length,
      readyReplicas: unlessZero(readiness.ready),
      currentReplicas: unlessZero(ofCurrent.length),
      updatedReplicas: unlessZero(updated.length),
      availableReplicas: readiness.available,
      currentRevision: nowCurrent,
      updateRevision: update.name,
      collisionCount: set.status?.collisionCount ?? 0,
    }),
  )
  await pruneRevisions(simulation, set, [nowCurrent, update.name])
  return readiness.afterMs
}

interface Revisions {
  update: RevisionName
  current: string
}

function podsOf(simulation: Simulation, set: StatefulSet): Pod[] {
  return simulation.view.children<Pod>(set, kinds.pod)
}

const ordinalOf = (pod: Pod): number =>
  Number(pod.metadata.name.slice(pod.metadata.name.lastIndexOf('-') + 1))

/** One pass: a missing or finished pod is made (again), else a surplus one goes, else an outdated one is replaced. */
async function arrange(simulation: Simulation, set: StatefulSet, revisions: Revisions): Promise<void> {
  const byOrdinal = new Map(podsOf(simulation, set).map((pod) => [ordinalOf(pod), pod]))
  const start = set.spec.ordinals?.start ?? 0
  const end = start + (set.spec.replicas ?? 1)
  for (let ordinal = start; ordinal < end; ordinal += 1) {
    const pod = byOrdinal.get(ordinal)
    const settled = await keepMember(simulation, set, { pod, ordinal, revisions })
    if (!settled && !isParallel(set)) return replaceStuck(simulation, set, { pod, revisions })
  }
  const surplus = [...byOrdinal].filter(([ordinal]) => ordinal < start || ordinal >= end)
  if (surplus.length === 0) return replaceOutdated(simulation, set, { byOrdinal, revisions })
  const highestFirst = surplus.sort(([left], [right]) => right - left).map(([, pod]) => pod)
  for (const pod of isParallel(set) ? highestFirst : highestFirst.slice(0, 1)) {
    if (!isTerminating(pod)) await deletePod(simulation, set, pod)
  }
}

const isParallel = (set: StatefulSet): boolean => set.spec.podManagementPolicy === 'Parallel'

/** Resolves to whether the member runs and is available. */
async function keepMember(
  simulation: Simulation,
  set: StatefulSet,
  { pod, ordinal, revisions }: { pod: Pod | undefined; ordinal: number; revisions: Revisions },
): Promise<boolean> {
  if (pod === undefined) {
    await createMember(simulation, set, { ordinal, revisions })
    return false
  }
  const ended = ['Failed', 'Succeeded'].includes(pod.status?.phase ?? '')
  if (ended && !isTerminating(pod)) await deletePod(simulation, set, pod)
  return isActive(pod) && isAvailable(pod, set.spec.minReadySeconds ?? 0, simulation.now())
}

/**
 * A pod of an older template that never became ready would block its own repair, so it is replaced.
 * (Kubernetes waits for a person here.)
 */
async function replaceStuck(
  simulation: Simulation,
  set: StatefulSet,
  { pod, revisions }: { pod: Pod | undefined; revisions: Revisions },
): Promise<void> {
  if (pod === undefined || isTerminating(pod) || !isPastPartition(set, ordinalOf(pod))) return
  const outdated = pod.metadata.labels?.[revisionLabel] !== revisions.update.name
  const waiting = (pod.status?.containerStatuses ?? []).some((status) => status.state.waiting !== undefined)
  if (outdated && waiting) await deletePod(simulation, set, pod)
}

function isPastPartition(set: StatefulSet, ordinal: number): boolean {
  const strategy = set.spec.updateStrategy
  if (strategy?.type === 'OnDelete') return false
  return ordinal >= (strategy?.rollingUpdate?.partition ?? 0)
}

async function replaceOutdated(
  simulation: Simulation,
  set: StatefulSet,
  { byOrdinal, revisions }: { byOrdinal: Map<number, Pod>; revisions: Revisions },
): Promise<void> {
  const minReadySeconds = set.spec.minReadySeconds ?? 0
  const highestFirst = [...byOrdinal].sort(([left], [right]) => right - left)
  for (const [ordinal, pod] of highestFirst) {
    if (!isPastPartition(set, ordinal)) continue
    if (pod.metadata.labels?.[revisionLabel] !== revisions.update.name) {
      if (!isTerminating(pod)) await deletePod(simulation, set, pod)
      return
    }
    if (!isAvailable(pod, minReadySeconds, simulation.now())) return
  }
}

async function createMember(
  simulation: Simulation,
  set: StatefulSet,
  { ordinal, revisions }: { ordinal: number; revisions: Revisions },
): Promise<void> {
  const name = `${set.metadata.name}-${ordinal}`
  const updated = isPastPartition(set, ordinal) || set.spec.updateStrategy?.type === 'OnDelete'
  const revision = updated ? revisions.update.name : revisions.current
  const template = updated ? set.spec.template : templateOf(simulation, set, revision)
  const claims = set.spec.volumeClaimTemplates ?? []
  for (const claim of claims)
    await createClaim(simulation, set, { claim, name: `${claim.metadata.name}-${name}` })
  const claimed = claims.map((claim) => ({
    name: claim.metadata.name,
    persistentVolumeClaim: { claimName: `${claim.metadata.name}-${name}` },
  }))
  const own = (template.spec.volumes ?? []).filter((one) => !claimed.some((other) => other.name === one.name))
  const subdomain = set.spec.serviceName
  await createPod(simulation, set, {
    template,
    name,
    labels: {
      [revisionLabel]: revision,
      'statefulset.kubernetes.io/pod-name': name,
      'apps.kubernetes.io/pod-index': String(ordinal),
    },
    spec: {
      hostname: name,
      ...(subdomain ? { subdomain } : {}),
      ...(own.length + claimed.length > 0 ? { volumes: [...own, ...claimed] } : {}),
    },
  })
}

/** Claims outlive their set, as data should. */
async function createClaim(
  simulation: Simulation,
  set: StatefulSet,
  { claim, name }: { claim: NonNullable<StatefulSet['spec']['volumeClaimTemplates']>[number]; name: string },
): Promise<void> {
  const namespace = set.metadata.namespace ?? ''
  if (simulation.api.get(kinds.claim, namespace, name) !== undefined) return
  await createOnce(simulation, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace,
      labels: { ...claim.metadata.labels, ...set.spec.selector.matchLabels },
      ...(claim.metadata.annotations === undefined ? {} : { annotations: claim.metadata.annotations }),
    },
    spec: claim.spec,
  })
}
