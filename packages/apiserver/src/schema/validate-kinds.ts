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
import { labelCauses } from './validate-metadata.ts'
import { podSpecCauses } from './validate-pod.ts'
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
  const was = asObject(old?.['spec'])?.['selector']
  if (was !== undefined && !jsonEqual(was, spec['selector']))
    causes.push(invalid('spec.selector', spec['selector'], 'field is immutable'))
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
  const strategy = asObject(spec['strategy']) ?? {}
  if (strategy['type'] === 'Recreate' && strategy['rollingUpdate'] !== undefined)
    causes.push(
      forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'"),
    )
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
  const causes = workloadCauses(object, undefined)
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
  const was = asObject(old?.['spec'])
  if (was === undefined) return causes
  const suspended = was['suspend'] === true
  for (const field of [
    'template',
    'selector',
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
  ]) {
    if (field === 'template' && suspended) continue
    if (was[field] !== undefined && !jsonEqual(was[field], spec[field])) {
      causes.push(invalid(`spec.${field}`, spec[field], 'field is immutable'))
    }
  }
  const isIndexed = spec['completionMode'] === 'Indexed'
  if (!isIndexed && was['completions'] !== undefined && !jsonEqual(was['completions'], spec['completions'])) {
    causes.push(invalid('spec.completions', spec['completions'], 'field is immutable'))
  }
  return causes
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
  'containers',
  'initContainers',
  'ephemeralContainers',
  'activeDeadlineSeconds',
  'tolerations',
  'terminationGracePeriodSeconds',
  'nodeName',
  'schedulingGates',
])

function podCauses(object: JsonObject, old: JsonObject | undefined): Cause[] {
  const causes = podSpecCauses(object['spec'], 'spec')
  const [is, was] = [asObject(object['spec']) ?? {}, asObject(old?.['spec'])]
  if (was === undefined) return causes
  const changed = [...new Set([...Object.keys(is), ...Object.keys(was)])].some(
    (name) => !mutablePodFields.has(name) && !jsonEqual(is[name], was[name]),
  )
  // The simulated scheduler writes the node of a pod that has none.
  const moved = was['nodeName'] !== undefined && was['nodeName'] !== is['nodeName']
  if (changed || moved) {
    causes.push(
      forbidden(
        'spec',
        'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
      ),
    )
  }
  return causes
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
  const causes = [...dataCauses(object, ['data']), ...immutableCauses(object, old, ['data'])]
  if (old !== undefined && old['type'] !== undefined && old['type'] !== object['type']) {
    causes.push(invalid('type', object['type'], 'field is immutable'))
  }
  return causes
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
  if (old !== undefined) return []
  const causes: Cause[] = []
  if (!Array.isArray(spec['accessModes']))
    causes.push(required('spec.accessModes', 'at least 1 access mode is required'))
  const storage = asObject(asObject(spec['resources'])?.['requests'])?.['storage']
  if (storage === undefined) causes.push(required('spec.resources[storage]'))
  return causes
}
