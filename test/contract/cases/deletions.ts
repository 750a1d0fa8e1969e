import type { JsonObject } from '@driftless/apimachinery'
import { type ContractCase, get, merge, patch, post, quietly, remove, type Step } from '../contract-case.ts'

const maps = '/api/v1/namespaces/{ns}/configmaps'
const secrets = '/api/v1/namespaces/{ns}/secrets'

/** A ConfigMap that earlier ones own; `owners` are the indexes of the steps that made them. */
function map(
  name: string,
  owners: readonly number[] = [],
  more: JsonObject = {},
  metadata: JsonObject = {},
): Step {
  const ownerReferences = owners.map((step) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: `{${step}.metadata.name}`,
    uid: `{${step}.metadata.uid}`,
    ...more,
  }))
  return quietly(
    post(maps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, ...(owners.length === 0 ? {} : { ownerReferences }), ...metadata },
    }),
  )
}

const gone = (name: string): Step => ({ ...get(`${maps}/${name}`), until: { code: 404 } })
const there = (name: string, text?: string): Step => ({
  ...get(`${maps}/${name}`),
  until: { code: 200, ...(text === undefined ? {} : { text }) },
})
const drop = (name: string, policy: string): Step =>
  quietly(remove(`${maps}/${name}?propagationPolicy=${policy}`))
const release = (name: string): Step =>
  quietly(patch(`${maps}/${name}`, { metadata: { finalizers: null } }, merge))
const held = { finalizers: ['example.com/wait'] }

const cascades: ContractCase[] = [
  {
    id: 'cascade/background',
    steps: [map('a'), map('b', [0]), drop('a', 'Background'), gone('a'), gone('b')],
  },
  {
    id: 'cascade/foreground',
    steps: [
      map('a'),
      map('b', [0], { blockOwnerDeletion: true }),
      drop('a', 'Foreground'),
      gone('b'),
      gone('a'),
    ],
  },
  {
    id: 'cascade/orphan',
    steps: [
      map('a'),
      map('b', [0]),
      drop('a', 'Orphan'),
      gone('a'),
      { ...get(`${maps}/b`), until: { code: 200, without: 'ownerReferences":[' } },
    ],
  },
  {
    id: 'cascade/several-levels',
    steps: [
      map('a'),
      map('b', [0]),
      map('c', [1]),
      map('d', [2]),
      drop('a', 'Background'),
      gone('d'),
      gone('c'),
      gone('b'),
      gone('a'),
    ],
  },
  {
    id: 'cascade/foreground-several-levels',
    steps: [
      map('a'),
      map('b', [0], { blockOwnerDeletion: true }),
      map('c', [1], { blockOwnerDeletion: true }),
      drop('a', 'Foreground'),
      gone('a'),
      gone('b'),
      gone('c'),
    ],
  },
  {
    id: 'cascade/foreground-waits-for-blocking',
    steps: [
      map('a'),
      map('b', [0], { blockOwnerDeletion: true }, held),
      drop('a', 'Foreground'),
      there('b', 'deletionTimestamp'),
      there('a', 'foregroundDeletion'),
      release('b'),
      gone('b'),
      gone('a'),
    ],
  },
  {
    id: 'cascade/foreground-does-not-wait-for-others',
    steps: [
      map('a'),
      map('b', [0], { blockOwnerDeletion: false }, held),
      drop('a', 'Foreground'),
      gone('a'),
      there('b', 'deletionTimestamp'),
    ],
  },
  {
    id: 'cascade/two-owners',
    steps: [
      map('a'),
      map('b'),
      map('c', [0, 1]),
      drop('a', 'Background'),
      gone('a'),
      { ...get(`${maps}/c`), until: { code: 200, without: '"name":"a"' } },
      drop('b', 'Background'),
      gone('c'),
    ],
  },
  {
    id: 'cascade/two-owners-foreground',
    steps: [
      map('a'),
      map('b'),
      map('c', [0, 1], { blockOwnerDeletion: true }),
      drop('a', 'Foreground'),
      gone('a'),
      { ...get(`${maps}/c`), until: { code: 200, without: '"name":"a"' } },
    ],
  },
  {
    id: 'cascade/absent-owner',
    steps: [
      map('a'),
      map(
        'b',
        [],
        {},
        {
          ownerReferences: [
            {
              apiVersion: 'v1',
              kind: 'ConfigMap',
              name: 'never',
              uid: '11111111-1111-1111-1111-111111111111',
            },
          ],
        },
      ),
      gone('b'),
      get(`${maps}/a`),
    ],
  },
  {
    id: 'cascade/owner-made-anew',
    steps: [
      map('a', [], {}, held),
      drop('a', 'Background'),
      map('b', [0]),
      release('a'),
      gone('a'),
      gone('b'),
    ],
  },
  {
    id: 'cascade/owner-in-another-namespace',
    steps: [
      quietly(
        post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other-{ns}' } }),
      ),
      quietly(
        post('/api/v1/namespaces/other-{ns}/configmaps', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'a' },
        }),
      ),
      map('b', [1]),
      gone('b'),
      { ...get('/api/v1/namespaces/other-{ns}/configmaps/a'), compare: 'code' },
    ],
  },
  {
    id: 'cascade/of-another-kind',
    steps: [
      map('a'),
      quietly(
        post(secrets, {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: {
            name: 's',
            ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '{0.metadata.uid}' }],
          },
        }),
      ),
      drop('a', 'Background'),
      { ...get(`${secrets}/s`), until: { code: 404 } },
    ],
  },
  {
    id: 'cascade/deployment-keeps-replicas',
    steps: [
      quietly(
        post('/apis/apps/v1/namespaces/{ns}/deployments', {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'one' },
          spec: {
            replicas: 0,
            selector: { matchLabels: { app: 'one' } },
            template: {
              metadata: { labels: { app: 'one' } },
              spec: { containers: [{ name: 'm', image: 'nginx' }] },
            },
          },
        }),
      ),
      quietly(
        post('/apis/apps/v1/namespaces/{ns}/replicasets', {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          metadata: {
            name: 'one',
            ownerReferences: [
              {
                apiVersion: 'apps/v1',
                kind: 'Deployment',
                name: 'one',
                uid: '{0.metadata.uid}',
                controller: true,
                blockOwnerDeletion: true,
              },
            ],
          },
          spec: {
            replicas: 0,
            selector: { matchLabels: { app: 'one' } },
            template: {
              metadata: { labels: { app: 'one' } },
              spec: { containers: [{ name: 'm', image: 'nginx' }] },
            },
          },
        }),
      ),
      quietly(remove('/apis/apps/v1/namespaces/{ns}/deployments/one')),
      { ...get('/apis/apps/v1/namespaces/{ns}/replicasets/one'), until: { code: 404 } },
    ],
  },
]

const namespaces: ContractCase[] = [
  {
    id: 'cascade/namespace-empties-itself',
    steps: [
      map('a'),
      quietly(remove('/api/v1/namespaces/{ns}')),
      { ...get('/api/v1/namespaces/{ns}'), until: { code: 404 } },
      get(`${maps}/a`),
      post(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } }),
    ],
  },
  {
    id: 'cascade/namespace-held',
    steps: [
      map('a', [], {}, held),
      quietly(remove('/api/v1/namespaces/{ns}')),
      {
        ...get('/api/v1/namespaces/{ns}'),
        until: { code: 200, text: 'NamespaceContentRemaining' },
        compare: 'code',
      },
      post(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } }),
      there('a', 'deletionTimestamp'),
      release('a'),
      { ...get('/api/v1/namespaces/{ns}'), until: { code: 404 } },
    ],
  },
]

const finalizers: ContractCase[] = [
  {
    id: 'deletion/finalizers-one-by-one',
    stage: 'together',
    steps: [
      post(maps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'a', finalizers: ['example.com/a', 'example.com/b'] },
      }),
      remove(`${maps}/a`),
      patch(`${maps}/a`, { metadata: { finalizers: ['example.com/b'] } }, merge),
      patch(`${maps}/a`, { metadata: { finalizers: ['example.com/b', 'example.com/c'] } }, merge),
      patch(`${maps}/a`, { data: { a: '1' } }, merge),
      remove(`${maps}/a`),
      patch(`${maps}/a`, { metadata: { finalizers: [] } }, merge),
      get(`${maps}/a`),
    ],
  },
  {
    id: 'deletion/bad-finalizers',
    stage: 'together',
    steps: ['no-domain', 'kubernetes', 'orphan', 'foregroundDeletion', 'Bad/Name!', 'a/b/c', ''].map(
      (name, at) =>
        post(maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `a${at}`, finalizers: [name] } }),
    ),
  },
  {
    id: 'deletion/two-controllers',
    stage: 'together',
    steps: [
      post(maps, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'a',
          ownerReferences: ['x', 'y'].map((name) => ({
            apiVersion: 'v1',
            kind: 'ConfigMap',
            name,
            uid: name,
            controller: true,
          })),
        },
      }),
    ],
  },
]

export const deletions: readonly ContractCase[] = [
  ...[...cascades, ...namespaces].map((found): ContractCase => ({ ...found, stage: 'controlled' })),
  ...finalizers,
]
