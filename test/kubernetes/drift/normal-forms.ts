import type { JsonObject, KubeObject } from '@driftless/apimachinery'

const labels = { app: 'web' }

/**
 * Manifests that every API server answers in other words and with the same meaning: amounts, times, base64 with line ends,
 * empty texts and zeros that it leaves out or fills, defaults inside lists that belong to one manager as a whole.
 */
export const normalForms: readonly KubeObject[] = [
  make('v1', 'Pod', { spec: podSpec() }),
  make('v1', 'Secret', {
    type: '',
    immutable: false,
    data: { lines: 'YWJj\nZGVm\n' },
    stringData: { text: 'x' },
  }),
  make('v1', 'Service', {
    spec: {
      type: 'NodePort',
      clusterIP: '',
      sessionAffinity: '',
      selector: labels,
      externalIPs: [],
      publishNotReadyAddresses: false,
      ports: [{ port: 80, nodePort: 0, targetPort: 'http' }],
    },
  }),
  make('v1', 'LimitRange', {
    spec: {
      limits: [
        {
          type: 'Container',
          max: { cpu: '4000m' },
          default: { cpu: '1000m', memory: '1024Mi' },
          defaultRequest: { cpu: 0.5 },
        },
      ],
    },
  }),
  make('v1', 'Endpoints', {
    subsets: [
      {
        addresses: [{ ip: '10.0.0.2' }, { ip: '10.0.0.1' }],
        ports: [
          { port: 80, name: 'b' },
          { port: 70, name: 'a' },
        ],
      },
    ],
  }),
  make('discovery.k8s.io/v1', 'EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.2'] }],
    ports: [{ port: 80, name: '' }],
  }),
  make('coordination.k8s.io/v1', 'Lease', {
    spec: { holderIdentity: 'x', leaseDurationSeconds: 5, renewTime: '2026-01-01T01:00:00.000000+01:00' },
  }),
  make('rbac.authorization.k8s.io/v1', 'RoleBinding', {
    roleRef: { apiGroup: '', kind: 'Role', name: 'reader' },
    subjects: [
      { kind: 'User', name: 'one' },
      { kind: 'ServiceAccount', name: 'two', namespace: 'default', apiGroup: '' },
    ],
  }),
  make('apps/v1', 'StatefulSet', { spec: statefulSetSpec() }),
  make('batch/v1', 'CronJob', {
    spec: {
      schedule: '0 0 * * *',
      concurrencyPolicy: '',
      suspend: false,
      failedJobsHistoryLimit: 0,
      jobTemplate: {
        spec: {
          template: {
            spec: {
              restartPolicy: 'Never',
              containers: [{ name: 'a', image: 'a:1', command: [], args: null }],
            },
          },
        },
      },
    },
  }),
  make('autoscaling/v1', 'HorizontalPodAutoscaler', {
    spec: { scaleTargetRef: scaled(), maxReplicas: 3, targetCPUUtilizationPercentage: 50 },
  }),
  make('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: {
      scaleTargetRef: scaled(),
      maxReplicas: 3,
      metrics: [
        {
          type: 'Pods',
          pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '1000m' } },
        },
      ],
    },
  }),
  make('networking.k8s.io/v1', 'Ingress', {
    spec: {
      rules: [
        {
          host: '',
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: 'web', port: { number: 80, name: '' } } },
              },
            ],
          },
        },
      ],
    },
  }),
]

function make(apiVersion: string, kind: string, fields: JsonObject): KubeObject {
  return { apiVersion, kind, metadata: { name: `normal-${apiVersion.replaceAll('/', '-')}` }, ...fields }
}

function podSpec(): JsonObject {
  const env = [
    { name: 'EMPTY', value: '' },
    { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1000m' } } },
  ]
  const resources = { limits: { cpu: 2, memory: '1024Mi' }, requests: { cpu: '0.10' } }
  return {
    terminationGracePeriodSeconds: 0,
    restartPolicy: '',
    serviceAccountName: '',
    tolerations: [{ key: 'a', operator: 'Exists', effect: '' }],
    containers: [{ name: 'a', image: 'a:1', imagePullPolicy: '', env, resources }],
    volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
  }
}

function statefulSetSpec(): JsonObject {
  const livenessProbe = { httpGet: { path: '', port: 80, scheme: '' }, initialDelaySeconds: 0 }
  const containers = [{ name: 'a', image: 'a:1', ports: [{ containerPort: 80 }], livenessProbe }]
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } }
  return {
    serviceName: 'web',
    replicas: 0,
    podManagementPolicy: '',
    updateStrategy: {},
    selector: { matchLabels: labels },
    template: {
      metadata: { labels, creationTimestamp: null },
      spec: { hostNetwork: false, serviceAccount: 'web', containers },
    },
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
  }
}

function scaled(): JsonObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
}
