import type { JsonObject } from '@driftless/apimachinery'
import { as, type ContractCase, get, post, quietly, remove, type Step } from '../contract-case.ts'

const accounts = '/api/v1/namespaces/{ns}/serviceaccounts'
const maps = '/api/v1/namespaces/{ns}/configmaps'
const apiGroup = 'rbac.authorization.k8s.io'
const bindings = `/apis/${apiGroup}/v1/namespaces/{ns}/rolebindings`

function tokenRequest(spec: JsonObject): JsonObject {
  return { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec }
}

function review(token: string, spec: JsonObject = {}): Step {
  return post('/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token, ...spec },
  })
}

function whoAmI(headers: Record<string, string>): Step {
  return {
    ...post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'SelfSubjectReview',
    }),
    headers,
  }
}

const account = quietly(
  post(accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'builder' } }),
)
const bearer = (step: number): Record<string, string> => ({ authorization: `Bearer {${step}.status.token}` })

const tokens: ContractCase[] = [
  {
    id: 'identity/bodies-without-kind',
    steps: [
      account,
      post(`${accounts}/builder/token`, { spec: { expirationSeconds: 3600 } }),
      post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        spec: { resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{ns}' } },
      }),
      post(`${accounts}/builder/token`, { kind: 'TokenRequest', spec: {} }),
    ],
  },
  {
    id: 'identity/token-of-account',
    steps: [
      account,
      post(`${accounts}/builder/token`, tokenRequest({ expirationSeconds: 3600 })),
      whoAmI(bearer(1)),
      get(maps, bearer(1)),
      quietly(
        post(bindings, {
          apiVersion: `${apiGroup}/v1`,
          kind: 'RoleBinding',
          metadata: { name: 'one' },
          roleRef: { apiGroup, kind: 'Role', name: 'one' },
          subjects: [{ kind: 'ServiceAccount', name: 'builder', namespace: '{ns}' }],
        }),
      ),
      quietly(
        post(`/apis/${apiGroup}/v1/namespaces/{ns}/roles`, {
          apiVersion: `${apiGroup}/v1`,
          kind: 'Role',
          metadata: { name: 'one' },
          rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
        }),
      ),
      { ...get(`${maps}/none`, bearer(1)), until: { code: 404 } },
      get('/api/v1/namespaces/{ns}/secrets', bearer(1)),
      review('{1.status.token}'),
      quietly(remove(`${accounts}/builder`)),
      { ...get(`${maps}/none`, bearer(1)), until: { code: 401 } },
      { ...review('{1.status.token}'), compare: 'code' },
    ],
  },
  {
    id: 'identity/token-requests',
    steps: [
      account,
      post(`${accounts}/builder/token`, tokenRequest({})),
      post(`${accounts}/builder/token`, tokenRequest({ expirationSeconds: 10 })),
      post(`${accounts}/none/token`, tokenRequest({})),
      post(`${accounts}/builder/token`, tokenRequest({ audiences: ['other'] })),
      whoAmI(bearer(4)),
      review('{4.status.token}', { audiences: ['other'] }),
      review('{4.status.token}', { audiences: ['third'] }),
      get(`${accounts}/builder/token`),
      post(`${accounts}/builder/token`, { ...tokenRequest({}), kind: 'Other' }),
    ],
  },
  {
    id: 'identity/bad-tokens',
    steps: [
      get(maps, { authorization: 'Bearer nonsense' }),
      get(maps, { authorization: 'Bearer a.b.c' }),
      get(maps, { authorization: 'Basic YTpi' }),
      review('nonsense'),
      review(''),
    ],
  },
  {
    id: 'identity/anonymous',
    steps: [
      get(maps, { authorization: '' }),
      get('/version', { authorization: '' }),
      get('/healthz', { authorization: '' }),
      get('/livez', { authorization: '' }),
      get('/readyz', { authorization: '' }),
      get('/api', { authorization: '' }),
      get('/metrics', { authorization: '' }),
      get('/openapi/v3', { authorization: '' }),
    ],
  },
]

const certificates: ContractCase[] = [
  {
    id: 'identity/client-certificate',
    steps: [
      { ...whoAmI({}), certificate: { user: 'carla', groups: ['team', 'ops'] } },
      { ...get(maps), certificate: { user: 'carla', groups: ['team'] } },
      { ...get(`${maps}/none`), certificate: { user: 'carla', groups: ['system:masters'] } },
    ],
  },
]

function accessReview(kind: string, spec: JsonObject, namespace?: string): Step {
  const plural = `${kind.toLowerCase()}s`
  const place = namespace === undefined ? plural : `namespaces/${namespace}/${plural}`
  return post(`/apis/authorization.k8s.io/v1/${place}`, {
    apiVersion: 'authorization.k8s.io/v1',
    kind,
    ...(namespace === undefined ? {} : { metadata: { namespace } }),
    spec,
  })
}

const custom: Step[] = [
  quietly(
    post(`/apis/${apiGroup}/v1/namespaces/{ns}/roles`, {
      apiVersion: `${apiGroup}/v1`,
      kind: 'Role',
      metadata: { name: 'sync' },
      rules: [
        { apiGroups: ['argoproj.io'], resources: ['applications'], resourceNames: ['web'], verbs: ['sync'] },
      ],
    }),
  ),
  quietly(
    post(bindings, {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'sync' },
      roleRef: { apiGroup, kind: 'Role', name: 'sync' },
      subjects: [{ kind: 'User', name: 'jane-{ns}', apiGroup }],
    }),
  ),
]

const ask = (verb: string, name: string): Step =>
  accessReview('SubjectAccessReview', {
    user: 'jane-{ns}',
    resourceAttributes: { namespace: '{ns}', verb, group: 'argoproj.io', resource: 'applications', name },
  })

const reviews: ContractCase[] = [
  {
    id: 'identity/custom-verb',
    steps: [
      ...custom,
      { ...ask('sync', 'web'), until: { code: 201, text: '"allowed":true' }, compare: 'code' },
      ask('sync', 'other'),
      ask('get', 'web'),
      as(
        'jane-{ns}',
        accessReview('SelfSubjectAccessReview', {
          resourceAttributes: {
            namespace: '{ns}',
            verb: 'get',
            group: 'argoproj.io',
            resource: 'applications',
            name: 'web',
          },
        }),
      ),
      as(
        'jane-{ns}',
        accessReview('SelfSubjectAccessReview', { nonResourceAttributes: { path: '/metrics', verb: 'get' } }),
      ),
      accessReview(
        'LocalSubjectAccessReview',
        { user: 'jane-{ns}', resourceAttributes: { namespace: '{ns}', verb: 'delete', resource: 'pods' } },
        '{ns}',
      ),
    ],
  },
  {
    id: 'identity/rules-review',
    steps: [
      ...custom,
      {
        ...as('jane-{ns}', accessReview('SelfSubjectRulesReview', { namespace: '{ns}' })),
        until: { code: 201, text: '"sync"' },
      },
      as('stranger', accessReview('SelfSubjectRulesReview', { namespace: '{ns}' })),
    ],
  },
  {
    id: 'identity/bad-reviews',
    steps: [
      accessReview('SubjectAccessReview', { user: 'a' }),
      accessReview('SubjectAccessReview', { resourceAttributes: { verb: 'get', resource: 'pods' } }),
      accessReview('SubjectAccessReview', {
        user: 'a',
        resourceAttributes: { verb: 'get', resource: 'pods' },
        nonResourceAttributes: { path: '/', verb: 'get' },
      }),
      accessReview(
        'LocalSubjectAccessReview',
        { user: 'a', resourceAttributes: { namespace: 'other', verb: 'get', resource: 'pods' } },
        '{ns}',
      ),
      get('/apis/authorization.k8s.io/v1/subjectaccessreviews'),
    ],
  },
]

export const identity: readonly ContractCase[] = [...tokens, ...certificates, ...reviews]
