import type { DaemonSet, Pod } from './objects.ts'
import { controllerReference, isTerminating, kinds } from './objects.ts'
import { countReady, createPod, deletePod, isActive, isReady } from './pod-factory.ts'
import { parsePortion } from './portion.ts'
import { pruneRevisions, type RevisionName, recordRevision, revisionLabel } from './revision-history.ts'
import {
  adopt,
  dropUndefined,
  type Reconcile,
  type Simulation,
  unlessZero,
  writeStatus,
} from './simulation.ts'

type SetStatus = NonNullable<DaemonSet['status']>

/** Keeps one pod on each node, replaced a few at a time when the template changes. */
export const reconcileDaemonSet: Reconcile = async (simulation, key) => {
  const set = simulation.api.get(kinds.daemonSet, key.namespace, key.name) as DaemonSet | undefined
  if (set === undefined) return undefined
  await adopt(simulation, set, {
    objects: simulation.view.orphans<Pod>(kinds.pod, key.namespace, set.spec.selector).filter(isActive),
    reference: controllerReference(set),
  })
  const revision = await recordRevision(simulation, set)
  const nodes = simulation.api.list(kinds.node).map((node) => node.metadata.name)
  if (!isTerminating(set)) await arrange(simulation, set, { nodes, revision })

  const pods = activePods(simulation, set)
  const readiness = countReady(pods, set.spec.minReadySeconds ?? 0, simulation.now())
  await writeStatus(
    simulation,
    set,
    dropUndefined<SetStatus>({
      observedGeneration: set.metadata.generation ?? 1,
      desiredNumberScheduled: nodes.length,
      currentNumberScheduled: pods.length,
      numberMisscheduled: 0,
      numberReady: readiness.ready,
      numberAvailable: unlessZero(readiness.available),
      numberUnavailable: unlessZero(Math.max(0, nodes.length - readiness.available)),
      updatedNumberScheduled: unlessZero(pods.filter((pod) => isOf(pod, revision)).length),
    }),
  )
  await pruneRevisions(simulation, set, [revision.name])
  return readiness.afterMs
}

const isOf = (pod: Pod, revision: RevisionName): boolean =>
  pod.metadata.labels?.[revisionLabel] === revision.hash

function activePods(simulation: Simulation, set: DaemonSet): Pod[] {
  return simulation.view.children<Pod>(set, kinds.pod).filter(isActive)
}

async function arrange(
  simulation: Simulation,
  set: DaemonSet,
  { nodes, revision }: { nodes: string[]; revision: RevisionName },
): Promise<void> {
  const all = simulation.view.children<Pod>(set, kinds.pod)
  for (const pod of all.filter((one) => !isTerminating(one) && !isActive(one)))
    await deletePod(simulation, set, pod)
  const pods = activePods(simulation, set)
  const { template } = set.spec
  for (const nodeName of nodes.filter((node) => !pods.some((pod) => pod.spec.nodeName === node))) {
    await createPod(simulation, set, {
      template,
      labels: { [revisionLabel]: revision.hash },
      spec: { nodeName },
    })
  }
  if (set.spec.updateStrategy?.type === 'OnDelete') return
  const tolerated = Math.max(
    1,
    parsePortion(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, nodes.length, 'up'),
  )
  const outdated = pods.filter((pod) => !isOf(pod, revision))
  const unready = outdated.filter((pod) => !isReady(pod))
  const down = activePods(simulation, set).filter((pod) => !isReady(pod) && isOf(pod, revision)).length
  const ready = outdated.filter(isReady).slice(0, Math.max(0, tolerated - down - unready.length))
  for (const pod of [...unready, ...ready]) await deletePod(simulation, set, pod)
}
