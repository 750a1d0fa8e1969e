import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import type { StatusCause } from '../errors.ts'
import type { Resource } from '../kinds/resource.ts'
import { setFirstStatus } from './first-status.ts'
import { admitPod, tolerateOutages } from './pod-admission.ts'
import { sameJson } from './kind-rules.ts'
import type { ServiceNumbers } from './service-numbers.ts'

type Cause = Required<StatusCause>

/** What one kind needs beside its schema. */
export interface Strategy {
  prepareCreate?: (object: KubeObject) => void
  prepareUpdate?: (object: KubeObject, old: KubeObject) => void
  validate?: (object: KubeObject, old: KubeObject | undefined) => Cause[]
}

/** The strategies of all kinds that have one; other parts of the server add theirs. */
export class Strategies {
  #byKind = new Map<string, Strategy>()

  constructor(services: ServiceNumbers) {
    this.set('/Namespace', { prepareCreate: prepareNamespace, prepareUpdate: keepNamespace })
    this.set('/Secret', { prepareCreate: encodeStringData, prepareUpdate: encodeStringData })
    this.set('/Pod', { prepareCreate: preparePod, prepareUpdate: tolerateOutages })
    this.set('/Service', {
      prepareCreate: (object) => services.assign(object, undefined),
      prepareUpdate: (object, old) => services.assign(object, old),
    })
    this.set('batch/Job', { prepareCreate: prepareJob })
    this.set('apps/DaemonSet', { prepareUpdate: countTemplates })
  }

  set(kind: string, strategy: Strategy): void {
    this.#byKind.set(kind, strategy)
  }

  prepareCreate(object: KubeObject, resource: Resource): void {
    setFirstStatus(object, `${resource.group}/${resource.kind}`)
    this.#of(resource)?.prepareCreate?.(object)
  }

  prepareUpdate(object: KubeObject, old: KubeObject, resource: Resource): void {
    this.#of(resource)?.prepareUpdate?.(object, old)
  }

  validate(object: KubeObject, old: KubeObject | undefined, resource: Resource): Cause[] {
    return this.#of(resource)?.validate?.(object, old) ?? []
  }

  #of(resource: Resource): Strategy | undefined {
    return this.#byKind.get(`${resource.group}/${resource.kind}`)
  }
}

function prepareNamespace(object: KubeObject): void {
  const spec = (object['spec'] ?? {}) as { finalizers?: string[] }
  if (!(spec.finalizers ?? []).includes('kubernetes'))
    spec.finalizers = [...(spec.finalizers ?? []), 'kubernetes']
  object['spec'] = spec
  object['status'] = { phase: 'Active' }
  labelNamespace(object)
}

function labelNamespace(object: KubeObject): void {
  object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name }
}

function keepNamespace(object: KubeObject, old: KubeObject): void {
  const { finalizers } = (old['spec'] ?? {}) as { finalizers?: string[] }
  if (object.metadata.deletionTimestamp === undefined && finalizers !== undefined)
    object['spec'] = { ...(object['spec'] as object | undefined), finalizers: [...finalizers] }
  labelNamespace(object)
}

const templateGeneration = 'deprecated.daemonset.template.generation'

/** The number of a DaemonSet's template, kept in an annotation, moves with the template. */
function countTemplates(object: KubeObject, old: KubeObject): void {
  const template = ({ spec }: KubeObject) => (spec as { template?: unknown } | undefined)?.template
  const before = Number(old.metadata.annotations?.[templateGeneration] ?? 1)
  const now = sameJson(template(object), template(old)) ? before : before + 1
  object.metadata.annotations = { ...object.metadata.annotations, [templateGeneration]: String(now) }
}

function encodeStringData(object: KubeObject): void {
  const text = object['stringData'] as Record<string, string> | undefined
  if (text === undefined) return
  const encoded = Object.entries(text).map(([key, value]) => [
    key,
    Buffer.from(value, 'utf8').toString('base64'),
  ])
  object['data'] = { ...(object['data'] as object | undefined), ...Object.fromEntries(encoded) }
  delete object['stringData']
}

function preparePod(object: KubeObject): void {
  admitPod(object)
  object['status'] = { phase: 'Pending', qosClass: qosClass((object['spec'] ?? {}) as JsonObject) }
}

interface Container {
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> }
}

function qosClass(spec: JsonObject): string {
  const containers = (spec['containers'] ?? []) as unknown as Container[]
  const asks = containers.map(({ resources = {} }) => ({
    limits: resources.limits ?? {},
    requests: resources.requests ?? {},
  }))
  if (asks.every(({ limits, requests }) => Object.keys(limits).length + Object.keys(requests).length === 0))
    return 'BestEffort'
  const exact = asks.every(({ limits, requests }) =>
    ['cpu', 'memory'].every(
      (name) => limits[name] !== undefined && (requests[name] ?? limits[name]) === limits[name],
    ),
  )
  return exact ? 'Guaranteed' : 'Burstable'
}

/** A Job finds its pods by its uid, unless it says that it brings its own selector. */
function prepareJob(object: KubeObject): void {
  const spec = object['spec'] as JsonObject
  const template = spec['template']
  if (spec['manualSelector'] === true || typeof template !== 'object' || template === null) return
  const uid = object.metadata.uid ?? ''
  const pod = template as { metadata?: { labels?: Record<string, string> } }
  // A Job without labels has those of its pods: the very same, as long as it is new.
  const { labels } = object.metadata
  const takesLabels = labels === undefined || labels === pod.metadata?.labels
  pod.metadata = {
    ...pod.metadata,
    labels: {
      ...pod.metadata?.labels,
      'controller-uid': uid,
      'batch.kubernetes.io/controller-uid': uid,
      'job-name': object.metadata.name,
      'batch.kubernetes.io/job-name': object.metadata.name,
    },
  }
  if (takesLabels) object.metadata.labels = { ...pod.metadata.labels }
  spec['selector'] = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } }
}
