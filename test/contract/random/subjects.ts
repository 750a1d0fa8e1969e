import { customSubjects } from './custom-subjects.ts'
import type { Subject } from './subject.ts'
import { workloadSubjects } from './workload-subjects.ts'

const usual: Pick<Subject, 'apiVersions' | 'status' | 'hasScale'> = {
  apiVersions: ['v1'],
  status: [],
  hasScale: false,
}

const configMap: Subject = {
  ...usual,
  label: 'configmaps',
  kind: 'ConfigMap',
  resource: 'configmaps',
  base: [['data/a', '1', '2']],
  fields: [
    ['data/b', '1', '2', ''],
    ['data/c', '1'],
    ['data/d.e', '1', '2'],
    ['data', {}, { z: '1' }],
    ['binaryData', { x: 'AAA=' }, { x: 'AAE=' }],
    ['immutable', true, false],
    ['unknown', 'a'],
  ],
  directives: [
    { data: { $patch: 'replace', b: '5' } },
    { data: { a: null, e: '1' } },
    { data: { $patch: 'delete' } },
    { metadata: { finalizers: ['example.com/keep'] } },
    { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/keep', 'example.com/other'] } },
    { metadata: { ownerReferences: [{ uid: 'owner-1', $patch: 'delete' }] } },
    {
      metadata: {
        ownerReferences: [{ uid: 'owner-3', apiVersion: 'example.com/v1', kind: 'Unserved', name: 'third' }],
      },
    },
  ],
}

const secret: Subject = {
  ...usual,
  label: 'secrets',
  kind: 'Secret',
  resource: 'secrets',
  base: [['data/a', 'MQ==', 'Mg==']],
  fields: [
    ['stringData/a', '1', '3'],
    ['stringData/b', '1', ''],
    ['data/b', 'MQ==', ''],
    ['data/c', 'Mw=='],
    ['type', 'Opaque', 'example.com/other'],
    ['immutable', true, false],
    ['data/bad', 'not base64!'],
  ],
}

const service: Subject = {
  ...usual,
  label: 'services',
  kind: 'Service',
  resource: 'services',
  base: [['spec/ports/[port=80,protocol=TCP]', { name: 'http' }]],
  fields: [
    ['spec/selector/app', 'one', 'two'],
    ['spec/selector', {}],
    ['spec/ports/[port=80,protocol=TCP]/targetPort', 8080, 'http'],
    ['spec/ports/[port=80]/name', 'http', 'web'],
    ['spec/ports/[port=53,protocol=UDP]/name', 'dns'],
    ['spec/ports/[port=443,protocol=TCP]/name', 'https'],
    ['spec/ports/[port=443,protocol=TCP]/appProtocol', 'https', 'http'],
    ['spec/type', 'ClusterIP', 'NodePort', 'LoadBalancer'],
    ['spec/sessionAffinity', 'ClientIP', 'None'],
    ['spec/sessionAffinityConfig/clientIP/timeoutSeconds', 60],
    ['spec/externalTrafficPolicy', 'Local', 'Cluster'],
    ['spec/internalTrafficPolicy', 'Local', 'Cluster'],
    ['spec/publishNotReadyAddresses', true, false],
    ['spec/externalIPs', ['192.0.2.1'], []],
    ['spec/loadBalancerSourceRanges', ['192.0.2.0/24']],
    ['spec/trafficDistribution', 'PreferSameZone'],
  ],
  status: [
    ['status/loadBalancer/ingress', [{ ip: '192.0.2.9' }], []],
    [
      'status/conditions/[type=Ready]',
      { status: 'True', reason: 'A', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ],
  ],
  directives: [
    { spec: { ports: [{ port: 53, $patch: 'delete' }] } },
    {
      spec: {
        ports: [{ port: 9000, name: 'more' }],
        '$setElementOrder/ports': [{ port: 9000 }, { port: 80 }],
      },
    },
    { spec: { selector: { $patch: 'replace', app: 'five' } } },
    { spec: { ports: [{ port: 80, name: 'only' }, { $patch: 'replace' }] } },
  ],
}

const autoscaler: Subject = {
  ...usual,
  label: 'autoscalers',
  apiVersions: ['autoscaling/v2'],
  kind: 'HorizontalPodAutoscaler',
  resource: 'horizontalpodautoscalers',
  base: [
    ['spec/scaleTargetRef', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'one' }],
    ['spec/maxReplicas', 3, 5],
  ],
  fields: [
    ['spec/minReplicas', 1, 2],
    [
      'spec/metrics',
      [],
      [
        {
          type: 'Resource',
          resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 50 } },
        },
      ],
    ],
    [
      'spec/behavior/scaleDown',
      { stabilizationWindowSeconds: 60 },
      { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
    ],
    ['spec/behavior/scaleUp/selectPolicy', 'Max', 'Disabled'],
    ['spec/behavior', {}],
  ],
  status: [
    ['status/currentReplicas', 1, 2],
    ['status/desiredReplicas', 1, 2],
  ],
}

const oldAutoscaler: Subject = {
  ...autoscaler,
  label: 'autoscalers-v1',
  apiVersions: ['autoscaling/v1'],
  fields: [
    ['spec/minReplicas', 1, 2],
    ['spec/targetCPUUtilizationPercentage', 50, 80],
  ],
}

const ingress: Subject = {
  ...usual,
  label: 'ingresses',
  apiVersions: ['networking.k8s.io/v1'],
  kind: 'Ingress',
  resource: 'ingresses',
  base: [['spec/defaultBackend/service', { name: 'one', port: { number: 80 } }]],
  fields: [
    ['spec/ingressClassName', 'nginx', 'other'],
    ['spec/defaultBackend/service/port', { name: 'http' }, { number: 81 }],
    ['spec/rules', [rule('a.example.com')], [rule('a.example.com'), rule('b.example.com')], []],
    ['spec/tls', [{ hosts: ['a.example.com'], secretName: 'a' }], []],
    ['metadata/annotations/nginx.ingress.kubernetes.io~1rewrite-target', '/'],
  ],
  status: [['status/loadBalancer/ingress', [{ ip: '192.0.2.9' }], []]],
}

function rule(host: string): {
  host: string
  http: {
    paths: {
      path: string
      pathType: string
      backend: { service: { name: string; port: { number: number } } }
    }[]
  }
} {
  const backend = { service: { name: 'one', port: { number: 80 } } }
  return { host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }
}

const claim: Subject = {
  ...usual,
  label: 'persistentvolumeclaims',
  kind: 'PersistentVolumeClaim',
  resource: 'persistentvolumeclaims',
  protected: true,
  base: [
    ['spec/accessModes', ['ReadWriteOnce']],
    ['spec/resources/requests/storage', '1Gi', '1024Mi'],
  ],
  fields: [
    ['spec/resources/requests/storage', '2Gi'],
    ['spec/storageClassName', 'fast', 'slow'],
    ['spec/volumeMode', 'Filesystem', 'Block'],
    ['spec/selector/matchLabels/app', 'one'],
  ],
  status: [
    ['status/phase', 'Lost', 'Pending'],
    ['status/capacity/storage', '1Gi'],
  ],
}

const role: Subject = {
  ...usual,
  label: 'roles',
  apiVersions: ['rbac.authorization.k8s.io/v1'],
  kind: 'Role',
  resource: 'roles',
  base: [['rules', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]]],
  fields: [['rules', [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] }]]],
}

const roleBinding: Subject = {
  ...usual,
  label: 'rolebindings',
  apiVersions: ['rbac.authorization.k8s.io/v1'],
  kind: 'RoleBinding',
  resource: 'rolebindings',
  base: [['roleRef', { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'one' }]],
  fields: [
    ['roleRef/name', 'two'],
    [
      'subjects',
      [{ kind: 'User', name: 'jane' }],
      [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
      [],
    ],
  ],
}

const networkPolicy: Subject = {
  ...usual,
  label: 'networkpolicies',
  apiVersions: ['networking.k8s.io/v1'],
  kind: 'NetworkPolicy',
  resource: 'networkpolicies',
  base: [['spec/podSelector', {}]],
  fields: [
    ['spec/podSelector/matchLabels/app', 'one', 'two'],
    ['spec/podSelector', { matchLabels: { app: 'three' } }],
    ['spec/policyTypes', ['Ingress'], ['Egress'], ['Ingress', 'Egress']],
    ['spec/ingress', [{}], [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }], []],
    ['spec/egress', [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }]],
  ],
}

const budget: Subject = {
  ...usual,
  label: 'poddisruptionbudgets',
  apiVersions: ['policy/v1'],
  kind: 'PodDisruptionBudget',
  resource: 'poddisruptionbudgets',
  base: [['spec/selector/matchLabels/app', 'one']],
  fields: [
    ['spec/minAvailable', 1, '50%'],
    ['spec/maxUnavailable', 1, '25%'],
    ['spec/selector/matchLabels/tier', 'front'],
    ['spec/unhealthyPodEvictionPolicy', 'AlwaysAllow'],
  ],
  status: [
    ['status/currentHealthy', 1, 2],
    ['status/observedGeneration', 1],
  ],
}

const account: Subject = {
  ...usual,
  label: 'serviceaccounts',
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  base: [],
  fields: [
    ['secrets/[name=a]', {}],
    ['secrets/[name=b]', {}],
    ['imagePullSecrets/[name=registry]', {}],
    ['imagePullSecrets', [], [{ name: 'other' }]],
    ['automountServiceAccountToken', true, false],
  ],
}

const lease: Subject = {
  ...usual,
  label: 'leases',
  apiVersions: ['coordination.k8s.io/v1'],
  kind: 'Lease',
  resource: 'leases',
  base: [],
  fields: [
    ['spec/holderIdentity', 'a', 'b'],
    ['spec/leaseDurationSeconds', 10, 20],
    ['spec/leaseTransitions', 0, 1],
    ['spec/renewTime', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:01.500000Z'],
  ],
}

const quota: Subject = {
  ...usual,
  label: 'resourcequotas',
  kind: 'ResourceQuota',
  resource: 'resourcequotas',
  base: [['spec/hard/count~1leases.coordination.k8s.io', '1000', '999']],
  fields: [['spec/hard/requests.storage', '100Ti', '102400Gi']],
  status: [['status/hard/pods', '10']],
}

export const subjects: readonly Subject[] = [
  configMap,
  secret,
  service,
  ...workloadSubjects,
  autoscaler,
  oldAutoscaler,
  ingress,
  claim,
  role,
  roleBinding,
  networkPolicy,
  budget,
  account,
  lease,
  quota,
  ...customSubjects,
]
