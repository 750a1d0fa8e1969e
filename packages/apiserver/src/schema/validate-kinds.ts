import { bindingCauses, roleCauses } from './validate-access.ts'
import {
  type JsonObject,
  type JsonValue,
  jsonEqual,
  labelSelectorOf,
  matchesLabels,
} from '@driftless/apimachinery'
import { type Cause, forbidden, invalid, required } from './causes.ts'
import { asObject, objectsAt } from './default-field.ts'
import { ingressCauses } from './validate-ingress.ts'
import { labelCauses } from './validate-metadata.ts'
import { podSpecCauses } from './validate-pod.ts'
import { autoscalerCauses, budgetCauses, leaseCauses } from './validate-scaling.ts'
import { serviceCauses } from './validate-service.ts'

export type KindValidator = (object: JsonObject, old: JsonObject | undefined) => Cause[]

/** By group and kind: the checks of Kubernetes that people meet and that no schema says. */
export const kindValidators: Record<string, KindValidator> = {
  'apps/Deployment': deploymentCauses,
  'apps/ReplicaSet': workloadCauses,
  'apps/DaemonSet': workloadCauses,
  'apps/StatefulSet': statefulSetCauses,
  'batch/Job': jobCauses,
  'batch/CronJob': cronJobCauses,
  '/Pod': podCauses,
  '/Service': serviceCauses,
  '/ConfigMap': configMapCauses,
  '/Secret': secretCauses,
  '/PersistentVolumeClaim': claimCauses,
  'autoscaling/HorizontalPodAutoscaler': autoscalerCauses,
  'coordination.k8s.io/Lease': leaseCauses,
  'networking.k8s.io/Ingress': ingressCauses,
  'policy/PodDisruptionBudget': budgetCauses,
  'rbac.authorization.k8s.io/Role': roleCauses,
  'rbac.authorization.k8s.io/ClusterRole': roleCauses,
  'rbac.authorization.k8s.io/RoleBinding': bindingCauses,
  'rbac.authorization.k8s.io/ClusterRoleBinding': bindingCauses,
}

function workloadCauses(object: JsonObject, old: JsonObject | undefined): Cause[] {
  const spec = asObject(object['spec']) ?? {}
  const causes = [...selectorCauses(spec), ...templateCauses(spec, 'spec.template')]
  const { replicas } = spec
  if (typeof replicas === 'number' && replicas < 0)
    causes.push(invalid('spec.replicas', replicas, 'must be greater than or equal to 0'))
  causes.push(...strategyCauses(spec), ...countCauses(asObject(object['status']) ?? {}))
  const was = asObject(old?.['spec'])?.['selector']
  if (was !== undefined && !jsonEqual(was, spec['selector']))
    causes.push(invalid('spec.selector', spec['selector'], 'field is immutable'))
  return causes
}

function strategyCauses(spec: JsonObject): Cause[] {
  const { strategy } = spec
  const { type, rollingUpdate } = asObject(strategy) ?? {}
  if (type !== 'Recreate' || rollingUpdate === undefined) return []
  const detail = "may not be specified when strategy `type` is 'Recreate'"
  return [forbidden('spec.strategy.rollingUpdate', detail)]
}

/** No more pods are ready than there are, and no more available than are ready. */
function countCauses(status: JsonObject): Cause[] {
  const count = (field: string): number => Number(status[field] ?? 0)
  const causes: Cause[] = []
  for (const field of ['updatedReplicas', 'readyReplicas', 'availableReplicas', 'fullyLabeledReplicas']) {
    if (count(field) > count('replicas'))
      causes.push(invalid(`status.${field}`, status[field], 'cannot be greater than status.replicas'))
  }
  if (count('availableReplicas') > count('readyReplicas'))
    causes.push(
      invalid(
        'status.availableReplicas',
        status['availableReplicas'],
        'cannot be greater than readyReplicas',
      ),
    )
  return causes
}

function deploymentCauses(object: JsonObject, old: JsonObject | undefined): Cause[] {
  const spec = asObject(object['spec']) ?? {}
  const causes = workloadCauses(object, old)
  for (const name of ['minReadySeconds', 'revisionHistoryLimit']) {
    const value = spec[name]
    if (typeof value === 'number' && value < 0)
      causes.push(invalid(`spec.${name}`, value, 'must be greater than or equal to 0'))
  }
  return causes
}

function selectorCauses(spec: JsonObject): Cause[] {
  const selector = asObject(spec['selector'])
  if (selector === undefined) return [unmatched(labelsOf(spec['template']))]
  const isEmpty =
    Object.keys(asObject(selector['matchLabels']) ?? {}).length +
      objectsAt(selector, 'matchExpressions').length ===
    0
  if (isEmpty) return [invalid('spec.selector', selector, 'empty selector is invalid for deployment')]
  const parsed = labelSelectorOf(selector)
  if ('error' in parsed) return [invalid('spec.selector', selector, parsed.error)]
  const labels = labelsOf(spec['template'])
  return matchesLabels(parsed.selector, labels) ? [] : [unmatched(labels)]
}

function unmatched(labels: Record<string, string> | undefined): Cause {
  return invalid(
    'spec.template.metadata.labels',
    labels ?? null,
    '`selector` does not match template `labels`',
  )
}

function labelsOf(template: JsonValue | undefined): Record<string, string> | undefined {
  return asObject(asObject(asObject(template)?.['metadata'])?.['labels']) as
    | Record<string, string>
    | undefined
}

function templateCauses(spec: JsonObject, path: string): Cause[] {
  const podSpec = asObject(asObject(spec['template'])?.['spec'])
  const causes = [
    ...labelCauses(labelsOf(spec['template']), `${path}.metadata.labels`),
    ...podSpecCauses(podSpec, `${path}.spec`),
  ]
  const policy = podSpec?.['restartPolicy']
  if (policy !== undefined && policy !== 'Always') {
    const message = `Unsupported value: ${JSON.stringify(policy)}: supported values: "Always"`
    causes.push({ reason: 'FieldValueNotSupported', message, field: `${path}.spec.restartPolicy` })
  }
  return causes
}

const mutableStatefulFields = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
])

function statefulSetCauses(object: JsonObject, old: JsonObject | undefined): Cause[] {
  const claims = objectsAt(asObject(object['spec']) ?? {}, 'volumeClaimTemplates').length > 0
  const causes = workloadCauses(object, undefined).filter(
    // What is not among the volumes may come from a claim.
    ({ message, field }) =>
      !claims || !field.includes('.volumeMounts[') || !/^Not found: "[^"]/.test(message),
  )
  const update = asObject(asObject(object['spec'])?.['updateStrategy']) ?? {}
  if (update['type'] === 'OnDelete' && update['rollingUpdate'] !== undefined) {
    const detail = "only allowed for updateStrategy 'RollingUpdate'"
    causes.push(invalid('spec.updateStrategy.rollingUpdate', update['rollingUpdate'], detail))
  }
  const [is, was] = [asObject(object['spec']) ?? {}, asObject(old?.['spec'])]
  if (was === undefined) return causes
  const changed = [...Object.keys(is), ...Object.keys(was)].some(
    (name) => !mutableStatefulFields.has(name) && !jsonEqual(is[name], was[name]),
  )
  if (changed) {
    causes.push(
      forbidden(
        'spec',
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ),
    )
  }
  return causes
}

function jobCauses(object: JsonObject, old: JsonObject | undefined): Cause[] {
  const spec = asObject(object['spec']) ?? {}
  const causes = jobTemplateCauses(spec, 'spec.template')
  if (spec['completionMode'] === 'Indexed' && spec['completions'] === undefined)
    causes.push(required('spec.completions', 'when completion mode is Indexed'))
  const was = asObject(old?.['spec'])
  if (was === undefined) return causes
  const status = asObject(old?.['status']) ?? {}
  const isMovable = was['suspend'] === true && !status['active'] && status['startTime'] === undefined
  const fixed = isMovable ? fixedOfMovable : fieldOf
  for (const field of [
    'template',
    'selector',
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
  ]) {
    if (was[field] !== undefined && !jsonEqual(fixed(was, field), fixed(spec, field))) {
      causes.push(invalid(`spec.${field}`, spec[field], 'field is immutable'))
    }
  }
  return [...causes, ...completionCauses(spec, was)]
}

/** Only an indexed Job is made longer or shorter, and then as wide as long. */
function completionCauses(spec: JsonObject, was: JsonObject): Cause[] {
  const { completions, completionMode, parallelism } = spec
  if (jsonEqual(was['completions'], completions)) return []
  if (completionMode !== 'Indexed' || completions === undefined)
    return [invalid('spec.completions', completions, 'field is immutable')]
  if (completions === parallelism) return []
  return [invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')]
}

const mutableWhileSuspended = ['nodeSelector', 'tolerations', 'affinity', 'schedulingGates']

function fieldOf(spec: JsonObject, field: string): JsonValue | undefined {
  return spec[field]
}

/** A field as far as it is immutable: of a suspended Job it may still be said where its pods go. */
function fixedOfMovable(spec: JsonObject, field: string): JsonValue | undefined {
  if (field !== 'template') return spec[field]
  const { metadata: _labels, spec: podSpec, ...template } = asObject(spec['template']) ?? {}
  const fixed = Object.entries(asObject(podSpec) ?? {}).filter(
    ([name]) => !mutableWhileSuspended.includes(name),
  )
  return { ...template, spec: Object.fromEntries(fixed) }
}

function jobTemplateCauses(spec: JsonObject, path: string): Cause[] {
  const podSpec = asObject(asObject(spec['template'])?.['spec'])
  const causes = podSpecCauses(podSpec, `${path}.spec`)
  const policy = podSpec?.['restartPolicy']
  if (policy === undefined || policy === 'Always') {
    causes.push({
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${JSON.stringify(policy ?? 'Always')}: supported values: "OnFailure", "Never"`,
      field: `${path}.spec.restartPolicy`,
    })
  }
  return causes
}

function cronJobCauses(object: JsonObject): Cause[] {
  const spec = asObject(object['spec']) ?? {}
  const job = asObject(asObject(spec['jobTemplate'])?.['spec']) ?? {}
  const causes = jobTemplateCauses(job, 'spec.jobTemplate.spec.template')
  const { schedule } = spec
  if (typeof schedule !== 'string' || schedule === '') causes.push(required('spec.schedule'))
  else if (!schedule.startsWith('@') && schedule.trim().split(/\s+/).length !== 5) {
    causes.push(
      invalid(
        'spec.schedule',
        schedule,
        `expected exactly 5 fields, found ${schedule.trim().split(/\s+/).length}: [${schedule}]`,
      ),
    )
  }
  return causes
}

const mutablePodFields = new Set([
  'ephemeralContainers',
  'activeDeadlineSeconds',
  'nodeName',
  'schedulingGates',
])

function podCauses(object: JsonObject, old: JsonObject | undefined): Cause[] {
  const causes = podSpecCauses(object['spec'], 'spec')
  const [is, was] = [asObject(object['spec']) ?? {}, asObject(old?.['spec'])]
  if (was === undefined) return causes
  causes.push(...deadlineCauses(is['activeDeadlineSeconds'], was['activeDeadlineSeconds']))
  // The simulated scheduler writes the node of a pod that has none.
  const moved = was['nodeName'] !== undefined && was['nodeName'] !== is['nodeName']
  if (changesPod(is, was) || moved) {
    causes.push(
      forbidden(
        'spec',
        'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
      ),
    )
  }
  return causes
}

/** A deadline only comes nearer. */
function deadlineCauses(is: JsonValue | undefined, was: JsonValue | undefined): Cause[] {
  const field = 'spec.activeDeadlineSeconds'
  if (typeof was !== 'number') return []
  if (typeof is !== 'number')
    return [invalid(field, null, 'must not update from a positive integer to nil value')]
  return is > was ? [invalid(field, is, 'must be less than or equal to previous value')] : []
}

/** Of a pod that is there only images change, and a few fields of its spec. */
function changesPod(is: JsonObject, was: JsonObject): boolean {
  const names = new Set([...Object.keys(is), ...Object.keys(was)])
  return [...names].some((name) => {
    if (mutablePodFields.has(name)) return false
    if (name === 'containers' || name === 'initContainers')
      return !jsonEqual(withoutImages(is, name), withoutImages(was, name))
    if (name === 'tolerations') {
      const kept = objectsAt(is, name)
      return !objectsAt(was, name).every((old) => kept.some((toleration) => jsonEqual(old, toleration)))
    }
    return !jsonEqual(is[name], was[name])
  })
}

function withoutImages(spec: JsonObject, field: string): JsonValue {
  return objectsAt(spec, field).map(({ image: _image, ...container }) => container)
}

const maxDataBytes = 1024 * 1024

function configMapCauses(object: JsonObject, old: JsonObject | undefined): Cause[] {
  return [
    ...dataCauses(object, ['data', 'binaryData']),
    ...sharedKeys(object),
    ...immutableCauses(object, old, ['data', 'binaryData']),
  ]
}

function secretCauses(object: JsonObject, old: JsonObject | undefined): Cause[] {
  const isOther = old !== undefined && old['type'] !== undefined && old['type'] !== object['type']
  const typeCauses = isOther ? [invalid('type', object['type'], 'field is immutable')] : []
  return [...dataCauses(object, ['data']), ...typeCauses, ...immutableCauses(object, old, ['data'])]
}

function sharedKeys(object: JsonObject): Cause[] {
  const binary = asObject(object['binaryData']) ?? {}
  return Object.keys(asObject(object['data']) ?? {}).flatMap((key) =>
    key in binary ? [invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')] : [],
  )
}

function dataCauses(object: JsonObject, fields: readonly string[]): Cause[] {
  const causes: Cause[] = []
  let bytes = 0
  for (const field of fields) {
    for (const [key, value] of Object.entries(asObject(object[field]) ?? {})) {
      bytes += typeof value === 'string' ? Buffer.byteLength(value) : 0
      if (key === '.' || key === '..') causes.push(invalid(`${field}[${key}]`, key, `must not be '${key}'`))
      if (!/^[-._a-zA-Z0-9]{1,253}$/.test(key)) {
        causes.push(
          invalid(
            `${field}[${key}]`,
            key,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
          ),
        )
      }
    }
  }
  if (bytes > maxDataBytes) {
    causes.push({
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${maxDataBytes} bytes`,
      field: '[]',
    })
  }
  return causes
}

function immutableCauses(
  object: JsonObject,
  old: JsonObject | undefined,
  fields: readonly string[],
): Cause[] {
  if (old?.['immutable'] !== true) return []
  const detail = 'field is immutable when `immutable` is set'
  const causes = object['immutable'] === true ? [] : [forbidden('immutable', detail)]
  for (const field of fields) if (!jsonEqual(object[field], old[field])) causes.push(forbidden(field, detail))
  return causes
}

function claimCauses(object: JsonObject, old: JsonObject | undefined): Cause[] {
  const spec = asObject(object['spec']) ?? {}
  const causes: Cause[] = old === undefined ? [] : claimChangeCauses(object, old)
  if (!Array.isArray(spec['accessModes']))
    causes.push(required('spec.accessModes', 'at least 1 access mode is required'))
  const storage = asObject(asObject(spec['resources'])?.['requests'])?.['storage']
  if (storage === undefined) causes.push(required('spec.resources[storage]'))
  return causes
}

/** A claim that is bound may ask for more; nothing else of a claim ever changes. */
function claimChangeCauses(object: JsonObject, old: JsonObject): Cause[] {
  const isBound = asObject(object['status'])?.['phase'] === 'Bound'
  const [is, was] = [fixedOfClaim(object, isBound), fixedOfClaim(old, isBound)]
  for (const late of ['volumeName', 'storageClassName']) if (was[late] === undefined) delete is[late]
  const causes: Cause[] = []
  if (!jsonEqual(is, was)) {
    const detail =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
    causes.push(forbidden('spec', detail))
  }
  if (is['volumeMode'] !== was['volumeMode'])
    causes.push(invalid('volumeMode', is['volumeMode'], 'field is immutable'))
  return causes
}

function fixedOfClaim(claim: JsonObject, isBound: boolean): JsonObject {
  const { resources, ...spec } = asObject(claim['spec']) ?? {}
  if (isBound) delete spec['volumeAttributesClassName']
  return isBound ? spec : { ...spec, ...(resources === undefined ? {} : { resources }) }
}
