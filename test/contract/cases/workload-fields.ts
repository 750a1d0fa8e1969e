import type { JsonObject, JsonValue } from '@driftless/apimachinery'
import { type ContractCase, get, merge, patch, post } from '../contract-case.ts'
import { podTemplate } from './kinds.ts'

export interface Subject {
  label: string
  collection: string
  object: JsonObject
}

const selector = { matchLabels: { app: 'one' } }

const deployment: Subject = {
  label: 'deployments',
  collection: '/apis/apps/v1/namespaces/{ns}/deployments',
  object: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'one' },
    spec: { selector, template: podTemplate },
  },
}

export const service: Subject = {
  label: 'services',
  collection: '/api/v1/namespaces/{ns}/services',
  object: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'one' },
    spec: { selector: { app: 'one' }, ports: [{ port: 80 }] },
  },
}

const configMap: Subject = {
  label: 'configmaps',
  collection: '/api/v1/namespaces/{ns}/configmaps',
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { a: '1' } },
}

/** A change of the valid object, by dotted path; undefined takes the field away. */
export type Change = [path: string, value: JsonValue | undefined]

const deploymentChanges: Change[] = [
  ['spec.replicas', 0],
  ['spec.replicas', 3],
  ['spec.replicas', -1],
  ['spec.minReadySeconds', -1],
  ['spec.minReadySeconds', 10],
  ['spec.revisionHistoryLimit', 0],
  ['spec.revisionHistoryLimit', -5],
  ['spec.paused', true],
  ['spec.progressDeadlineSeconds', 30],
  ['spec.strategy.type', 'Recreate'],
  ['spec.strategy.type', 'Sometimes'],
  ['spec.strategy', { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }],
  ['spec.strategy', { type: 'RollingUpdate', rollingUpdate: { maxSurge: '10%', maxUnavailable: '20%' } }],
  ['spec.selector', undefined],
  ['spec.template.metadata.labels', { app: 'two' }],
  ['spec.template.spec.containers', []],
  ['spec.template.spec.restartPolicy', 'Never'],
  ['spec.template.spec.terminationGracePeriodSeconds', 5],
  ['spec.template.spec.serviceAccountName', 'builder'],
  ['spec.template.spec.nodeSelector', { disk: 'fast' }],
  ['spec.template.spec.hostNetwork', true],
  ['spec.template.spec.dnsPolicy', 'Default'],
  ['spec.template.spec.dnsPolicy', 'Nowhere'],
  ['spec.template.spec.tolerations', [{ key: 'a', operator: 'Exists' }]],
  ['spec.template.spec.imagePullSecrets', [{ name: 'registry' }]],
  ['spec.template.spec.volumes', [{ name: 'a', emptyDir: {} }]],
  ['spec.template.spec.volumes', [{ name: 'a', configMap: { name: 'b' } }]],
  ['spec.template.spec.volumes', [{ name: 'a', secret: { secretName: 'b' } }]],
  ['spec.template.spec.volumes', [{ name: 'a' }]],
  ['spec.template.spec.volumes', [{ name: 'a', hostPath: { path: '/a' } }]],
  ['spec.template.spec.securityContext', { runAsUser: 1000 }],
  ['spec.template.spec.initContainers', [{ name: 'first', image: 'busybox' }]],
]

const containerChanges: Change[] = [
  ['image', 'nginx'],
  ['image', 'nginx:latest'],
  ['image', ''],
  ['name', 'Main'],
  ['imagePullPolicy', 'Never'],
  ['imagePullPolicy', 'Rarely'],
  ['command', ['sh', '-c', 'true']],
  ['ports', [{ containerPort: 80 }]],
  [
    'ports',
    [
      { containerPort: 80, name: 'http' },
      { containerPort: 53, protocol: 'UDP' },
    ],
  ],
  ['ports', [{ containerPort: 0 }]],
  ['ports', [{ containerPort: 70_000 }]],
  ['env', [{ name: 'A', value: 'b' }]],
  ['env', [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }]],
  ['env', [{ name: 'A', valueFrom: { secretKeyRef: { name: 'b', key: 'c' } } }]],
  ['env', [{ value: 'b' }]],
  ['resources', { requests: { cpu: '100m', memory: '64Mi' } }],
  ['resources', { limits: { cpu: '0.5', memory: '1024Mi' } }],
  ['resources', { limits: { cpu: 1 } }],
  ['resources', { requests: { cpu: '2' }, limits: { cpu: '1' } }],
  ['livenessProbe', { httpGet: { path: '/healthz', port: 8080 } }],
  ['readinessProbe', { tcpSocket: { port: 'http' }, periodSeconds: 5 }],
  ['startupProbe', { exec: { command: ['true'] }, failureThreshold: 30 }],
  ['livenessProbe', {}],
  ['volumeMounts', [{ name: 'nothing', mountPath: '/a' }]],
  ['securityContext', { runAsNonRoot: true, capabilities: { drop: ['ALL'] } }],
  ['lifecycle', { preStop: { httpGet: { port: 80 } } }],
  ['terminationMessagePolicy', 'FallbackToLogsOnError'],
]

const serviceChanges: Change[] = [
  ['spec.type', 'NodePort'],
  ['spec.type', 'LoadBalancer'],
  ['spec.type', 'Elsewhere'],
  ['spec', { type: 'ExternalName', externalName: 'example.com' }],
  ['spec.type', 'ExternalName'],
  ['spec.clusterIP', 'None'],
  ['spec.clusterIP', 'not-an-address'],
  ['spec.ports', []],
  ['spec.ports', [{ port: 0 }]],
  ['spec.ports', [{ port: 70_000 }]],
  ['spec.ports', [{ port: 80 }, { port: 81 }]],
  [
    'spec.ports',
    [
      { name: 'a', port: 80 },
      { name: 'a', port: 81 },
    ],
  ],
  [
    'spec.ports',
    [
      { name: 'a', port: 80 },
      { name: 'b', port: 80 },
    ],
  ],
  ['spec.ports', [{ name: 'Upper', port: 80 }]],
  ['spec.ports', [{ port: 80, targetPort: 'http' }]],
  ['spec.ports', [{ port: 53, protocol: 'UDP' }]],
  ['spec.ports', [{ port: 80, protocol: 'ICMP' }]],
  ['spec.sessionAffinity', 'ClientIP'],
  ['spec.sessionAffinity', 'Always'],
  ['spec.publishNotReadyAddresses', true],
  ['spec.externalTrafficPolicy', 'Local'],
  ['metadata.name', '1one'],
]

const configMapChanges: Change[] = [
  ['data', {}],
  ['data', { 'a/b': '1' }],
  ['data', { '..': '1' }],
  ['binaryData', { b: 'AAA=' }],
  ['binaryData', { a: 'AAA=' }],
  ['immutable', true],
  ['metadata.labels', { 'app.kubernetes.io/name': 'one' }],
  ['metadata.finalizers', ['not a finalizer']],
  ['metadata.ownerReferences', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner' }]],
  ['metadata.ownerReferences', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'one' }]],
]

/** Each change of a valid object: as it is made, and as a patch of it. */
export function casesOf(
  family: string,
  subject: Subject,
  changes: readonly Change[],
  prefix = '',
): ContractCase[] {
  return changes.flatMap(([path, value], at) => {
    const full = `${prefix}${path}`
    const object = changed(subject.object, full, value)
    const name = path === 'metadata.name' ? String(value) : 'one'
    const steps = [post(subject.collection, object), get(`${subject.collection}/${name}`)]
    const overMerge = mergePatchOf(full, value)
    const update = [
      post(subject.collection, subject.object),
      patch(`${subject.collection}/one`, overMerge, merge),
      get(`${subject.collection}/one`),
    ]
    const id = `${subject.label}/${path}-${at}`
    return [
      { id: `${family}-create/${id}`, steps },
      { id: `${family}-patch/${id}`, steps: update },
    ]
  })
}

function changed(object: JsonObject, path: string, value: JsonValue | undefined): JsonObject {
  const copy = structuredClone(object)
  const parts = path.split('.')
  let holder = copy as Record<string, JsonValue>
  for (const part of parts.slice(0, -1)) {
    holder[part] ??= {}
    holder = holder[part] as Record<string, JsonValue>
  }
  const last = parts.at(-1) ?? ''
  if (value === undefined) delete holder[last]
  else holder[last] = value
  return copy
}

/** Lists have no merge; the container is written whole. */
function mergePatchOf(path: string, value: JsonValue | undefined): JsonValue {
  const marker = 'spec.template.spec.containers.0.'
  if (!path.startsWith(marker)) return nested(path.split('.'), value ?? null)
  const container = { name: 'main', image: 'nginx:1.29', [path.slice(marker.length)]: value ?? null }
  return nested(['spec', 'template', 'spec', 'containers'], [container])
}

function nested(parts: readonly string[], value: JsonValue): JsonValue {
  return parts.toReversed().reduce<JsonValue>((inner, part) => ({ [part]: inner }), value)
}

export const workloadFields: readonly ContractCase[] = [
  ...casesOf('field', deployment, deploymentChanges),
  ...casesOf('container', deployment, containerChanges, 'spec.template.spec.containers.0.'),
  ...casesOf('field', service, serviceChanges),
  ...casesOf('field', configMap, configMapChanges),
]
