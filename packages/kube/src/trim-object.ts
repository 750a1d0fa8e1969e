import type { KubeObject, ObjectMeta } from '@driftless/apimachinery'

/** Fields of `spec` that health and the resource tree look at; small in every kind. */
const specFields = [
  'replicas',
  'suspend',
  'paused',
  'completions',
  'parallelism',
  'type',
  'restartPolicy',
  'nodeName',
  'volumeName',
  'ingressClassName',
  'scaleTargetRef',
  'updateStrategy',
  'strategy',
  'minReadySeconds',
  'progressDeadlineSeconds',
  'partition',
] as const

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * What is kept of an object that no application manages: identity, labels, owners, `status` and a little of `spec`.
 * Data, secrets and managedFields are dropped. `status` is kept whole because health rules of any kind may read it.
 */
export function trimObject(object: KubeObject): KubeObject {
  const trimmed: KubeObject = {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: trimMetadata(object.metadata),
  }
  const spec = trimSpec(object['spec'])
  if (spec !== undefined) trimmed['spec'] = spec
  if (object['status'] !== undefined) trimmed['status'] = object['status']
  return trimmed
}

function trimMetadata(metadata: ObjectMeta): ObjectMeta {
  const { managedFields: _dropped, annotations, ...rest } = metadata
  if (annotations === undefined) return rest
  const { [lastApplied]: _large, ...small } = annotations
  return Object.keys(small).length === 0 ? rest : { ...rest, annotations: small }
}

function trimSpec(spec: unknown): Record<string, unknown> | undefined {
  if (typeof spec !== 'object' || spec === null) return undefined
  const from = spec as Record<string, unknown>
  const kept: Record<string, unknown> = {}
  for (const field of specFields) {
    if (from[field] !== undefined) kept[field] = from[field]
  }
  const containers = images(from['containers'])
  if (containers !== undefined) kept['containers'] = containers
  return Object.keys(kept).length === 0 ? undefined : kept
}

/** A pod's containers by name and image, for the tree. */
function images(containers: unknown): { name: unknown; image: unknown }[] | undefined {
  if (!Array.isArray(containers)) return undefined
  return containers.map((container: { name?: unknown; image?: unknown }) => ({
    name: container.name,
    image: container.image,
  }))
}
