import { type ContractCase, get, post } from '../contract-case.ts'

const paths = [
  '/api',
  '/apis/apps',
  '/apis/batch',
  '/apis/autoscaling',
  '/apis/nothing.example.com',
  '/apis/apps/v9',
  '/apis/apps/v1',
  '/apis/batch/v1',
  '/apis/policy/v1',
  '/apis/networking.k8s.io/v1',
  '/apis/rbac.authorization.k8s.io/v1',
  '/apis/storage.k8s.io/v1',
  '/apis/autoscaling/v1',
  '/apis/autoscaling/v2',
  '/apis/apiextensions.k8s.io/v1',
  '/apis/coordination.k8s.io/v1',
  '/apis/discovery.k8s.io/v1',
  '/apis/scheduling.k8s.io/v1',
  '/api/v1',
  '/healthz',
  '/livez',
  '/readyz',
  '/nothing',
  '/api/v1/nothing',
  '/apis/apps/v1/namespaces/{ns}/nothing',
  '/api/v1/namespaces/nowhere-{ns}/configmaps',
  '/api/v1/namespaces/{ns}/pods/one/log',
  '/api/v1/namespaces/{ns}/configmaps/one/status',
  '/api/v1/namespaces/{ns}/configmaps?limit=-1',
  '/api/v1/namespaces/{ns}/configmaps?limit=one',
  '/api/v1/namespaces/{ns}/configmaps?resourceVersion=one',
  '/api/v1/namespaces/{ns}/configmaps?resourceVersionMatch=Exact',
  '/api/v1/namespaces/{ns}/configmaps?continue=wrong',
  '/api/v1/namespaces/{ns}/configmaps?labelSelector=a%20b',
  '/api/v1/namespaces/{ns}/configmaps?labelSelector=a%20in%20(b,c)',
  '/api/v1/namespaces/{ns}/configmaps?fieldSelector=a',
  '/api/v1/namespaces/{ns}/configmaps?watch=true&resourceVersion=one',
]

const reviews = [
  ['users', { user: 'jane' }],
  ['groups', { user: 'jane', groups: ['system:masters'] }],
] as const

const access: ContractCase[] = reviews.map(([name, who]) => ({
  id: `access-review/${name}`,
  steps: [
    post('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: who.user,
        ...('groups' in who ? { groups: [...who.groups] } : {}),
        resourceAttributes: { verb: 'get', resource: 'pods' },
      },
    }),
  ],
}))

const denied: ContractCase[] = ['configmaps', 'secrets', 'pods', 'services'].flatMap((resource) =>
  [
    ['list', ''],
    ['get', '/one'],
  ].map(([verb = '', rest = '']) => ({
    id: `denied-${verb}/${resource}`,
    steps: [
      get(`/api/v1/namespaces/{ns}/${resource}${rest}`, { 'impersonate-user': 'stranger' }),
      get(`/api/v1/namespaces/{ns}/${resource}${rest}`, {
        'impersonate-user': 'stranger',
        'impersonate-group': 'system:masters',
      }),
    ],
  })),
)

export const discoveryAndErrors: readonly ContractCase[] = [
  ...paths.map((path) => ({ id: `get-path${path}`, steps: [get(path)] })),
  ...access,
  ...denied,
]
