import type { JsonObject, JsonValue } from '@driftless/apimachinery'
import { asObject, fill, objectAt, objectsAt } from './default-field.ts'
import { defaultPodRequests, defaultPodSpec } from './default-pod.ts'

export function podSpecOf(template: JsonValue | undefined): JsonValue | undefined {
  return asObject(template)?.['spec']
}

export function defaultDeployment(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 })
  const strategy = objectAt(spec, 'strategy')
  fill(strategy, { type: 'RollingUpdate' })
  if (strategy['type'] === 'RollingUpdate') {
    fill(objectAt(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' })
  }
  defaultPodSpec(podSpecOf(spec['template']))
}

export function defaultStatefulSet(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' })
  const strategy = objectAt(spec, 'updateStrategy')
  fill(strategy, { type: 'RollingUpdate' })
  if (strategy['type'] === 'RollingUpdate')
    fill(objectAt(strategy, 'rollingUpdate'), { partition: 0, maxUnavailable: 1 })
  fill(objectAt(spec, 'persistentVolumeClaimRetentionPolicy'), {
    whenDeleted: 'Retain',
    whenScaled: 'Retain',
  })
  defaultPodSpec(podSpecOf(spec['template']))
  for (const claim of objectsAt(spec, 'volumeClaimTemplates')) {
    fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' })
    defaultPersistentVolumeClaim(claim)
  }
}

export function defaultDaemonSet(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  fill(objectAt(objectAt(object, 'metadata'), 'annotations'), {
    'deprecated.daemonset.template.generation': '1',
  })
  fill(spec, { revisionHistoryLimit: 10 })
  const strategy = objectAt(spec, 'updateStrategy')
  fill(strategy, { type: 'RollingUpdate' })
  if (strategy['type'] === 'RollingUpdate')
    fill(objectAt(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 })
  defaultPodSpec(podSpecOf(spec['template']))
}

export function defaultReplicaSet(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  fill(spec, { replicas: 1 })
  defaultPodSpec(podSpecOf(spec['template']))
}

export function defaultReplicationController(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  const labels = asObject(asObject(asObject(spec['template'])?.['metadata'])?.['labels'])
  fill(spec, { replicas: 1, ...(labels === undefined ? {} : { selector: { ...labels } }) })
  const metadata = objectAt(object, 'metadata')
  if (labels !== undefined && metadata['labels'] === undefined) metadata['labels'] = { ...labels }
  defaultPodSpec(podSpecOf(spec['template']))
}

export function defaultJob(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  defaultJobSpec(spec)
  const metadata = objectAt(object, 'metadata')
  const labels = asObject(asObject(asObject(spec['template'])?.['metadata'])?.['labels'])
  if (labels !== undefined && Object.keys(asObject(metadata['labels']) ?? {}).length === 0)
    metadata['labels'] = labels
}

export function defaultCronJob(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  fill(spec, {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  })
  const job = objectAt(objectAt(spec, 'jobTemplate'), 'spec')
  defaultPodSpec(podSpecOf(job['template']))
}

/** Without completions and parallelism one pod is to succeed; parallelism alone makes a work queue. */
function defaultJobSpec(spec: JsonObject): void {
  if (spec['completions'] === undefined && spec['parallelism'] === undefined) fill(spec, { completions: 1 })
  fill(spec, {
    parallelism: 1,
    backoffLimit: spec['backoffLimitPerIndex'] === undefined ? 6 : 2_147_483_647,
    completionMode: 'NonIndexed',
    manualSelector: false,
    suspend: false,
    podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
  })
  defaultPodSpec(podSpecOf(spec['template']))
}

export function defaultHorizontalPodAutoscaler(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  fill(spec, { minReplicas: 1 })
  const isV1 = object['apiVersion'] === 'autoscaling/v1'
  if (isV1) {
    fill(spec, { targetCPUUtilizationPercentage: 80 })
    return
  }
  const cpu = {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
  }
  fill(spec, { metrics: [cpu] })
  const behavior = asObject(spec['behavior'])
  if (behavior === undefined) return
  defaultScaling(objectAt(behavior, 'scaleUp'), [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ])
  fill(objectAt(behavior, 'scaleUp'), { stabilizationWindowSeconds: 0 })
  defaultScaling(objectAt(behavior, 'scaleDown'), [{ type: 'Percent', value: 100, periodSeconds: 15 }])
}

function defaultScaling(rules: JsonObject, policies: JsonObject[]): void {
  fill(rules, { selectPolicy: 'Max', policies })
}

export function defaultService(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' })
  if (spec['sessionAffinity'] === 'None') delete spec['sessionAffinityConfig']
  if (spec['sessionAffinity'] === 'ClientIP') {
    fill(objectAt(objectAt(spec, 'sessionAffinityConfig'), 'clientIP'), { timeoutSeconds: 10_800 })
  }
  for (const port of objectsAt(spec, 'ports')) {
    fill(port, { protocol: 'TCP' })
    if (port['targetPort'] === undefined || port['targetPort'] === 0 || port['targetPort'] === '') {
      if (port['port'] !== undefined) port['targetPort'] = port['port']
    }
  }
  if (spec['type'] === 'ExternalName') return
  fill(spec, { internalTrafficPolicy: 'Cluster' })
  if (!isReachedFromOutside(spec)) return
  fill(spec, { externalTrafficPolicy: 'Cluster' })
  if (spec['type'] !== 'LoadBalancer') return
  fill(spec, { allocateLoadBalancerNodePorts: true })
  for (const ingress of objectsAt(asObject(asObject(object['status'])?.['loadBalancer']) ?? {}, 'ingress'))
    if (ingress['ip']) fill(ingress, { ipMode: 'VIP' })
}

export function isReachedFromOutside(spec: JsonObject): boolean {
  if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer') return true
  return spec['type'] === 'ClusterIP' && Array.isArray(spec['externalIPs']) && spec['externalIPs'].length > 0
}

/** `stringData` is written only: it goes into `data` as base64 and is never kept. */
export function defaultSecret(object: JsonObject): void {
  fill(object, { type: 'Opaque' })
  const text = asObject(object['stringData'])
  if (text === undefined) return
  const data = objectAt(object, 'data')
  for (const [name, value] of Object.entries(text))
    data[name] = Buffer.from(typeof value === 'string' ? value : '').toString('base64')
  delete object['stringData']
}

export function defaultNamespace(object: JsonObject): void {
  const metadata = objectAt(object, 'metadata')
  if (metadata['name'] !== undefined)
    objectAt(metadata, 'labels')['kubernetes.io/metadata.name'] = metadata['name']
  fill(objectAt(object, 'status'), { phase: 'Active' })
}

export function defaultPersistentVolumeClaim(object: JsonObject): void {
  fill(objectAt(object, 'spec'), { volumeMode: 'Filesystem' })
  fill(objectAt(object, 'status'), { phase: 'Pending' })
}

export function defaultPersistentVolume(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  fill(spec, { volumeMode: 'Filesystem', persistentVolumeReclaimPolicy: 'Retain' })
  const hostPath = asObject(spec['hostPath'])
  if (hostPath !== undefined) fill(hostPath, { type: '' })
  fill(objectAt(object, 'status'), { phase: 'Pending' })
}

export function defaultLimitRange(object: JsonObject): void {
  for (const limit of objectsAt(objectAt(object, 'spec'), 'limits')) {
    if (limit['type'] !== 'Container') continue
    const max = asObject(limit['max'])
    if (max !== undefined) fill(objectAt(limit, 'default'), max)
    const byDefault = asObject(limit['default'])
    if (byDefault !== undefined) fill(objectAt(limit, 'defaultRequest'), byDefault)
  }
}

const rbacGroup = 'rbac.authorization.k8s.io'

export function defaultBinding(object: JsonObject): void {
  const roleRef = asObject(object['roleRef'])
  if (roleRef !== undefined && (roleRef['apiGroup'] ?? '') === '') roleRef['apiGroup'] = rbacGroup
  for (const subject of objectsAt(object, 'subjects')) {
    if (subject['kind'] === 'User' || subject['kind'] === 'Group') fill(subject, { apiGroup: rbacGroup })
  }
}

export function defaultNetworkPolicy(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  fill(spec, { podSelector: {} })
  const hasEgress = objectsAt(spec, 'egress').length > 0
  fill(spec, { policyTypes: hasEgress ? ['Ingress', 'Egress'] : ['Ingress'] })
  for (const rule of [...objectsAt(spec, 'ingress'), ...objectsAt(spec, 'egress')]) {
    for (const port of objectsAt(rule, 'ports')) fill(port, { protocol: 'TCP' })
  }
}

export function defaultStorageClass(object: JsonObject): void {
  fill(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' })
}

export function defaultPriorityClass(object: JsonObject): void {
  fill(object, { preemptionPolicy: 'PreemptLowerPriority' })
}

export function defaultEndpointSlice(object: JsonObject): void {
  for (const port of objectsAt(object, 'ports')) fill(port, { name: '', protocol: 'TCP' })
}

export function defaultPod(object: JsonObject): void {
  defaultPodSpec(object['spec'])
  const spec = asObject(object['spec'])
  if (spec === undefined) return
  fill(spec, { enableServiceLinks: true })
  defaultPodRequests(spec)
}

export function defaultWebhooks(object: JsonObject): void {
  const mutating = object['kind'] === 'MutatingWebhookConfiguration'
  for (const webhook of objectsAt(object, 'webhooks')) {
    fill(webhook, {
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
    })
    if (mutating) fill(webhook, { reinvocationPolicy: 'Never' })
    for (const rule of objectsAt(webhook, 'rules')) fill(rule, { scope: '*' })
    const service = asObject(asObject(webhook['clientConfig'])?.['service'])
    if (service !== undefined) fill(service, { port: 443 })
  }
}

export function defaultCustomResourceDefinition(object: JsonObject): void {
  const spec = objectAt(object, 'spec')
  fill(objectAt(spec, 'conversion'), { strategy: 'None' })
  const names = objectAt(spec, 'names')
  if (typeof names['kind'] !== 'string' || names['kind'] === '') return
  fill(names, { singular: names['kind'].toLowerCase(), listKind: `${names['kind']}List` })
}
