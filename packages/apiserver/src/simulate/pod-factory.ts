import type { KubeObject } from '@driftless/apimachinery'
import { nodeName } from './node.ts'
import type { Pod, PodTemplate } from './objects.ts'
import { controllerReference, isTerminating } from './objects.ts'
import { reportScheduled } from './pod.ts'
import { conditionOf, createOnce, randomSuffix, type Simulation } from './simulation.ts'

export interface PodWish {
  template: PodTemplate
  /** Default: the owner's name and a random suffix. */
  name?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  /** Last word on the spec, e.g. the volumes of a stateful set. */
  spec?: Partial<PodTemplate['spec']>
}

/**
 * Creates a pod that `owner` controls, already bound to the node: there is only one, and a binding would be one more
 * write a pod. Undefined when an object of that name exists.
 */
export async function createPod(
  simulation: Simulation,
  owner: KubeObject,
  wish: PodWish,
): Promise<Pod | undefined> {
  const { template } = wish
  const namespace = owner.metadata.namespace ?? ''
  const name = wish.name ?? `${owner.metadata.name.slice(0, 57)}-${randomSuffix()}`
  const annotations = { ...template.metadata?.annotations, ...wish.annotations }
  const created = await createOnce(simulation, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      ...(wish.name === undefined ? { generateName: `${owner.metadata.name}-` } : {}),
      labels: { ...template.metadata?.labels, ...wish.labels },
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ownerReferences: [controllerReference(owner)],
    },
    spec: { ...template.spec, ...wish.spec, nodeName: template.spec.nodeName ?? nodeName },
  })
  if (created === undefined) return undefined
  simulation.api.event({
    object: owner,
    type: 'Normal',
    reason: 'SuccessfulCreate',
    message: messageOfPod(owner, 'Create', name),
  })
  reportScheduled(simulation, created as Pod)
  return created as Pod
}

function messageOfPod({ kind, metadata }: KubeObject, verb: 'Create' | 'Delete', pod: string): string {
  if (kind === 'StatefulSet') return `${verb} Pod ${pod} in StatefulSet ${metadata.name} successful`
  return `${verb}d pod: ${pod}`
}

/** Deletes at once: there is no process that a grace period could serve. */
export async function deletePod(simulation: Simulation, owner: KubeObject, pod: Pod): Promise<void> {
  const { namespace = '', name, uid } = pod.metadata
  await simulation.api.delete(
    { group: '', kind: 'Pod' },
    { namespace, name },
    { gracePeriodSeconds: 0, propagationPolicy: 'Background', ...(uid === undefined ? {} : { uid }) },
  )
  simulation.api.event({
    object: owner,
    type: 'Normal',
    reason: 'SuccessfulDelete',
    message: messageOfPod(owner, 'Delete', name),
  })
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod.status?.conditions, 'Ready')?.status === 'True'
}

/** Neither finished nor being deleted. */
export function isActive(pod: Pod): boolean {
  return !isTerminating(pod) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'
}

export interface Readiness {
  ready: number
  available: number
  /** When the next ready pod has been so for `minReadySeconds`. */
  afterMs: number | undefined
}

export function countReady(pods: Pod[], minReadySeconds: number, now: number): Readiness {
  const readyPods = pods.filter(isReady)
  const waits = readyPods.map((pod) => availableInMs(pod, minReadySeconds, now)).filter((ms) => ms > 0)
  return {
    ready: readyPods.length,
    available: readyPods.length - waits.length,
    afterMs: waits.length > 0 ? Math.min(...waits) : undefined,
  }
}

export function isAvailable(pod: Pod, minReadySeconds: number, now: number): boolean {
  return isReady(pod) && availableInMs(pod, minReadySeconds, now) <= 0
}

function availableInMs(pod: Pod, minReadySeconds: number, now: number): number {
  if (minReadySeconds === 0) return 0
  const since = Date.parse(conditionOf(pod.status?.conditions, 'Ready')?.lastTransitionTime ?? '')
  return Number.isNaN(since) ? 0 : since + minReadySeconds * 1000 - now
}
