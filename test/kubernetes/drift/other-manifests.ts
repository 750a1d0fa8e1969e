import type { JsonObject } from '@driftless/apimachinery'
import type { ManifestKind } from './manifests.ts'
import { maybe } from './maybe.ts'
import type { SeededRandom } from './seeded-random.ts'

const selector = { matchLabels: { app: 'web' } }

/** Network, autoscaling, storage and access: sets, keyed lists, atomic maps and fields that the server fills. */
export const otherKinds: readonly ManifestKind[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    spec: (random) => ({
      ...maybe(random, { type: random.pick(['ClusterIP', 'NodePort', 'LoadBalancer']) }),
      selector: { app: 'web', ...maybe(random, { tier: random.word() }) },
      ...maybe(random, { sessionAffinity: random.pick(['None', 'ClientIP']) }),
      ports: [
        { name: 'http', port: 80, ...maybe(random, { targetPort: random.pick([8080, 'http']) }) },
        ...(random.chance(0.5) ? [{ name: 'dns', port: 53, protocol: 'UDP' }] : []),
        ...(random.chance(0.3) ? [{ name: 'dns-tcp', port: 53, protocol: 'TCP' }] : []),
      ],
    }),
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    spec: (random) => ({
      ...maybe(random, { ingressClassName: random.pick(['nginx', 'other']) }),
      ...maybe(random, { tls: [{ hosts: ['a.example', 'b.example'], secretName: random.word() }] }),
      ...maybe(random, { defaultBackend: backend(random) }),
      rules: ['a.example', 'b.example'].slice(random.below(2)).map((host) => ({
        host,
        http: {
          paths: [
            {
              path: `/${random.word()}`,
              pathType: random.pick(['Prefix', 'Exact']),
              backend: backend(random),
            },
          ],
        },
      })),
    }),
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    spec: (random) => ({
      podSelector: random.chance(0.5) ? {} : selector,
      ...maybe(random, { policyTypes: random.shuffled(['Ingress', 'Egress']) }),
      ...maybe(random, {
        ingress: random.pick<JsonObject[]>([
          [],
          [{}],
          [{ from: [{ podSelector: {} }, { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }],
        ]),
      }),
      ...maybe(random, { egress: [{ ports: [{ port: random.pick([53, 'dns']), protocol: 'UDP' }] }] }),
    }),
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    spec: (random) => ({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      ...maybe(random, { minReplicas: 1 + random.below(2) }),
      maxReplicas: 3 + random.below(5),
      ...maybe(random, {
        metrics: random.shuffled([utilization('cpu', random), utilization('memory', random)]),
      }),
      ...maybe(random, {
        behavior: {
          scaleDown: {
            ...maybe(random, { stabilizationWindowSeconds: random.below(600) }),
            policies: [{ type: 'Pods', value: 1 + random.below(4), periodSeconds: 60 }],
          },
        },
      }),
    }),
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    spec: (random) => ({
      selector: {
        ...selector,
        ...maybe(random, { matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }] }),
      },
      [random.pick(['minAvailable', 'maxUnavailable'])]: random.pick([0, 1, '50%']),
      ...maybe(random, { unhealthyPodEvictionPolicy: 'AlwaysAllow' }),
    }),
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    spec: (random) => ({
      accessModes: ['ReadWriteOnce'],
      ...maybe(random, { storageClassName: 'fast' }),
      resources: { requests: { storage: random.pick(['1Gi', '1024Mi', '1.5Gi']) } },
    }),
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    more: (random) => ({ data: texts(random), ...maybe(random, { binaryData: { blob: 'AAEC' } }) }),
  },
  { apiVersion: 'v1', kind: 'Secret', more: secretFields },
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    more: (random) => ({
      ...maybe(random, { automountServiceAccountToken: random.chance(0.5) }),
      ...maybe(random, { imagePullSecrets: [{ name: 'one' }, { name: 'two' }] }),
      ...maybe(random, { secrets: [{ name: random.word() }] }),
    }),
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', more: (random) => ({ rules: rules(random) }) },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    more: (random) => ({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: random.shuffled([
        { kind: 'ServiceAccount', name: 'one', namespace: 'default' },
        { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: random.word() },
      ]),
    }),
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    clusterScoped: true,
    more: (random) =>
      random.chance(0.5)
        ? { rules: rules(random) }
        : {
            aggregationRule: { clusterRoleSelectors: [{ matchLabels: { group: random.word() } }] },
            rules: [],
          },
  },
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    spec: (random) => ({
      hard: { pods: `${random.below(50)}`, 'requests.cpu': random.pick(['1', '1000m', '2.5']) },
    }),
  },
]

function backend(random: SeededRandom): JsonObject {
  return { service: { name: random.word(), port: random.chance(0.5) ? { number: 80 } : { name: 'http' } } }
}

function utilization(name: string, random: SeededRandom): JsonObject {
  return {
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization: 1 + random.below(99) } },
  }
}

function texts(random: SeededRandom): JsonObject {
  return {
    key: random.word(),
    ...maybe(random, { other: '' }),
    ...maybe(random, { 'a.b': random.word() }),
    number: '007',
  }
}

function secretFields(random: SeededRandom): JsonObject {
  return {
    type: 'Opaque',
    ...maybe(random, { stringData: { password: random.word(), ...maybe(random, { empty: '' }) } }),
    data: { token: Buffer.from(random.word()).toString('base64'), ...maybe(random, { nothing: null }) },
  }
}

function rules(random: SeededRandom): JsonObject[] {
  return [
    { apiGroups: [''], resources: ['pods'], verbs: random.shuffled(['get', 'list', 'watch']) },
    ...(random.chance(0.5) ? [{ apiGroups: ['apps'], resources: ['*'], verbs: ['*'] }] : []),
  ]
}
