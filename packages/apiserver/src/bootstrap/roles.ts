import type { KubeObject } from '@driftless/apimachinery'
import type { PolicyRule } from '../authorization/rbac.ts'

const apiVersion = 'rbac.authorization.k8s.io/v1'
const own = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }

const read = ['get', 'list', 'watch']
const write = ['create', 'delete', 'deletecollection', 'patch', 'update']

const viewed: readonly PolicyRule[] = [
  rule(
    '',
    'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods pods/log pods/status replicationcontrollers replicationcontrollers/scale replicationcontrollers/status serviceaccounts services services/status events limitranges namespaces namespaces/status bindings resourcequotas resourcequotas/status',
    read,
  ),
  rule(
    'apps',
    'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
    read,
  ),
  rule('autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status', read),
  rule('batch', 'cronjobs cronjobs/status jobs jobs/status', read),
  rule('networking.k8s.io', 'ingresses ingresses/status networkpolicies', read),
  rule('policy', 'poddisruptionbudgets poddisruptionbudgets/status', read),
  rule('discovery.k8s.io', 'endpointslices', read),
  rule('events.k8s.io', 'events', read),
]

const edited: readonly PolicyRule[] = [
  rule('', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy', read),
  rule('', 'serviceaccounts', ['impersonate']),
  rule(
    '',
    'pods pods/attach pods/exec pods/portforward pods/proxy configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
    write,
  ),
  rule('', 'pods/eviction serviceaccounts/token', ['create']),
  rule(
    'apps',
    'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
    write,
  ),
  rule('autoscaling', 'horizontalpodautoscalers', write),
  rule('batch', 'cronjobs jobs', write),
  rule('networking.k8s.io', 'ingresses networkpolicies', write),
  rule('policy', 'poddisruptionbudgets', write),
  rule('coordination.k8s.io', 'leases', [...read, ...write]),
]

const administered: readonly PolicyRule[] = [
  rule('authorization.k8s.io', 'localsubjectaccessreviews', ['create']),
  rule('rbac.authorization.k8s.io', 'rolebindings roles', [...read, ...write]),
]

const discoveryPaths = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
]

/** The roles and bindings that every cluster starts with, those that people and tools rely on. */
export function bootstrapRoles(): KubeObject[] {
  return [
    role('cluster-admin', [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ]),
    role('system:discovery', [{ verbs: ['get'], nonResourceURLs: discoveryPaths }]),
    role('system:public-info-viewer', [
      { verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] },
    ]),
    role('system:basic-user', [
      rule('authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews', ['create']),
      rule('authentication.k8s.io', 'selfsubjectreviews', ['create']),
    ]),
    aggregated('admin', ['admin', 'edit', 'view']),
    aggregated('edit', ['edit', 'view']),
    aggregated('view', ['view']),
    role('system:aggregate-to-admin', administered, aggregationLabel('admin')),
    role('system:aggregate-to-edit', edited, aggregationLabel('edit')),
    role('system:aggregate-to-view', viewed, aggregationLabel('view')),
    binding('cluster-admin', ['system:masters']),
    binding('system:discovery', ['system:authenticated']),
    binding('system:basic-user', ['system:authenticated']),
    binding('system:public-info-viewer', ['system:authenticated', 'system:unauthenticated']),
  ]
}

function rule(group: string, resources: string, verbs: string[]): PolicyRule {
  return { verbs, apiGroups: [group], resources: resources.split(' ') }
}

function aggregationLabel(name: string): Record<string, string> {
  return { [`rbac.authorization.k8s.io/aggregate-to-${name}`]: 'true' }
}

function role(name: string, rules: readonly PolicyRule[], labels: Record<string, string> = {}): KubeObject {
  return {
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name, labels: { ...own, ...labels }, annotations },
    rules,
  }
}

function aggregated(name: string, selected: readonly string[]): KubeObject {
  // Only the parts are selected, never `edit` or `view` themselves: their rules would come twice.
  const clusterRoleSelectors = selected.map((label) => ({ matchLabels: aggregationLabel(label) }))
  return {
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name, labels: own, annotations },
    aggregationRule: { clusterRoleSelectors },
    rules: [],
  }
}

function binding(name: string, groups: readonly string[]): KubeObject {
  return {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: own, annotations },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: groups.map((group) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: group })),
  }
}
