import {
  AppError,
  type Application,
  type PlannedResource,
  type ResourceDetail,
  type ResourceNode,
} from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { maskSecrets } from '@driftless/engine'
import type { KubeClient } from '@driftless/kube'
import { dump } from 'js-yaml'
import { findApplication } from '../../applications/find-application.ts'
import { isMissing } from '../../live/application-tree.ts'
import { findNode } from '../../live/find-node.ts'
import { param, type PersonCall, type PersonRoute } from '../route.ts'

export const getResource: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/applications/:name/resource',
  summary: 'One resource of a continuous deployment: both sides, what differs, its events.',
  access: { verb: 'get', resource: 'applications/resources', scope: 'project', named: true },
  async handle(call): Promise<ResourceDetail> {
    const { query, services } = call
    const application = findApplication(services, {
      project: param(call, 'project'),
      name: param(call, 'name'),
    })
    const node = findNode(call, application, nodeKey(query))
    const client = services.options.clusters.find(application.spec.destination)?.client
    if (client === undefined) throw new AppError('ServiceUnavailable', 'The cluster is not connected.')
    const [live, planned, events] = await Promise.all([
      readLive(client, node),
      node.managed ? plannedOf(call, application, node) : undefined,
      readEvents(client, node),
    ])
    return {
      liveYaml: live === undefined ? '' : planned?.liveYaml || yamlOf(live),
      targetYaml: planned?.targetYaml ?? '',
      changes: planned?.changes ?? [],
      ...(planned?.additions === undefined ? {} : { additions: planned.additions }),
      events,
    }
  },
}

function nodeKey(query: Record<string, string>): Pick<ResourceNode, 'group' | 'kind' | 'namespace' | 'name'> {
  const { group = '', kind = '', namespace = '', name = '' } = query
  return { group, kind, namespace, name }
}

async function readLive(client: KubeClient, node: ResourceNode): Promise<KubeObject | undefined> {
  // What is listed as missing comes from `status`, which people may write: it is no right to read a name.
  if (isMissing(node)) return undefined
  const apiVersion = apiVersionOf(node)
  const object = await client.find({
    apiVersion,
    kind: node.kind,
    namespace: node.namespace,
    name: node.name,
  })
  // Another object of the same name may have come since; it need not be this application's.
  return object?.metadata.uid === node.uid ? maskSecrets(object) : undefined
}

async function plannedOf(
  call: PersonCall,
  application: Application,
  node: ResourceNode,
): Promise<PlannedResource | undefined> {
  const plan = await call.services.options.planner.plan({ application, signal: call.services.signal })
  return plan.resources.find(
    (planned) =>
      planned.group === node.group &&
      planned.kind === node.kind &&
      planned.name === node.name &&
      (planned.namespace === node.namespace || planned.namespace === ''),
  )
}

interface EventObject {
  type?: string
  reason?: string
  message?: string
  count?: number
  lastTimestamp?: string
  eventTime?: string
  series?: { count?: number; lastObservedTime?: string }
}

async function readEvents(client: KubeClient, node: ResourceNode): Promise<ResourceDetail['events']> {
  if (isMissing(node) || node.namespace === '') return []
  const { items } = await client.list(
    { apiVersion: 'v1', kind: 'Event', namespace: node.namespace },
    { fieldSelector: `involvedObject.uid=${node.uid}` },
  )
  const events = items.map((item) => eventView(item as EventObject & KubeObject))
  return events.sort((a, b) => (a.lastSeen > b.lastSeen ? -1 : 1)).slice(0, 100)
}

function eventView(event: EventObject & KubeObject): ResourceDetail['events'][number] {
  const seen = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime
  return {
    type: event.type ?? '',
    reason: event.reason ?? '',
    message: event.message ?? '',
    count: event.series?.count ?? event.count ?? 1,
    lastSeen: seen ?? event.metadata.creationTimestamp ?? '',
  }
}

function yamlOf(object: KubeObject): string {
  const { managedFields: _managedFields, ...metadata } = object.metadata
  return dump({ ...object, metadata }, { lineWidth: -1, noRefs: true })
}

function apiVersionOf({ group, version }: ResourceNode): string {
  return group === '' ? version : `${group}/${version}`
}
