import type { Application, HealthStatusCode, ResourceNode, ResourceStatus } from '@driftless/api'
import { parseApiVersion } from '@driftless/apimachinery'
import { healthOf, instanceName } from '@driftless/engine'
import type { LiveObject } from '@driftless/kube'
import type { Services } from '../server/services.ts'
import { imagesOf, infoOf } from './resource-info.ts'

/** Deeper chains of owners are cut: no controller makes them, but anyone can write owner references. */
const maxDepth = 12
const maxNodes = 5_000

/**
 * The managed resources with what hangs on them by owner references, from the live cache alone. Resources that are
 * missing in the cluster are nodes too. What is in this tree is all that the application gives access to.
 */
export function applicationTree(services: Services, application: Application): ResourceNode[] {
  const connection = services.options.clusters.find(application.spec.destination)
  const nodes = new Map<string, ResourceNode>()
  const statuses = new Map((application.status?.resources ?? []).map((status) => [statusKey(status), status]))
  const live = connection?.live
  const add = (object: LiveObject, parentUid: string, depth: number): void => {
    if (nodes.has(object.uid) || nodes.size >= maxNodes) return
    const status = statuses.get(liveKey(object))
    nodes.set(object.uid, liveNode({ object, parentUid, status }))
    if (depth < maxDepth)
      for (const child of live?.childrenOf(object.uid) ?? []) add(child, object.uid, depth + 1)
  }
  const managed = live?.managedBy(instanceOf(services, application)) ?? []
  const present = new Set(managed.map(liveKey))
  for (const object of managed) add(object, '', 0)
  for (const [key, status] of statuses) {
    if (!present.has(key)) nodes.set(key, missingNode(status))
  }
  return [...nodes.values()]
}

function instanceOf(services: Services, { metadata }: Application): string {
  return instanceName({ namespace: metadata.namespace ?? '', name: metadata.name }, services.controlNamespace)
}

function liveNode(input: {
  object: LiveObject
  parentUid: string
  status: ResourceStatus | undefined
}): ResourceNode {
  const { object, parentUid, status } = input
  const { key } = object
  const health = healthOf(object.object)
  return {
    uid: object.uid,
    parentUid,
    group: key.group,
    version: parseApiVersion(object.apiVersion).version,
    kind: key.kind,
    namespace: key.namespace,
    name: key.name,
    managed: parentUid === '',
    health: (health?.status ?? '') as HealthStatusCode | '',
    healthMessage: health?.message ?? '',
    sync: parentUid === '' ? (status?.status ?? 'Unknown') : '',
    requiresPruning: status?.requiresPruning === true,
    hook: status?.hook === true,
    createdAt: object.createdAt,
    images: imagesOf(object.object),
    info: infoOf(object.object),
  }
}

function missingNode(status: ResourceStatus): ResourceNode {
  return {
    uid: `missing:${statusKey(status)}`,
    parentUid: '',
    group: status.group ?? '',
    version: status.version ?? '',
    kind: status.kind,
    namespace: status.namespace ?? '',
    name: status.name,
    managed: true,
    health: 'Missing',
    healthMessage: 'It does not exist in the cluster.',
    sync: status.status ?? 'OutOfSync',
    requiresPruning: false,
    hook: status.hook === true,
    createdAt: '',
    images: [],
    info: '',
  }
}

function statusKey({ group = '', kind, namespace = '', name }: ResourceStatus): string {
  return `${group}/${kind}/${namespace}/${name}`
}

function liveKey({ key }: LiveObject): string {
  return `${key.group}/${key.kind}/${key.namespace}/${key.name}`
}
