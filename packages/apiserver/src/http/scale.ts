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
import type { Resource, ScalePaths } from '../kinds/resource.ts'
import type { Target } from '../objects/context.ts'
import type { Writer } from '../objects/writer.ts'
import { asKubeObject, type Exchange, mediaType, parseBody, readBody, readValue } from './exchange.ts'
import { writeContextOf } from './write-options.ts'

const builtIn: ScalePaths = {
  specReplicas: '.spec.replicas',
  statusReplicas: '.status.replicas',
  labelSelector: undefined,
}

/** The `Scale` view of an object. */
export function readScale(object: KubeObject, resource: Resource): KubeObject {
  const paths = resource.custom?.scale ?? builtIn
  if (resource.custom !== undefined && at(object, paths.specReplicas) === undefined)
    throw new StatusError(
      'InternalError',
      `Internal error occurred: the spec replicas field ${JSON.stringify(paths.specReplicas)} does not exist`,
      {
        causes: [{ message: `the spec replicas field ${JSON.stringify(paths.specReplicas)} does not exist` }],
      },
    )
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const selector = paths.labelSelector === undefined ? selectorOf(object) : at(object, paths.labelSelector)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'],
    spec: { replicas: Number(at(object, paths.specReplicas) ?? 0) },
    status: { replicas: Number(at(object, paths.statusReplicas) ?? 0), ...(selector ? { selector } : {}) },
  }
}

/** Replaces or patches the view; what comes back into the object is the wanted number. */
export async function writeScale(exchange: Exchange, target: Target, writer: Writer): Promise<KubeObject> {
  const { resource } = target
  const type = mediaType(exchange.request)
  const body = (
    exchange.info.verb === 'update'
      ? await readValue(exchange.request)
      : parseBody(await readBody(exchange.request), type)
  ) as JsonValue
  const paths = resource.custom?.scale ?? builtIn
  const change = (live: KubeObject): KubeObject => {
    const scale = readScale(live, resource)
    const wanted = exchange.info.verb === 'update' ? asKubeObject(body) : patched(scale, body, type)
    const replicas = (wanted['spec'] as JsonObject | undefined)?.['replicas'] ?? 0
    if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
      if (resource.custom !== undefined) throw negativeReplicas(target, paths.specReplicas, replicas)
      const message = `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`
      const cause = { reason: 'FieldValueInvalid', message, field: 'spec.replicas' }
      throw invalid({ group: 'autoscaling', kind: 'Scale' }, target.name, [cause])
    }
    const metadata = { ...live.metadata }
    if (wanted.metadata.resourceVersion) metadata.resourceVersion = wanted.metadata.resourceVersion
    return withValue({ ...live, metadata }, paths.specReplicas, replicas)
  }
  return (await writer.mutate(target, change, writeContextOf(exchange))).object
}

function negativeReplicas({ resource, name }: Target, field: string, replicas: JsonValue): StatusError {
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
