import { createHash, randomInt } from 'node:crypto'
import type { KubeObject } from '@driftless/apimachinery'
import { isAppError } from '@driftless/api'
import type { GroupKind, LocalApi, NamespacedName } from '../local-api.ts'
import type { ClusterView } from './cluster-view.ts'
import type { Condition } from './objects.ts'
import { groupOf, isTerminating } from './objects.ts'
import { sameJson } from './same-json.ts'

/** What every reconcile is given. */
export interface Simulation {
  api: LocalApi
  view: ClusterView
  /** Milliseconds that a simulated container takes to start or end. */
  delayMs: number
  now: () => number
  enqueue: (kind: GroupKind, key: NamespacedName, afterMs?: number) => void
}

/** Brings one object one step on, from what is stored alone. Resolves to the milliseconds until it wants another look. */
export type Reconcile = (simulation: Simulation, key: NamespacedName) => Promise<number | undefined>

export const controllerManager = 'kube-controller-manager'

/** Who writes the status of a kind, where it is not the controller manager. */
const statusManagers: Record<string, string> = {
  Node: 'kubelet',
  Pod: 'kubelet',
  Ingress: 'ingress-controller',
}

/** A time as Kubernetes stores it: whole seconds, UTC. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

export function keyOf(object: KubeObject): NamespacedName {
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name }
}

export function kindOf(object: KubeObject): GroupKind {
  return { group: groupOf(object.apiVersion), kind: object.kind }
}

/** Writes `status` unless it says the same already. Says whether it wrote. */
export async function writeStatus(
  simulation: Simulation,
  object: KubeObject,
  status: object,
): Promise<boolean> {
  if (sameJson(object.status ?? {}, status)) return false
  const unchanged = (stored: KubeObject) =>
    stored.metadata.uid !== object.metadata.uid || sameJson(stored.status ?? {}, status)
  await simulation.api.update(
    kindOf(object),
    keyOf(object),
    (stored) => (unchanged(stored) ? undefined : { ...stored, status }),
    { subresource: 'status', manager: statusManagers[object.kind] ?? controllerManager },
  )
  return true
}

/** Creates and takes the answer into the view at once. Undefined when an object of that name exists already. */
export async function createOnce(
  simulation: Simulation,
  object: KubeObject,
  manager: string = controllerManager,
): Promise<KubeObject | undefined> {
  try {
    const created = await simulation.api.create(object, { manager })
    simulation.view.observe(created)
    return created
  } catch (error) {
    if (isAppError(error, 'AlreadyExists')) return undefined
    throw error
  }
}

/** Sets the controller of every free object that the owner's selector matches; the owner must not be going away. */
export async function adopt(
  simulation: Simulation,
  owner: KubeObject,
  orphans: {
    objects: KubeObject[]
    reference: NonNullable<KubeObject['metadata']['ownerReferences']>[number]
  },
): Promise<void> {
  if (isTerminating(owner)) return
  for (const orphan of orphans.objects) {
    if (isTerminating(orphan)) continue
    const adopted = await simulation.api.update(
      kindOf(orphan),
      keyOf(orphan),
      (stored) => {
        const owners = stored.metadata.ownerReferences ?? []
        if (owners.some((reference) => reference.controller === true)) return undefined
        return {
          ...stored,
          metadata: { ...stored.metadata, ownerReferences: [...owners, orphans.reference] },
        }
      },
      { manager: controllerManager },
    )
    if (adopted !== undefined) simulation.view.observe(adopted)
  }
}

/** Sets one condition; the transition time moves only with the status. */
export function withCondition(
  conditions: Condition[] | undefined,
  next: Condition,
  now: string,
): Condition[] {
  const all = conditions ?? []
  const before = all.find((condition) => condition.type === next.type)
  const lastTransitionTime = before?.status === next.status ? (before.lastTransitionTime ?? now) : now
  const entry = { ...next, lastTransitionTime }
  return before === undefined ? [...all, entry] : all.map((one) => (one === before ? entry : one))
}

export function conditionOf(conditions: Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type)
}

/** Zero as absent, as fields with `omitempty` are sent. */
export function unlessZero(count: number): number | undefined {
  return count === 0 ? undefined : count
}

/** Leaves out what is undefined, so that a status is written as it will be read. */
export function dropUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T
}

// The letters and digits that Kubernetes uses in names: no vowels, nothing that looks alike.
const nameLetters = 'bcdfghjklmnpqrstvwxz2456789'

export function randomSuffix(): string {
  return Array.from({ length: 5 }, () => nameLetters[randomInt(nameLetters.length)]).join('')
}

const hashes = new WeakMap<object, string>()

/** A short name-safe hash of a stored value, whatever the order of its keys. Stored values never change, so it is kept. */
export function nameHash(value: object): string {
  const known = hashes.get(value)
  if (known !== undefined) return known
  const bytes = createHash('sha256').update(sortedJson(value)).digest()
  const hash = Array.from(bytes.subarray(0, 10), (byte) => nameLetters[byte % nameLetters.length]).join('')
  hashes.set(value, hash)
  return hash
}

function sortedJson(value: object): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
  })
}
