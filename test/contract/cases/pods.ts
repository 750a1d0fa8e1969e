import type { JsonObject } from '@driftless/apimachinery'
import {
  apply,
  type ContractCase,
  get,
  jsonPatch,
  merge,
  patch,
  post,
  put,
  quietly,
  remove,
} from '../contract-case.ts'

const pods = '/api/v1/namespaces/{ns}/pods'
const one = `${pods}/one`
const pod: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'one', labels: { app: 'one' } },
  spec: { containers: [{ name: 'main', image: 'nginx:1.29' }] },
}
const create = quietly(post(pods, pod))
const eviction = (more: JsonObject = {}): JsonObject => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { name: 'one', namespace: '{ns}' },
  ...more,
})
const budget = (spec: JsonObject): JsonObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'guard' },
  spec: { selector: { matchLabels: { app: 'one' } }, ...spec },
})
const budgets = '/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets'
const running = quietly(
  patch(
    `${one}/status`,
    { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
    merge,
  ),
)
const binding = (node: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name: 'one' },
  target: { apiVersion: 'v1', kind: 'Node', name: node },
})

const owner: JsonObject = { apiVersion: 'example.com/v1', kind: 'Unserved', name: 'a', uid: 'owner-1' }
const owned = (references: readonly JsonObject[]): JsonObject => ({
  ...pod,
  metadata: { name: 'one', ownerReferences: [...references] },
})
const ownedMap: JsonObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'one', ownerReferences: [owner, owner] },
}
const addOwner = { op: 'add', path: '/metadata/ownerReferences/-', value: owner }

const owners: ContractCase[] = [
  {
    id: 'pod/owner-twice',
    steps: [
      post(pods, owned([owner, owner])),
      patch(one, [addOwner], jsonPatch),
      patch(`${one}/status`, [addOwner], jsonPatch),
      post('/api/v1/namespaces/{ns}/configmaps', ownedMap),
      put('/api/v1/namespaces/{ns}/configmaps/one', ownedMap),
      patch(`${one}?fieldManager=a&force=true`, owned([owner, owner]), apply),
      get(one),
    ],
  },
]

const evictions: ContractCase[] = [
  {
    id: 'pod/evicted',
    steps: [create, post(`${one}/eviction`, eviction()), get(one), post(`${one}/eviction`, eviction())],
  },
  {
    id: 'pod/evicted-dry',
    steps: [
      create,
      post(`${one}/eviction?dryRun=All`, eviction()),
      { ...get(one), compare: 'code' },
      post(`${one}/eviction`, eviction({ deleteOptions: { dryRun: ['All'] } })),
      { ...get(one), compare: 'code' },
    ],
  },
  {
    id: 'pod/evicted-precondition',
    steps: [
      create,
      post(`${one}/eviction`, eviction({ deleteOptions: { preconditions: { uid: 'other' } } })),
      get(one),
    ],
  },
  {
    id: 'pod/eviction-of-pending-pod',
    steps: [
      create,
      quietly(post(budgets, budget({ minAvailable: 1 }))),
      post(`${one}/eviction`, eviction()),
      { ...get(one), compare: 'code' },
    ],
  },
  {
    id: 'pod/eviction-blocked',
    steps: [
      create,
      running,
      quietly(post(budgets, budget({ minAvailable: 1 }))),
      quietly(
        patch(
          `${budgets}/guard/status`,
          {
            status: {
              observedGeneration: 1,
              disruptionsAllowed: 0,
              currentHealthy: 1,
              desiredHealthy: 1,
              expectedPods: 1,
            },
          },
          merge,
        ),
      ),
      post(`${one}/eviction`, eviction()),
      quietly(patch(`${budgets}/guard/status`, { status: { disruptionsAllowed: 1 } }, merge)),
      post(`${one}/eviction`, eviction()),
      { ...get(`${budgets}/guard`), compare: 'code' },
    ],
  },
  {
    id: 'pod/eviction-two-budgets',
    steps: [
      create,
      running,
      quietly(post(budgets, budget({ minAvailable: 1 }))),
      quietly(post(budgets, { ...budget({ maxUnavailable: 1 }), metadata: { name: 'second' } })),
      { ...post(`${one}/eviction`, eviction()), compare: 'code' },
    ],
  },
  {
    id: 'pod/eviction-get',
    steps: [create, get(`${one}/eviction`), post(`${one}/eviction`, { apiVersion: 'v1', kind: 'Pod' })],
  },
]

const bindings: ContractCase[] = [
  {
    id: 'pod/bound',
    steps: [
      create,
      post(`${one}/binding`, binding('node-a')),
      get(one),
      post(`${one}/binding`, binding('node-b')),
      patch(one, { spec: { nodeName: 'node-b' } }, merge),
    ],
  },
  {
    id: 'pod/bound-to-nothing',
    steps: [
      create,
      post(`${one}/binding`, { ...binding(''), target: { kind: 'Node', name: '' } }),
      post(`${one}/binding`, { ...binding('a'), target: { kind: 'Robot', name: 'a' } }),
      post(`${pods}/none/binding`, { ...binding('a'), metadata: { name: 'none' } }),
    ],
  },
  {
    id: 'pod/binding-kind',
    steps: [create, post('/api/v1/namespaces/{ns}/bindings', binding('node-a')), get(one)],
  },
]

const graceful: ContractCase[] = [
  {
    id: 'pod/graceful',
    steps: [
      create,
      quietly(post(`${one}/binding`, binding('node-a'))),
      remove(one),
      remove(`${one}?gracePeriodSeconds=5`),
      remove(`${one}?gracePeriodSeconds=60`),
      remove(`${one}?gracePeriodSeconds=0`),
      get(one),
    ],
  },
  { id: 'pod/unbound-goes-at-once', steps: [create, remove(one), get(one)] },
]

const others: ContractCase[] = [
  {
    id: 'pod/status-and-spec',
    steps: [
      create,
      patch(`${one}/status`, { status: { phase: 'Running' }, spec: { nodeName: 'x' } }, merge),
      {
        ...patch(
          one,
          { spec: { containers: [{ name: 'main', image: 'nginx:2' }] } },
          'application/strategic-merge-patch+json',
        ),
      },
      patch(one, { spec: { activeDeadlineSeconds: 5 } }, merge),
      { ...patch(one, { spec: { hostNetwork: true } }, merge), compare: 'code' },
    ],
  },
  {
    id: 'pod/log',
    steps: [
      create,
      { ...get(`${one}/log`), compare: 'code' },
      get(`${one}/log?container=none`),
      get(`${pods}/none/log`),
    ],
  },
  {
    id: 'pod/ephemeral',
    steps: [
      create,
      patch(
        `${one}/ephemeralcontainers`,
        { spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox' }] } },
        'application/strategic-merge-patch+json',
      ),
      get(one),
    ],
  },
]

export const podCases: readonly ContractCase[] = [
  ...owners,
  ...evictions,
  ...bindings,
  ...graceful,
  ...others,
]
