import { controlNamespace } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { usersGroup } from './auth/person.ts'
import { systemIdentities, type SystemIdentity } from './system-identities.ts'

const rbac = 'rbac.authorization.k8s.io'
/** Every right in the control cluster; for the persons who run it. */
export const adminRole = 'driftless-admin'

interface Rule {
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
  nonResourceURLs?: string[]
  verbs: string[]
}

const read = ['get', 'list', 'watch']
const write = ['create', 'update', 'patch', 'delete']

const viewer: Rule[] = [
  { apiGroups: ['argoproj.io'], resources: ['applications'], verbs: read },
  {
    apiGroups: ['argoproj.io'],
    resources: ['applications/resources', 'applications/logs'],
    verbs: ['get'],
  },
  { apiGroups: ['driftless.dev'], resources: ['gitrepositories'], verbs: [...read, 'pull'] },
  { apiGroups: [''], resources: ['events'], verbs: read },
]

const operator: Rule[] = [
  ...viewer,
  { apiGroups: ['argoproj.io'], resources: ['applications'], verbs: [...write, 'sync'] },
  { apiGroups: ['argoproj.io'], resources: ['applications/actions'], verbs: ['create'] },
  { apiGroups: ['driftless.dev'], resources: ['gitrepositories'], verbs: [...write, 'push'] },
  // Credentials of repositories are written, never read back: an answer to update or patch would show them.
  { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'delete'] },
]

const devopsAdmin: Rule[] = [
  ...operator,
  { apiGroups: [rbac], resources: ['rolebindings'], verbs: [...read, ...write] },
  {
    apiGroups: [rbac],
    resources: ['clusterroles'],
    resourceNames: ['driftless-devops-admin', 'driftless-devops-operator', 'driftless-devops-viewer'],
    verbs: ['bind'],
  },
]

const secrets = { apiGroups: [''], resources: ['secrets'] }
const configMaps = { apiGroups: [''], resources: ['configmaps'] }
const writePushes: Rule = { ...configMaps, verbs: ['get', 'create', 'patch'] }

/** Rights of the system identities in the control namespace; the metrics identity needs none. */
const systemRules: Partial<Record<SystemIdentity, Rule[]>> = {
  login: [{ ...secrets, verbs: ['get', 'list', 'create', 'delete'] }],
  webhook: [{ ...secrets, resourceNames: ['driftless-webhook'], verbs: ['get'] }, writePushes],
  git: [writePushes],
}

/** Roles that must exist before anyone logs in; applied at every start, they need the control namespace. */
export function bootstrapRoles(options: { namespace?: string } = {}): KubeObject[] {
  const namespace = options.namespace ?? controlNamespace
  return [
    clusterRole(adminRole, [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ]),
    clusterRole('driftless-devops-admin', devopsAdmin),
    clusterRole('driftless-devops-operator', operator),
    clusterRole('driftless-devops-viewer', viewer),
    clusterRole('driftless-user', [
      { apiGroups: ['driftless.dev'], resources: ['clusters'], verbs: ['get', 'list'] },
    ]),
    {
      ...binding('ClusterRoleBinding', 'driftless-user', { kind: 'ClusterRole', name: 'driftless-user' }),
      subjects: [{ apiGroup: rbac, kind: 'Group', name: usersGroup }],
    },
    ...Object.entries(systemRules).flatMap(([identity, rules]) =>
      systemRole(namespace, identity as SystemIdentity, rules),
    ),
  ]
}

function systemRole(namespace: string, identity: SystemIdentity, rules: Rule[]): KubeObject[] {
  const name = `driftless-system-${identity}`
  const bound = binding('RoleBinding', name, { kind: 'Role', name })
  return [
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name, namespace }, rules },
    {
      ...bound,
      metadata: { name, namespace },
      subjects: [{ apiGroup: rbac, kind: 'User', name: systemIdentities[identity].user }],
    },
  ]
}

function clusterRole(name: string, rules: Rule[]): KubeObject {
  return { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules }
}

function binding(kind: string, name: string, role: { kind: string; name: string }): KubeObject {
  return { apiVersion: `${rbac}/v1`, kind, metadata: { name }, roleRef: { apiGroup: rbac, ...role } }
}
