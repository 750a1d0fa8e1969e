import {
  applyJsonPatch,
  applyMergePatch,
  formatLabelSelector,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  labelSelectorOf,
} from '@driftless/apimachinery'
import { badRequest, invalid, StatusError } from '../errors.ts'
import { apiVersionOf, type Resource, type ScalePaths } from '../kinds/resource.ts'
import type { Target } from '../objects/context.ts'
import type { Writer } from '../objects/writer.ts'
import { asKubeObject, type Exchange, mediaType, parseBody, readBody, readValue } from './exchange.ts'
import { isTrue, writeContextOf } from './write-options.ts'

const builtIn: ScalePaths = {
  specReplicas: '.spec.replicas',
  statusReplicas: '.status.replicas',
  labelSelector: undefined,
}

/** The `Scale` view of an object; one without the number has none. */
export function readScale(object: KubeObject, resource: Resource): KubeObject {
  const missing = resource.custom !== undefined && !hasReplicas(object, resource)
  if (!missing) return scaleOf(object, resource)
  const { specReplicas } = pathsOf(resource)
  const message = `the spec replicas field ${JSON.stringify(specReplicas)} does not exist`
  throw new StatusError('InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}

function pathsOf({ custom }: Resource): ScalePaths {
  return custom?.scale ?? builtIn
}

function hasReplicas(object: KubeObject, resource: Resource): boolean {
  return at(object, pathsOf(resource).specReplicas) !== undefined
}

function scaleOf(object: KubeObject, resource: Resource): KubeObject {
  const paths = pathsOf(resource)
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const replicas = Number(at(object, paths.specReplicas) ?? 0)
  const selector = paths.labelSelector === undefined ? selectorOf(object) : at(object, paths.labelSelector)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'],
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: Number(at(object, paths.statusReplicas) ?? 0), ...(selector ? { selector } : {}) },
  }
}

/** Replaces, patches or applies the view; what comes back into the object is the wanted number. */
export async function writeScale(exchange: Exchange, target: Target, writer: Writer): Promise<KubeObject> {
  const type = mediaType(exchange.request)
  const isUpdate = exchange.info.verb === 'update'
  const body = (
    isUpdate ? await readValue(exchange.request) : parseBody(await readBody(exchange.request), type)
  ) as JsonValue
  const context = writeContextOf(exchange)
  if (!isUpdate && type === 'application/apply-patch+yaml') {
    const force = isTrue(exchange.info.query.get('force'))
    return (await writer.apply(target, appliedParent(body, target), { ...context, force })).object
  }
  const wantedOf = (live: KubeObject): KubeObject =>
    isUpdate ? asKubeObject(body) : patched(writableScale(live, target.resource), body, type)
  const change = (live: KubeObject): KubeObject => scaled(live, wantedOf(live), target)
  return (await writer.mutate(target, change, context)).object
}

/** The smallest int32 stands for a number that the object does not have, as in the real server. */
const noReplicas = -2_147_483_648

function writableScale(live: KubeObject, resource: Resource): KubeObject {
  const scale = scaleOf(live, resource)
  if (resource.custom === undefined || hasReplicas(live, resource)) return scale
  return { ...scale, spec: { replicas: noReplicas } }
}

function scaled(live: KubeObject, wanted: KubeObject, { resource, name }: Target): KubeObject {
  const { specReplicas } = pathsOf(resource)
  const replicas = (wanted['spec'] as JsonObject | undefined)?.['replicas'] ?? 0
  if (replicas === noReplicas) throw badRequest(`the spec replicas field "${specReplicas}" cannot be empty`)
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
    if (resource.custom !== undefined) throw negativeReplicas({ resource, name }, specReplicas, replicas)
    const message = `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`
    const cause = { reason: 'FieldValueInvalid', message, field: 'spec.replicas' }
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [cause])
  }
  const metadata = { ...live.metadata }
  if (wanted.metadata.resourceVersion) metadata.resourceVersion = wanted.metadata.resourceVersion
  return withValue({ ...live, metadata }, specReplicas, replicas)
}

/** What an applied `Scale` says of its object: the number, when it has one. */
function appliedParent(body: JsonValue, { resource, name }: Target): KubeObject {
  const given = asKubeObject(body)
  if (given.apiVersion !== 'autoscaling/v1' || given.kind !== 'Scale')
    throw badRequest(`an apply to the scale of an object takes a Scale of autoscaling/v1, not ${given.kind}`)
  const { uid, resourceVersion } = given.metadata
  const identity = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) }
  const parent: KubeObject = {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { name, ...identity },
  }
  const replicas = (given['spec'] as JsonObject | undefined)?.['replicas']
  if (replicas === undefined) return parent
  return withValue(parent, pathsOf(resource).specReplicas, replicas)
}

function negativeReplicas(
  { resource, name }: Pick<Target, 'resource' | 'name'>,
  field: string,
  replicas: JsonValue,
): StatusError {
  const message = `Invalid value: ${JSON.stringify(replicas)}: should be a non-negative integer`
  return invalid(resource, name, [{ reason: 'FieldValueInvalid', message, field }])
}

function patched(scale: KubeObject, patch: JsonValue, type: string): KubeObject {
  if (type === 'application/json-patch+json') {
    const result = applyJsonPatch(scale as unknown as JsonValue, patch)
    if ('error' in result) throw badRequest(result.error.message)
    return asKubeObject(result.value)
  }
  return asKubeObject(applyMergePatch(scale as unknown as JsonValue, patch))
}

function selectorOf(object: KubeObject): string {
  const selector = (object['spec'] as JsonObject | undefined)?.['selector'] as JsonObject | undefined
  if (selector === undefined) return ''
  const isObject = 'matchLabels' in selector || 'matchExpressions' in selector
  const read = labelSelectorOf(isObject ? selector : ({ matchLabels: selector } as object))
  return 'selector' in read ? formatLabelSelector(read.selector) : ''
}

function stepsOf(path: string): string[] {
  return path.split('.').filter((step) => step !== '')
}

function at(object: KubeObject, path: string): unknown {
  let value: unknown = object
  for (const step of stepsOf(path)) value = (value as JsonObject | undefined)?.[step]
  return value
}

function withValue(object: KubeObject, path: string, value: JsonValue): KubeObject {
  const steps = stepsOf(path)
  let patch: JsonValue = value
  for (const step of steps.toReversed()) patch = { [step]: patch }
  return applyMergePatch(object as unknown as JsonValue, patch) as unknown as KubeObject
}
