import type { JsonObject } from '@driftless/apimachinery'
import {
  apply,
  as,
  type ContractCase,
  get,
  merge,
  patch,
  post,
  put,
  quietly,
  remove,
  type Step,
} from '../contract-case.ts'

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const apiGroup = 'rbac.authorization.k8s.io'
const roles = `${rbac}/namespaces/{ns}/roles`
const bindings = `${rbac}/namespaces/{ns}/rolebindings`
const maps = '/api/v1/namespaces/{ns}/configmaps'
const jane = 'jane-{ns}'

function role(name: string, rules: readonly JsonObject[]): JsonObject {
  return { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata: { name }, rules: [...rules] }
}

function clusterRole(name: string, rules: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { apiVersion: `${apiGroup}/v1`, kind: 'ClusterRole', metadata: { name }, rules: [...rules], ...more }
}

function binding(name: string, roleName: string, subjects: readonly JsonObject[], kind = 'Role'): JsonObject {
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup, kind, name: roleName },
    subjects: [...subjects],
  }
}

function clusterBinding(name: string, roleName: string, subjects: readonly JsonObject[]): JsonObject {
  return { ...binding(name, roleName, subjects, 'ClusterRole'), kind: 'ClusterRoleBinding' }
}

const user = (name: string): JsonObject => ({ kind: 'User', name, apiGroup })

/** Jane may do what the rules say in the namespace. */
function allow(rules: readonly JsonObject[]): Step[] {
  return [
    quietly(post(roles, role('one', rules))),
    quietly(post(bindings, binding('one', 'one', [user(jane)]))),
  ]
}

/** Authorization of the real server follows its caches: the first request of a user waits until it is allowed. */
function allowed(step: Step, code = 200): Step {
  return { ...as(jane, step), until: { code } }
}

const map: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { a: '1' } }
const rule = (verbs: string[], resources: string[], more: JsonObject = {}): JsonObject => ({
  apiGroups: [''],
  resources,
  verbs,
  ...more,
})

const rules: ContractCase[] = [
  {
    id: 'access/verbs',
    steps: [
      ...allow([rule(['get', 'list', 'create'], ['configmaps'])]),
      allowed(post(maps, map), 201),
      as(jane, get(`${maps}/one`)),
      { ...as(jane, get(`${maps}?watch=true`)), compare: 'all' },
      as(jane, put(`${maps}/one`, map)),
      as(jane, patch(`${maps}/one`, { data: { b: '2' } }, merge)),
      as(jane, remove(`${maps}/one`)),
      as(jane, remove(maps)),
      as(jane, get('/api/v1/configmaps')),
      as(jane, get('/api/v1/namespaces/default/configmaps')),
      as(jane, patch(`${maps}/two?fieldManager=x`, { ...map, metadata: { name: 'two' } }, apply)),
    ],
  },
  {
    id: 'access/resource-names',
    steps: [
      ...allow([rule(['get', 'update', 'list'], ['configmaps'], { resourceNames: ['one'] })]),
      quietly(post(maps, map)),
      allowed(get(`${maps}/one`)),
      as(jane, get(`${maps}/two`)),
      as(jane, get(maps)),
      as(jane, get(`${maps}?fieldSelector=metadata.name%3Done`)),
      as(jane, post(maps, { ...map, metadata: { name: 'three' } })),
    ],
  },
  {
    id: 'access/subresources',
    steps: [
      ...allow([
        { apiGroups: ['apps'], resources: ['deployments/scale', '*/status'], verbs: ['get', 'patch'] },
        rule(['get'], ['pods/log']),
      ]),
      allowed(get('/apis/apps/v1/namespaces/{ns}/deployments/one/scale'), 404),
      as(jane, get('/apis/apps/v1/namespaces/{ns}/deployments/one')),
      as(jane, get('/apis/apps/v1/namespaces/{ns}/deployments/one/status')),
      as(jane, get('/apis/apps/v1/namespaces/{ns}/replicasets/one/status')),
      as(jane, get('/api/v1/namespaces/{ns}/pods/one/log')),
      as(jane, get('/api/v1/namespaces/{ns}/pods/one')),
    ],
  },
  {
    id: 'access/all-of-a-group',
    steps: [
      ...allow([{ apiGroups: ['apps', 'batch'], resources: ['*'], verbs: ['*'] }]),
      allowed(get('/apis/apps/v1/namespaces/{ns}/deployments')),
      as(jane, get('/apis/batch/v1/namespaces/{ns}/jobs')),
      as(jane, get(maps)),
      as(jane, get('/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses')),
    ],
  },
  {
    id: 'access/bound-cluster-role',
    steps: [
      quietly(
        post(`${rbac}/clusterroles`, clusterRole('reader-{ns}', [rule(['get', 'list'], ['configmaps'])])),
      ),
      quietly(
        post(
          bindings,
          binding(
            'one',
            'reader-{ns}',
            [user(jane), { kind: 'Group', name: 'team-{ns}', apiGroup }],
            'ClusterRole',
          ),
        ),
      ),
      { ...allowed(get(maps)), compare: 'code' },
      { ...as('other-{ns}', get(maps), ['team-{ns}']), compare: 'code' },
      as('other-{ns}', get(maps)),
      as(jane, get('/api/v1/configmaps')),
    ],
  },
  {
    id: 'access/non-resource-urls',
    steps: [
      quietly(
        post(
          `${rbac}/clusterroles`,
          clusterRole('urls-{ns}', [{ nonResourceURLs: ['/metrics', '/custom/*'], verbs: ['get'] }]),
        ),
      ),
      quietly(post(`${rbac}/clusterrolebindings`, clusterBinding('urls-{ns}', 'urls-{ns}', [user(jane)]))),
      { ...allowed(get('/custom/a'), 404), compare: 'code' },
      as(jane, post('/custom/a', {})),
      as(jane, get('/other')),
      as(jane, get('/custom')),
      as(jane, get('/apis/apps')),
      { ...as(jane, get('/metrics')), compare: 'code' },
    ],
  },
]

const grants: ContractCase[] = [
  {
    id: 'access/escalation-of-roles',
    steps: [
      ...allow([
        rule(['get', 'create'], ['configmaps']),
        { apiGroups: [apiGroup], resources: ['roles', 'rolebindings'], verbs: ['create', 'update', 'get'] },
      ]),
      allowed(post(roles, role('held', [rule(['get'], ['configmaps'])])), 201),
      as(jane, post(roles, role('more', [rule(['delete'], ['configmaps'])]))),
      as(jane, post(roles, role('other', [rule(['get'], ['secrets']), rule(['get'], ['configmaps'])]))),
      as(jane, post(roles, role('all', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]))),
      as(jane, post(bindings, binding('held', 'held', [user('anna')]))),
      quietly(post(roles, role('big', [rule(['*'], ['secrets'])]))),
      as(jane, post(bindings, binding('big', 'big', [user('anna')]))),
      as(jane, post(bindings, binding('missing', 'missing', [user('anna')]))),
      as(jane, post(`${rbac}/clusterroles`, clusterRole('held-{ns}', []))),
    ],
  },
  {
    id: 'access/escalate-and-bind',
    steps: [
      ...allow([
        { apiGroups: [apiGroup], resources: ['roles'], verbs: ['create', 'escalate'] },
        { apiGroups: [apiGroup], resources: ['rolebindings'], verbs: ['create'] },
        { apiGroups: [apiGroup], resources: ['roles'], resourceNames: ['big'], verbs: ['bind'] },
      ]),
      allowed(post(roles, role('big', [rule(['*'], ['secrets'])])), 201),
      as(jane, post(bindings, binding('big', 'big', [user('anna')]))),
      quietly(post(roles, role('large', [rule(['*'], ['secrets'])]))),
      as(jane, post(bindings, binding('large', 'large', [user('anna')]))),
    ],
  },
  {
    id: 'access/role-ref-is-fixed',
    steps: [
      post(bindings, binding('one', 'one', [user(jane)])),
      patch(`${bindings}/one`, { roleRef: { name: 'two' } }, merge),
      put(`${bindings}/one`, binding('one', 'two', [user(jane)])),
      post(bindings, { ...binding('two', 'one', [{ kind: 'Robot', name: 'x' }]) }),
      post(bindings, { ...binding('three', '', [user(jane)]) }),
      post(bindings, { ...binding('four', 'one', [{ kind: 'ServiceAccount', name: 'x' }]) }),
      post(roles, role('bad', [{ verbs: ['get'] }])),
      post(roles, role('bad', [{ apiGroups: [''], resources: ['pods'] }])),
      post(roles, role('bad', [{ nonResourceURLs: ['/x'], verbs: ['get'] }])),
    ],
  },
]

const impersonations: ContractCase[] = [
  {
    id: 'access/impersonate-without-right',
    steps: [...allow([rule(['get', 'list'], ['configmaps'])]), allowed(get(maps))].map((step, at) =>
      at === 2 ? { ...step, compare: 'code' as const } : step,
    ),
  },
  {
    id: 'access/impersonated-parts',
    steps: [
      get('/api/v1/namespaces/{ns}/configmaps/none', { 'impersonate-group': 'team' }),
      get('/api/v1/namespaces/{ns}/configmaps/none', { 'impersonate-uid': '5' }),
      get('/api/v1/namespaces/{ns}/configmaps/none', { 'impersonate-extra-a': 'b' }),
      self({ 'impersonate-user': jane }),
      self({ 'impersonate-user': jane, 'impersonate-group': 'team' }),
      self({ 'impersonate-user': jane, 'impersonate-uid': '7', 'impersonate-extra-scopes': 'view' }),
      self({ 'impersonate-user': jane, 'impersonate-extra-a%2fb': 'c' }),
      self({ 'impersonate-user': 'system:serviceaccount:{ns}:builder' }),
      self({ 'impersonate-user': 'system:anonymous' }),
      self({ 'impersonate-user': jane, 'impersonate-group': 'system:masters' }),
    ],
  },
]

function self(headers: Record<string, string>): Step {
  return {
    ...post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
    }),
    headers,
  }
}

const aggregated: ContractCase = {
  id: 'access/aggregated-cluster-role',
  stage: 'controlled',
  steps: [
    post(
      `${rbac}/clusterroles`,
      clusterRole('sum-{ns}', [], {
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { sum: '{ns}' } }] },
      }),
    ),
    quietly(
      post(`${rbac}/clusterroles`, {
        ...clusterRole('part-{ns}', [rule(['get'], ['configmaps'])]),
        metadata: { name: 'part-{ns}', labels: { sum: '{ns}' } },
      }),
    ),
    { ...get(`${rbac}/clusterroles/sum-{ns}`), until: { code: 200, text: '"configmaps"' } },
    quietly(patch(`${rbac}/clusterroles/part-{ns}`, { rules: [rule(['list'], ['secrets'])] }, merge)),
    { ...get(`${rbac}/clusterroles/sum-{ns}`), until: { code: 200, text: '"secrets"' } },
    quietly(remove(`${rbac}/clusterroles/part-{ns}`)),
    { ...get(`${rbac}/clusterroles/sum-{ns}`), until: { code: 200, text: '"rules":null' }, compare: 'code' },
  ],
}

export const access: readonly ContractCase[] = [...rules, ...grants, ...impersonations, aggregated]
