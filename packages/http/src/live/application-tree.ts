import type { Application, ResourceNode, ResourceStatus } from '@driftless/api'
import { type KubeObject, parseApiVersion } from '@driftless/apimachinery'
import { buildTree, healthOf, instanceName, type TreeNode } from '@driftless/engine'
import { orEmpty } from '../or-empty.ts'
import type { Services } from '../server/services.ts'
import { imagesOf, infoOf } from './resource-info.ts'

/**
 * The managed resources with what hangs on them by owner references, from the live cache alone. Resources that are
 * missing in the cluster are nodes too. What is in this tree is all that the application gives access to.
 */
export function applicationTree(services: Services, application: Application): ResourceNode[] {
  const live = services.options.clusters.find(application.spec.destination)?.live
  const statuses = new Map((application.status?.resources ?? []).map((status) => [statusKey(status), status]))
  const managed = live?.managedBy(instanceOf(services, application)) ?? []
  const childrenOf = (uid: string) => live?.childrenOf(uid).map(({ object }) => object) ?? []
  const tree = buildTree(
    managed.map(({ object }) => object),
    childrenOf,
  )
  const nodes = tree.map((node) => liveNode(node, statuses.get(objectKey(node.object))))
  const present = new Set(tree.filter((node) => node.managed).map((node) => objectKey(node.object)))
  for (const [key, status] of statuses) if (!present.has(key)) nodes.push(missingNode(status))
  return nodes
}

function instanceOf(services: Services, { metadata }: Application): string {
  return instanceName({ namespace: metadata.namespace ?? '', name: metadata.name }, services.controlNamespace)
}

function liveNode(
  { object, parentUid, managed }: TreeNode,
  status: ResourceStatus | undefined,
): ResourceNode {
  const { metadata, kind, apiVersion } = object
  const { group, version } = parseApiVersion(apiVersion)
  const health = healthOf(object)
  return {
    uid: orEmpty(metadata.uid),
    parentUid,
    group,
    version,
    kind,
    namespace: orEmpty(metadata.namespace),
    name: metadata.name,
    managed,
    health: health?.status ?? '',
    healthMessage: orEmpty(health?.message),
    ...syncOf(managed, status),
    createdAt: orEmpty(metadata.creationTimestamp),
    images: imagesOf(object),
    info: infoOf(object),
  }
}

function syncOf(
  managed: boolean,
  status: ResourceStatus | undefined,
): Pick<ResourceNode, 'sync' | 'requiresPruning' | 'hook'> {
  if (!managed) return { sync: '', requiresPruning: false, hook: false }
  return {
    sync: status?.status ?? 'Unknown',
    requiresPruning: status?.requiresPruning === true,
    hook: status?.hook === true,
  }
}

const missingPrefix = 'missing:'

/** True for a node that only `status` tells of: there is no such object of the application in the cluster. */
export function isMissing(node: Pick<ResourceNode, 'uid'>): boolean {
  return node.uid.startsWith(missingPrefix)
}

function missingNode(status: ResourceStatus): ResourceNode {
  return {
    uid: `${missingPrefix}${statusKey(status)}`,
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

function objectKey({ apiVersion, kind, metadata }: KubeObject): string {
  return `${parseApiVersion(apiVersion).group}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`
}
