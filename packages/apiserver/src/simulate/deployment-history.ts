import type { Deployment, DeploymentStatus, ReplicaSet } from './objects.ts'
import { controllerReference, isTerminating, kinds } from './objects.ts'
import { sameJson } from './same-json.ts'
import { controllerManager, createOnce, keyOf, nameHash, type Simulation } from './simulation.ts'

const revisionAnnotation = 'deployment.kubernetes.io/revision'
const historyAnnotation = 'deployment.kubernetes.io/revision-history'
const hashLabel = 'pod-template-hash'
const notCopied = ['kubectl.kubernetes.io/last-applied-configuration', revisionAnnotation, historyAnnotation]

export function revisionOf(object: Deployment | ReplicaSet): number {
  return Number(object.metadata.annotations?.[revisionAnnotation] ?? 0) || 0
}

/** The replica set of the present template: by its hash, or by an equal template when someone else made it. */
export function currentReplicaSet(deployment: Deployment, sets: ReplicaSet[]): ReplicaSet | undefined {
  const hash = nameHash(deployment.spec.template)
  return (
    sets.find((set) => set.metadata.labels?.[hashLabel] === hash) ??
    sets.find((set) => sameJson(withoutHash(set.spec.template), deployment.spec.template))
  )
}

function withoutHash(template: ReplicaSet['spec']['template']): ReplicaSet['spec']['template'] {
  const { [hashLabel]: _hash, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

export async function ensureReplicaSet(
  simulation: Simulation,
  deployment: Deployment,
  { sets, replicas }: { sets: ReplicaSet[]; replicas: number },
): Promise<ReplicaSet | undefined> {
  const { template, selector, minReadySeconds } = deployment.spec
  const hash = nameHash(template)
  const labels = { ...template.metadata?.labels, [hashLabel]: hash }
  const name = `${deployment.metadata.name}-${hash}`
  const created = await createOnce(simulation, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      annotations: { ...copiedAnnotations(deployment), [revisionAnnotation]: String(nextRevision(sets)) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  })
  if (created === undefined) throw new Error(`the name ${name} belongs to another object`)
  if (replicas > 0) reportScaling(simulation, deployment, { name, from: 0, to: replicas })
  return created as ReplicaSet
}

function copiedAnnotations(deployment: Deployment): Record<string, string> {
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(
    ([key]) => !notCopied.includes(key),
  )
  return Object.fromEntries(own)
}

function nextRevision(sets: ReplicaSet[]): number {
  return Math.max(0, ...sets.map(revisionOf)) + 1
}

/**
 * Makes the present replica set the newest revision and says so on the deployment.
 * @returns whether an older replica set has been taken up again
 */
export async function noteRevision(
  simulation: Simulation,
  deployment: Deployment,
  { sets, current }: { sets: ReplicaSet[]; current: ReplicaSet },
): Promise<boolean> {
  const others = sets.filter((set) => set.metadata.uid !== current.metadata.uid)
  const newest = Math.max(0, ...others.map(revisionOf))
  const takenUp = revisionOf(current) <= newest
  const revision = takenUp ? newest + 1 : revisionOf(current)
  if (takenUp) {
    await annotate(simulation, current, (annotations) => ({
      ...annotations,
      ...copiedAnnotations(deployment),
      [historyAnnotation]: [annotations[historyAnnotation], annotations[revisionAnnotation]]
        .filter(Boolean)
        .join(','),
      [revisionAnnotation]: String(revision),
    }))
  } else await passAnnotationsOn(simulation, deployment, current)
  if (revisionOf(deployment) !== revision) {
    await annotate(simulation, deployment, (annotations) => ({
      ...annotations,
      [revisionAnnotation]: String(revision),
    }))
  }
  return takenUp && others.length > 0
}

/** The present replica set says what the deployment says, such as why it changed. */
async function passAnnotationsOn(
  simulation: Simulation,
  deployment: Deployment,
  current: ReplicaSet,
): Promise<void> {
  const copied = copiedAnnotations(deployment)
  const has = current.metadata.annotations ?? {}
  if (Object.entries(copied).every(([key, value]) => has[key] === value)) return
  await annotate(simulation, current, (annotations) => ({ ...annotations, ...copied }))
}

async function annotate(
  simulation: Simulation,
  object: Deployment | ReplicaSet,
  change: (annotations: Record<string, string>) => Record<string, string>,
): Promise<void> {
  const kind = object.kind === 'Deployment' ? kinds.deployment : kinds.replicaSet
  await simulation.api.update(
    kind,
    keyOf(object),
    (stored) => {
      if (stored.metadata.uid !== object.metadata.uid) return undefined
      const annotations = change(stored.metadata.annotations ?? {})
      return { ...stored, metadata: { ...stored.metadata, annotations } }
    },
    { manager: controllerManager },
  )
}

export async function scaleReplicaSet(
  simulation: Simulation,
  deployment: Deployment,
  { set, replicas }: { set: ReplicaSet; replicas: number },
): Promise<void> {
  const from = set.spec.replicas ?? 0
  if (from === replicas) return
  await simulation.api.update(
    kinds.replicaSet,
    keyOf(set),
    (stored) => {
      const spec = (stored as ReplicaSet).spec
      return spec.replicas === replicas ? undefined : { ...stored, spec: { ...spec, replicas } }
    },
    { manager: controllerManager },
  )
  reportScaling(simulation, deployment, { name: set.metadata.name, from, to: replicas })
}

function reportScaling(
  simulation: Simulation,
  deployment: Deployment,
  { name, from, to }: { name: string; from: number; to: number },
): void {
  const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`
  simulation.api.event({ object: deployment, type: 'Normal', reason: 'ScalingReplicaSet', message })
}

/** Keeps `revisionHistoryLimit` (default 10) empty replica sets once the rollout is complete. */
export async function deleteOldReplicaSets(
  simulation: Simulation,
  deployment: Deployment,
  { sets, status }: { sets: ReplicaSet[]; status: DeploymentStatus },
): Promise<void> {
  const desired = deployment.spec.replicas ?? 1
  if ((status.updatedReplicas ?? 0) !== desired || (status.replicas ?? 0) !== desired) return
  const current = currentReplicaSet(deployment, sets)
  const empty = sets
    .filter((set) => set !== current && !isTerminating(set))
    .filter((set) => (set.spec.replicas ?? 0) === 0 && (set.status?.replicas ?? 0) === 0)
    .sort((left, right) => revisionOf(left) - revisionOf(right))
  const surplus = empty.slice(0, Math.max(0, empty.length - (deployment.spec.revisionHistoryLimit ?? 10)))
  for (const { metadata } of surplus) {
    const uid = metadata.uid === undefined ? {} : { uid: metadata.uid }
    await simulation.api.delete(
      kinds.replicaSet,
      { namespace: metadata.namespace ?? '', name: metadata.name },
      { propagationPolicy: 'Background', ...uid },
    )
  }
}
