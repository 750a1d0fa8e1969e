import type { ContractCase } from '../contract-case.ts'
import { casesOf, type Change, service, type Subject } from './workload-fields.ts'

const serviceChanges: Change[] = [
  ['spec.ports', [{ port: 80, targetPort: '8080' }]],
  ['spec.ports', [{ port: 80, targetPort: 'a-name-that-is-too-long' }]],
  ['spec.ports', [{ port: 80, targetPort: 'Upper' }]],
  ['spec.ports', [{ port: 80, targetPort: '-a' }]],
  ['spec.ports', [{ port: 80, targetPort: 'a--b' }]],
  ['spec.ports', [{ port: 80, targetPort: '' }]],
  ['spec.ports', [{ port: 80, targetPort: 0 }]],
  ['spec.ports', [{ port: 80, targetPort: 70_000 }]],
  ['spec.ports', [{ port: 80, appProtocol: 'http' }]],
]

const backend = { service: { name: 'one', port: { number: 80 } } }
const ingress: Subject = {
  label: 'ingresses',
  collection: '/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses',
  object: {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'one' },
    spec: {
      rules: [{ host: 'one.example.org', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  },
}
const withPath = (path: string | undefined, pathType: string) => [
  { http: { paths: [{ ...(path === undefined ? {} : { path }), pathType, backend }] } },
]

const ingressChanges: Change[] = [
  ['spec.rules', withPath('', 'Prefix')],
  ['spec.rules', withPath(undefined, 'Prefix')],
  ['spec.rules', withPath('', 'Exact')],
  ['spec.rules', withPath('', 'ImplementationSpecific')],
  ['spec.rules', withPath(undefined, 'ImplementationSpecific')],
  ['spec.rules', withPath('relative', 'Prefix')],
  ['spec.rules', withPath('relative', 'ImplementationSpecific')],
  ['spec.rules', withPath('/a//b', 'Exact')],
  ['spec.rules', withPath('/a/../b', 'Prefix')],
  ['spec.rules', [{ host: '10.0.0.1', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }]],
  [
    'spec.rules',
    [{ host: 'Upper.example.org', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
  ],
  ['spec.rules', [{ host: '*.example.org', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }]],
  ['spec.rules', [{ host: 'a.*.org', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }]],
  ['spec.tls', [{ hosts: ['one.example.org'], secretName: 'one' }]],
  ['spec.tls', [{ hosts: ['not a host'], secretName: 'one' }]],
  ['spec.tls', [{ hosts: ['one.example.org'], secretName: 'Not a name' }]],
  ['spec.ingressClassName', 'nginx'],
  ['spec.ingressClassName', 'Not a name'],
  ['spec.defaultBackend', backend],
]

const autoscaler: Subject = {
  label: 'horizontalpodautoscalers',
  collection: '/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers',
  object: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'one' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'one' }, maxReplicas: 3 },
  },
}
const policy = { type: 'Pods', value: 4, periodSeconds: 60 }

const autoscalerChanges: Change[] = [
  ['spec.behavior.scaleUp.selectPolicy', ''],
  ['spec.behavior.scaleUp.selectPolicy', 'Min'],
  ['spec.behavior.scaleUp.selectPolicy', 'Most'],
  ['spec.behavior.scaleUp.stabilizationWindowSeconds', -1],
  ['spec.behavior.scaleUp.stabilizationWindowSeconds', 3601],
  ['spec.behavior.scaleDown', { policies: [policy] }],
  ['spec.behavior.scaleDown', { policies: [] }],
  ['spec.behavior.scaleDown', { policies: [{ ...policy, value: 0 }] }],
  ['spec.behavior.scaleDown', { policies: [{ ...policy, periodSeconds: 0 }] }],
  ['spec.behavior.scaleDown', { policies: [{ ...policy, periodSeconds: 1801 }] }],
  ['spec.behavior.scaleDown', { policies: [{ ...policy, type: 'Nodes' }] }],
  [
    'spec.metrics',
    [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
      },
    ],
  ],
]

const lease: Subject = {
  label: 'leases',
  collection: '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases',
  object: {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'one' },
    spec: { holderIdentity: 'one' },
  },
}

const leaseChanges: Change[] = [
  ['spec.renewTime', '2026-11-01T10:00:00Z'],
  ['spec.renewTime', '2026-11-01T10:00:00.000000Z'],
  ['spec.renewTime', '2026-11-01T10:00:00.123456+02:00'],
  ['spec.renewTime', '2026-11-01T10:00:00.123456789Z'],
  ['spec.renewTime', 'yesterday'],
  ['spec.renewTime', ''],
  ['spec.leaseDurationSeconds', 0],
  ['spec.leaseDurationSeconds', 15],
  ['spec.leaseTransitions', -1],
  ['spec.holderIdentity', ''],
]

export const networkFields: readonly ContractCase[] = [
  ...casesOf('more', service, serviceChanges),
  ...casesOf('field', ingress, ingressChanges),
  ...casesOf('field', autoscaler, autoscalerChanges),
  ...casesOf('field', lease, leaseChanges),
]
