import type { JsonObject } from '@driftless/apimachinery'

/** A kind and its smallest valid object, named `one` (or `{ns}` when it belongs to no namespace). */
export interface KindSample {
  /** As in ids of cases, `autoscaling-v1` where a kind is served in several versions. */
  label: string
  apiVersion: string
  kind: string
  resource: string
  namespaced: boolean
  /** All but apiVersion, kind and metadata. */
  fields: JsonObject
}

const container = { name: 'main', image: 'nginx:1.29' }
const labels = { app: 'one' }
export const podTemplate = { metadata: { labels }, spec: { containers: [container] } }
const selector = { matchLabels: labels }
const claimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
const subjects = [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }]
const scaled = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'one' }

function namespaced(apiVersion: string, kind: string, resource: string, fields: JsonObject = {}): KindSample {
  return { label: resource, apiVersion, kind, resource, namespaced: true, fields }
}

function clusterWide(
  apiVersion: string,
  kind: string,
  resource: string,
  fields: JsonObject = {},
): KindSample {
  return { label: resource, apiVersion, kind, resource, namespaced: false, fields }
}

const core: KindSample[] = [
  namespaced('v1', 'ConfigMap', 'configmaps', { data: { a: '1' } }),
  namespaced('v1', 'Secret', 'secrets', { stringData: { a: 'b' } }),
  namespaced('v1', 'Service', 'services', { spec: { selector: labels, ports: [{ port: 80 }] } }),
  namespaced('v1', 'Pod', 'pods', { spec: { containers: [container] } }),
  namespaced('v1', 'ServiceAccount', 'serviceaccounts'),
  namespaced('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', { spec: claimSpec }),
  namespaced('v1', 'ResourceQuota', 'resourcequotas', { spec: { hard: { 'count/secrets': '100' } } }),
  namespaced('v1', 'LimitRange', 'limitranges', {
    spec: { limits: [{ type: 'Container', default: { cpu: '100m' } }] },
  }),
  namespaced('v1', 'PodTemplate', 'podtemplates', { template: podTemplate }),
  namespaced('v1', 'ReplicationController', 'replicationcontrollers', {
    spec: { selector: labels, template: podTemplate },
  }),
  clusterWide('v1', 'Namespace', 'namespaces'),
  clusterWide('v1', 'PersistentVolume', 'persistentvolumes', {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } },
  }),
]

const workloads: KindSample[] = [
  namespaced('apps/v1', 'Deployment', 'deployments', { spec: { selector, template: podTemplate } }),
  namespaced('apps/v1', 'StatefulSet', 'statefulsets', {
    spec: { serviceName: 'one', selector, template: podTemplate },
  }),
  namespaced('apps/v1', 'DaemonSet', 'daemonsets', { spec: { selector, template: podTemplate } }),
  namespaced('apps/v1', 'ReplicaSet', 'replicasets', { spec: { selector, template: podTemplate } }),
  namespaced('apps/v1', 'ControllerRevision', 'controllerrevisions', { revision: 1, data: { a: 1 } }),
  namespaced('batch/v1', 'Job', 'jobs', {
    spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
  }),
  namespaced('batch/v1', 'CronJob', 'cronjobs', {
    spec: {
      schedule: '0 3 * * *',
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } } },
    },
  }),
  {
    ...namespaced('autoscaling/v1', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', {
      spec: { scaleTargetRef: scaled, maxReplicas: 3, targetCPUUtilizationPercentage: 70 },
    }),
    label: 'autoscalers-v1',
  },
  {
    ...namespaced('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', {
      spec: { scaleTargetRef: scaled, maxReplicas: 3 },
    }),
    label: 'autoscalers-v2',
  },
  namespaced('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', {
    spec: { minAvailable: 1, selector },
  }),
]

const network: KindSample[] = [
  namespaced('networking.k8s.io/v1', 'Ingress', 'ingresses', {
    spec: { defaultBackend: { service: { name: 'one', port: { number: 80 } } } },
  }),
  namespaced('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', { spec: { podSelector: {} } }),
  clusterWide('networking.k8s.io/v1', 'IngressClass', 'ingressclasses', {
    spec: { controller: 'example.com/one' },
  }),
  namespaced('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['192.0.2.1'] }],
    ports: [{ port: 80 }],
  }),
  namespaced('coordination.k8s.io/v1', 'Lease', 'leases', { spec: { holderIdentity: 'one' } }),
]

const access: KindSample[] = [
  namespaced('rbac.authorization.k8s.io/v1', 'Role', 'roles', { rules }),
  namespaced('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'one' },
    subjects,
  }),
  clusterWide('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', { rules }),
  clusterWide('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'one' },
    subjects,
  }),
  clusterWide('storage.k8s.io/v1', 'StorageClass', 'storageclasses', { provisioner: 'example.com/disk' }),
  clusterWide('scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', { value: 10 }),
  clusterWide('node.k8s.io/v1', 'RuntimeClass', 'runtimeclasses', { handler: 'runc' }),
]

export const kindSamples: readonly KindSample[] = [...core, ...workloads, ...network, ...access]

export function collectionOf({ apiVersion, namespaced: inNamespace, resource }: KindSample): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return inNamespace ? `${root}/namespaces/{ns}/${resource}` : `${root}/${resource}`
}

export function nameOf(sample: KindSample): string {
  return sample.namespaced ? 'one' : 'one-{ns}'
}

export function objectOf(sample: KindSample, metadata: JsonObject = {}): JsonObject {
  const { apiVersion, kind, fields } = sample
  return { apiVersion, kind, metadata: { name: nameOf(sample), ...metadata }, ...fields }
}
