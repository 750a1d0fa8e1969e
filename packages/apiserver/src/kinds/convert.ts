import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import { apiVersionOf, type Resource } from './resource.ts'

/**
 * An object as another version of its kind. Most kinds differ in `apiVersion` only; Events and
 * HorizontalPodAutoscalers have fields with other names. May return `object` itself.
 */
export function convertTo(object: KubeObject, resource: Resource): KubeObject {
  const apiVersion = apiVersionOf(resource)
  if (object.apiVersion === apiVersion) return object
  const converted = { ...object, apiVersion, kind: resource.kind }
  if (resource.custom !== undefined) return resource.custom.fit(converted)
  const convert = conversions[`${object.apiVersion} ${apiVersion} ${resource.kind}`]
  return convert === undefined ? converted : convert(converted)
}

/** The object as it is stored. */
export function toStored(object: KubeObject, resource: Resource): KubeObject {
  if (resource.collection.id === '/events')
    return convertTo(object, { ...resource, group: '', version: 'v1' })
  return convertTo(object, { ...resource, version: resource.storageVersion })
}

const conversions: Record<string, (object: KubeObject) => KubeObject> = {
  'v1 events.k8s.io/v1 Event': eventToNew,
  'events.k8s.io/v1 v1 Event': eventToCore,
  'autoscaling/v1 autoscaling/v2 HorizontalPodAutoscaler': autoscalerToV2,
  'autoscaling/v2 autoscaling/v1 HorizontalPodAutoscaler': autoscalerToV1,
}

const eventNames: readonly (readonly [core: string, renewed: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]

function eventToNew(event: KubeObject): KubeObject {
  return renamed(event, eventNames)
}

function eventToCore(event: KubeObject): KubeObject {
  return renamed(
    event,
    eventNames.map(([core, renewed]) => [renewed, core] as const),
  )
}

function renamed(object: KubeObject, names: readonly (readonly [string, string])[]): KubeObject {
  const table = new Map(names)
  return Object.fromEntries(
    Object.entries(object).map(([field, value]) => [table.get(field) ?? field, value]),
  ) as KubeObject
}

interface CpuMetric {
  type: string
  resource?: { name: string; target: { type: string; averageUtilization?: number } }
}

function autoscalerToV2(object: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage: percent, ...spec } = (object['spec'] ?? {}) as JsonObject
  if (percent === undefined) return object
  const metric = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } },
  }
  return { ...object, spec: { ...spec, metrics: [metric] } }
}

function autoscalerToV1(object: KubeObject): KubeObject {
  const { metrics, behavior: _dropped, ...spec } = (object['spec'] ?? {}) as JsonObject
  const cpu = ((metrics ?? []) as unknown as CpuMetric[]).find((metric) => metric.resource?.name === 'cpu')
  const percent = cpu?.resource?.target.averageUtilization
  return {
    ...object,
    spec: { ...spec, ...(percent === undefined ? {} : { targetCPUUtilizationPercentage: percent }) },
  }
}
