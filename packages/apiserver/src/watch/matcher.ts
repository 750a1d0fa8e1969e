import {
  type FieldSelector,
  type LabelSelector,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
} from '@driftless/apimachinery'
import { badRequest } from '../errors.ts'
import { convertTo } from '../kinds/convert.ts'
import type { Resource } from '../kinds/resource.ts'
import type { Entry } from '../storage/entry.ts'

/** Which objects of a collection a list or watch is about. */
export interface Matcher {
  namespace: string
  labels: LabelSelector
  fields: FieldSelector
  /** The one object that `metadata.name=…` asks for. */
  name: string | undefined
  resource: Resource
}

const builtInFields: Record<string, readonly string[]> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  '/events': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'regarding.kind',
    'regarding.namespace',
    'regarding.name',
    'regarding.uid',
    'reason',
    'reportingComponent',
    'reportingController',
    'source',
    'type',
  ],
  '/secrets': ['type'],
  '/namespaces': ['status.phase'],
  '/nodes': ['spec.unschedulable'],
  '/services': ['spec.clusterIP', 'spec.type'],
  '/replicationcontrollers': ['status.replicas'],
  'apps/replicasets': ['status.replicas'],
  'batch/jobs': ['status.successful'],
  'certificates.k8s.io/certificatesigningrequests': ['spec.signerName'],
}

/** Reads `labelSelector` and `fieldSelector`; what cannot be read or is not offered for the kind is a 400. */
export function matcherOf(resource: Resource, namespace: string, query: URLSearchParams): Matcher {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '')
  if ('error' in labels) throw badRequest(labels.error)
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '')
  if ('error' in fields) throw badRequest(fields.error)
  const offered = resource.custom?.selectableFields ?? builtInFields[resource.collection.id] ?? []
  for (const { field } of fields.selector) {
    if (field !== 'metadata.name' && field !== 'metadata.namespace' && !offered.includes(field)) {
      throw badRequest(unknownField(field, resource))
    }
  }
  const name = fields.selector.find(
    ({ field, operator }) => field === 'metadata.name' && operator === '=',
  )?.value
  return { namespace, labels: labels.selector, fields: fields.selector, name, resource }
}

function unknownField(field: string, resource: Resource): string {
  if (resource.group === 'batch' && resource.kind === 'Job')
    return `field label "${field}" not supported for Job`
  const isOwn = resource.group !== 'apps' && builtInFields[resource.collection.id] !== undefined
  if (isOwn || resource.custom !== undefined) return `field label not supported: ${field}`
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
}

export function matches(matcher: Matcher, entry: Entry): boolean {
  if (matcher.namespace !== '' && entry.namespace !== matcher.namespace) return false
  if (matcher.name !== undefined && entry.name !== matcher.name) return false
  if (matcher.labels.length > 0 && !matchesLabels(matcher.labels, entry.labels)) return false
  return (
    matcher.fields.length === 0 || matchesFields(matcher.fields, convertTo(entry.object, matcher.resource))
  )
}
