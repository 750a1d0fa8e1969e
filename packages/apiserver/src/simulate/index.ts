/**
 * Stands in for a cluster's controllers, scheduler and kubelets, so that workloads come to life on the embedded server:
 * deployments roll out, jobs complete, claims are bound, services and ingresses get an address. No image is pulled and
 * no process runs; `imageRules` lists the image names that fail on purpose.
 *
 * What is simpler than in a cluster: there is one node and every pod fits on it, whatever its selectors, taints and
 * resources; probes always pass; load balancers and ingresses are at the loopback address; autoscalers see no load; a
 * service has an EndpointSlice once it selects a pod, and no Endpoints object.
 *
 * Level-based: every reconcile reads what is stored and brings it one step on, so nothing is lost when the process is
 * killed between two writes, and starting again just continues. Waits count from stored times.
 */
import type { KubeObject } from '@driftless/apimachinery'
import { messageOf } from '@driftless/api'
import type { GroupKind, LocalApi, LocalChange, NamespacedName } from '../local-api.ts'
import { reconcileApiService } from './api-service.ts'
import { reconcileAutoscaler } from './autoscaler.ts'
import { createClusterView } from './cluster-view.ts'
import { reconcileCronJob } from './cron-job.ts'
import { reconcileDaemonSet } from './daemon-set.ts'
import { reconcileDeployment } from './deployment.ts'
import { reconcileDisruptionBudget } from './disruption-budget.ts'
import { reconcileIngress } from './ingress.ts'
import { reconcileJob } from './job.ts'
import { installNode } from './node.ts'
import type { PersistentVolumeClaim } from './objects.ts'
import { controllerOf, groupOf, kinds } from './objects.ts'
import { reconcileClaim, reconcileVolume } from './persistent-volume.ts'
import { podReconciler } from './pod.ts'
import { reconcileReplicaSet } from './replica-set.ts'
import { reconcileService } from './service.ts'
import { kindOf, keyOf, type Reconcile, type Simulation } from './simulation.ts'
import { reconcileStatefulSet } from './stateful-set.ts'
import { WorkQueue } from './work-queue.ts'

export interface SimulationOptions {
  /** Ends the simulation: timers are cleared, no further write begins. */
  signal: AbortSignal
  /** Receives one sentence for each failed attempt; attempts are repeated. */
  log?: (line: string) => void
  /** Milliseconds that a container takes to start or end. Default 150. */
  delayMs?: number
}

// Changes of several children of one owner come together; one look at the owner serves them all.
const coalesceMs = 10

export function startSimulation(api: LocalApi, options: SimulationOptions): void {
  const { signal, log = () => undefined, delayMs = 150 } = options
  const reconcilers = reconcilersByKind()
  const view = createClusterView(api)
  const queue = new WorkQueue({
    signal,
    run: (id) => {
      const { kind, key } = parseWorkId(id)
      return reconcilers.get(kindId(kind))?.(simulation, key) ?? Promise.resolve(undefined)
    },
    onError: (id, error) => log(`simulation: ${id}: ${messageOf(error)}; trying again`),
  })
  const enqueue = (kind: GroupKind, key: NamespacedName, afterMs = 0): void => {
    if (reconcilers.has(kindId(kind))) queue.add(workId(kind, key), afterMs)
  }
  const simulation: Simulation = { api, view, delayMs, now: () => Date.now(), enqueue }

  const stop = api.onChange((change) => {
    if (change.type === 'DELETED') view.remove(change.object)
    else view.observe(change.object)
    enqueueAffected(simulation, change)
  })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) return stop()
  takeStock(simulation)
  installNode(simulation).catch((error: unknown) => log(`simulation: node: ${messageOf(error)}`))
}

function reconcilersByKind(): Map<string, Reconcile> {
  const table: [GroupKind, Reconcile][] = [
    [kinds.pod, podReconciler()],
    [kinds.replicaSet, reconcileReplicaSet],
    [kinds.deployment, reconcileDeployment],
    [kinds.statefulSet, reconcileStatefulSet],
    [kinds.daemonSet, reconcileDaemonSet],
    [kinds.job, reconcileJob],
    [kinds.cronJob, reconcileCronJob],
    [kinds.claim, reconcileClaim],
    [kinds.volume, reconcileVolume],
    [kinds.service, reconcileService],
    [kinds.ingress, reconcileIngress],
    [kinds.autoscaler, reconcileAutoscaler],
    [kinds.disruptionBudget, reconcileDisruptionBudget],
    [kinds.apiService, reconcileApiService],
  ]
  return new Map(table.map(([kind, reconcile]) => [kindId(kind), reconcile]))
}

const kindId = (kind: GroupKind): string => `${kind.group}/${kind.kind}`
const workId = (kind: GroupKind, key: NamespacedName): string =>
  `${kindId(kind)}/${key.namespace}/${key.name}`

function parseWorkId(id: string): { kind: GroupKind; key: NamespacedName } {
  const [group = '', kind = '', namespace = '', name = ''] = id.split('/')
  return { kind: { group, kind }, key: { namespace, name } }
}

function takeStock(simulation: Simulation): void {
  const known = Object.values(kinds).map((kind) => ({ kind, objects: simulation.api.list(kind) }))
  for (const { objects } of known) for (const object of objects) simulation.view.observe(object)
  for (const { kind, objects } of known) for (const object of objects) simulation.enqueue(kind, keyOf(object))
}

function enqueueAffected(simulation: Simulation, change: LocalChange): void {
  const { object, previous } = change
  simulation.enqueue(kindOf(object), keyOf(object))
  for (const one of previous === undefined ? [object] : [object, previous]) enqueueOwner(simulation, one)
  enqueueNeighbours[object.kind]?.(simulation, change)
}

/** Kinds whose changes concern objects that do not own them. */
const enqueueNeighbours: Record<string, (simulation: Simulation, change: LocalChange) => void> = {
  Pod: enqueueSelecting,
  Deployment: enqueueAutoscalers,
  StatefulSet: enqueueAutoscalers,
  PersistentVolumeClaim: enqueueVolume,
  PersistentVolume: enqueueOpenClaims,
}

function enqueueAutoscalers(simulation: Simulation, { object }: LocalChange): void {
  for (const one of simulation.view.inNamespace(kinds.autoscaler, object.metadata.namespace ?? '')) {
    simulation.enqueue(kinds.autoscaler, keyOf(one), coalesceMs)
  }
}

function enqueueVolume(simulation: Simulation, { object, type }: LocalChange): void {
  const volumeName = (object as PersistentVolumeClaim).spec.volumeName
  if (type !== 'DELETED' || volumeName === undefined) return
  simulation.enqueue(kinds.volume, { namespace: '', name: volumeName })
}

function enqueueOpenClaims(simulation: Simulation, { type }: LocalChange): void {
  if (type === 'DELETED') return
  for (const claim of simulation.api.list(kinds.claim) as PersistentVolumeClaim[]) {
    if (claim.status?.phase !== 'Bound') simulation.enqueue(kinds.claim, keyOf(claim), coalesceMs)
  }
}

function enqueueOwner(simulation: Simulation, object: KubeObject): void {
  const owner = controllerOf(object)
  if (owner === undefined) return
  const kind = { group: groupOf(owner.apiVersion), kind: owner.kind }
  simulation.enqueue(kind, { namespace: object.metadata.namespace ?? '', name: owner.name }, coalesceMs)
}

function enqueueSelecting(simulation: Simulation, { object, previous }: LocalChange): void {
  const namespace = object.metadata.namespace ?? ''
  for (const one of previous === undefined ? [object] : [object, previous]) {
    for (const service of simulation.view.servicesFor(namespace, one.metadata.labels ?? {})) {
      simulation.enqueue(kinds.service, service, coalesceMs)
    }
  }
  for (const budget of simulation.view.inNamespace(kinds.disruptionBudget, namespace)) {
    simulation.enqueue(kinds.disruptionBudget, keyOf(budget), coalesceMs)
  }
}
