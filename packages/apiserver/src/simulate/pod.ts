import { createHash } from 'node:crypto'
import type { NamespacedName } from '../local-api.ts'
import { nodeIP, nodeName } from './node.ts'
import type { Pod } from './objects.ts'
import { isTerminating, kinds } from './objects.ts'
import { advancePod } from './pod-advance.ts'
import { type Reconcile, type Simulation, writeStatus } from './simulation.ts'

/** When this process first saw each stage of a pod; stored times are whole seconds and too coarse for short waits. */
interface Sightings {
  uid: string
  stages: Map<string, number>
}

/** The scheduler and the node's agent in one: binds, starts, ends, restarts and removes a pod. */
export function podReconciler(): Reconcile {
  const sightings = new Map<string, Sightings>()

  return async (simulation, key) => {
    const id = `${key.namespace}/${key.name}`
    const pod = simulation.api.get(kinds.pod, key.namespace, key.name) as Pod | undefined
    if (pod === undefined) {
      sightings.delete(id)
      return undefined
    }
    const seen = sightingsOf(sightings, id, pod.metadata.uid ?? '')
    if (isTerminating(pod)) return terminate(simulation, pod, seen)
    if (['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')) {
      seen.stages.clear()
      return undefined
    }
    if (pod.spec.nodeName === undefined || pod.spec.nodeName === '') return bind(simulation, pod)
    return run(simulation, pod, seen)
  }
}

function sightingsOf(all: Map<string, Sightings>, id: string, uid: string): Sightings {
  const known = all.get(id)
  if (known?.uid === uid) return known
  const fresh = { uid, stages: new Map<string, number>() }
  all.set(id, fresh)
  return fresh
}

function elapsedMs(
  seen: Sightings,
  stage: string,
  { now, since }: { now: number; since: string | undefined },
): number {
  const first = seen.stages.get(stage) ?? now
  seen.stages.set(stage, first)
  // A stored time may be up to a second earlier than the moment it stands for.
  const stored = since === undefined ? 0 : now - Date.parse(since) - 999
  return Math.max(now - first, stored)
}

async function bind(simulation: Simulation, pod: Pod): Promise<undefined> {
  const bound = await simulation.api.update(
    kinds.pod,
    nameOf(pod),
    (stored) => {
      const spec = (stored as Pod).spec
      return spec.nodeName ? undefined : { ...stored, spec: { ...spec, nodeName } }
    },
    { manager: 'kube-scheduler' },
  )
  if (bound !== undefined) reportScheduled(simulation, bound as Pod)
  return undefined
}

export function reportScheduled(simulation: Simulation, pod: Pod): void {
  const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${nodeName}`
  simulation.api.event({ object: pod, type: 'Normal', reason: 'Scheduled', message })
}

async function run(simulation: Simulation, pod: Pod, seen: Sightings): Promise<number | undefined> {
  const now = simulation.now()
  const podUid = pod.metadata.uid ?? ''
  const place = { podUid, delayMs: simulation.delayMs, podIP: podIP(podUid), hostIP: nodeIP }
  const { status, events, afterMs } = advancePod(pod, place, {
    now,
    elapsedMs: (subject, stage, since) => elapsedMs(seen, `${subject} ${stage}`, { now, since }),
  })
  const wrote = await writeStatus(simulation, pod, status)
  if (wrote) for (const event of events) simulation.api.event({ object: pod, ...event })
  return afterMs
}

/** A graceful deletion waits for its kubelet; this one needs only the usual delay. */
async function terminate(simulation: Simulation, pod: Pod, seen: Sightings): Promise<number | undefined> {
  if (pod.metadata.deletionGracePeriodSeconds === 0) return undefined
  const now = simulation.now()
  const leftMs = simulation.delayMs - elapsedMs(seen, 'terminate', { now, since: undefined })
  if (leftMs > 0) return leftMs
  for (const { name } of pod.spec.containers) {
    simulation.api.event({
      object: pod,
      type: 'Normal',
      reason: 'Killing',
      message: `Stopping container ${name}`,
    })
  }
  const uid = pod.metadata.uid
  await simulation.api.delete(kinds.pod, nameOf(pod), {
    gracePeriodSeconds: 0,
    ...(uid === undefined ? {} : { uid }),
  })
  return undefined
}

/** An address of the pod network that follows from the uid, so that nothing has to be remembered. */
function podIP(uid: string): string {
  const digest = createHash('sha256').update(uid).digest()
  return `10.244.${digest[0] ?? 0}.${((digest[1] ?? 0) % 254) + 1}`
}

function nameOf(pod: Pod): NamespacedName {
  return { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }
}
