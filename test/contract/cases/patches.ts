import type { JsonObject, JsonValue } from '@driftless/apimachinery'
import {
  type ContractCase,
  get,
  jsonPatch,
  merge,
  patch,
  post,
  quietly,
  strategic,
  type Step,
} from '../contract-case.ts'

const deployments = '/apis/apps/v1/namespaces/{ns}/deployments'
const one = `${deployments}/one`

const pod: JsonObject = {
  containers: [
    {
      name: 'main',
      image: 'nginx:1.29',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      ports: [{ containerPort: 80 }, { containerPort: 81 }],
    },
    { name: 'side', image: 'busybox' },
  ],
  volumes: [
    { name: 'v', emptyDir: {} },
    { name: 'w', configMap: { name: 'c' } },
  ],
  tolerations: [{ key: 'a', operator: 'Exists' }],
  nodeSelector: { disk: 'fast' },
}

const create = quietly(
  post(deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'one', labels: { a: '1', b: '2' }, finalizers: ['example.com/a', 'example.com/b'] },
    spec: {
      selector: { matchLabels: { app: 'one' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
      template: { metadata: { labels: { app: 'one' } }, spec: pod },
    },
  }),
)

const inPod = (spec: JsonObject): JsonObject => ({ spec: { template: { spec } } })

/** Strategic merges, each on the same Deployment. */
const merges: readonly [id: string, body: JsonValue][] = [
  ['merge-container', inPod({ containers: [{ name: 'main', image: 'nginx:2' }] })],
  ['add-container', inPod({ containers: [{ name: 'third', image: 'x' }] })],
  ['delete-container', inPod({ containers: [{ name: 'side', $patch: 'delete' }] })],
  ['delete-missing-container', inPod({ containers: [{ name: 'none', $patch: 'delete' }] })],
  ['replace-containers', inPod({ containers: [{ $patch: 'replace' }, { name: 'only', image: 'x' }] })],
  ['replace-map', inPod({ nodeSelector: { $patch: 'replace', zone: 'a' } })],
  ['delete-map', inPod({ nodeSelector: { $patch: 'delete' } })],
  [
    'order-of-containers',
    inPod({
      '$setElementOrder/containers': [{ name: 'side' }, { name: 'main' }],
      containers: [{ name: 'main', image: 'nginx:3' }],
    }),
  ],
  ['order-only', inPod({ '$setElementOrder/containers': [{ name: 'side' }, { name: 'main' }] })],
  [
    'order-that-lacks-one',
    inPod({
      '$setElementOrder/containers': [{ name: 'side' }],
      containers: [{ name: 'main', image: 'nginx:3' }],
    }),
  ],
  ['retain-keys', { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }],
  ['no-retain-keys', { spec: { strategy: { type: 'Recreate' } } }],
  [
    'volume-source-changes',
    inPod({ volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/a' } }] }),
  ],
  ['delete-from-primitive-list', { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a'] } }],
  ['add-to-primitive-list', { metadata: { finalizers: ['example.com/c'] } }],
  [
    'order-of-primitive-list',
    {
      metadata: {
        '$setElementOrder/finalizers': ['example.com/b', 'example.com/c', 'example.com/a'],
        finalizers: ['example.com/c'],
      },
    },
  ],
  [
    'env-merge',
    inPod({
      containers: [
        {
          name: 'main',
          env: [
            { name: 'A', value: '9' },
            { name: 'C', value: '3' },
          ],
        },
      ],
    }),
  ],
  ['env-delete', inPod({ containers: [{ name: 'main', env: [{ name: 'A', $patch: 'delete' }] }] })],
  ['ports-by-port', inPod({ containers: [{ name: 'main', ports: [{ containerPort: 80, name: 'http' }] }] })],
  ['null-field', inPod({ nodeSelector: null })],
  ['null-key', { metadata: { labels: { a: null } } }],
  ['tolerations-atomic', inPod({ tolerations: [{ key: 'b', operator: 'Exists' }] })],
  ['no-merge-key', inPod({ containers: [{ image: 'x' }] })],
  ['bad-directive', inPod({ containers: [{ name: 'main', $patch: 'dance' }] })],
  ['unknown-field', inPod({ wrong: 1 })],
  ['wrong-type', { spec: { replicas: 'three' } }],
  ['not-an-object', []],
]

const strategicCases: ContractCase[] = merges.map(([id, body]) => ({
  id: `strategic/${id}`,
  steps: [create, patch(one, body, strategic), get(one)],
}))

const maps = '/api/v1/namespaces/{ns}/configmaps'
const map = quietly(
  post(maps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'one', labels: { 'a/b': 'c' } },
    data: { a: '1', 'k.x': '2' },
  }),
)

const operations: readonly [id: string, body: JsonValue][] = [
  [
    'test-good',
    [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'replace', path: '/data/a', value: '2' },
    ],
  ],
  ['test-bad', [{ op: 'test', path: '/data/a', value: '9' }]],
  ['test-missing', [{ op: 'test', path: '/data/zz', value: '9' }]],
  ['test-null', [{ op: 'test', path: '/data/zz', value: null }]],
  ['add', [{ op: 'add', path: '/data/n', value: '1' }]],
  ['add-in-missing', [{ op: 'add', path: '/nothing/n', value: '1' }]],
  ['remove', [{ op: 'remove', path: '/data/a' }]],
  ['remove-missing', [{ op: 'remove', path: '/data/zz' }]],
  ['replace-missing', [{ op: 'replace', path: '/data/zz', value: '1' }]],
  ['move', [{ op: 'move', from: '/data/a', path: '/data/b' }]],
  ['copy', [{ op: 'copy', from: '/data/a', path: '/data/b' }]],
  ['escaped', [{ op: 'replace', path: '/metadata/labels/a~1b', value: 'd' }]],
  ['unknown-op', [{ op: 'dance', path: '/data/a' }]],
  ['no-path', [{ op: 'add', value: '1' }]],
  ['not-a-list', { op: 'add', path: '/data/n', value: '1' }],
  ['empty', []],
  ['whole', [{ op: 'replace', path: '', value: { a: 1 } }]],
  ['rename', [{ op: 'replace', path: '/metadata/name', value: 'two' }]],
  ['kind', [{ op: 'replace', path: '/kind', value: 'Secret' }]],
  ['wrong-type', [{ op: 'replace', path: '/data', value: 'text' }]],
  [
    'append',
    [
      { op: 'add', path: '/metadata/finalizers', value: [] },
      { op: 'add', path: '/metadata/finalizers/-', value: 'example.com/a' },
    ],
  ],
  [
    'bad-index',
    [
      { op: 'add', path: '/metadata/finalizers', value: ['example.com/a'] },
      { op: 'remove', path: '/metadata/finalizers/5' },
    ],
  ],
  ['text', 'no json'],
]

const jsonCases: ContractCase[] = operations.map(([id, body]) => ({
  id: `json-patch/${id}`,
  steps: [map, patch(`${maps}/one`, body, jsonPatch), get(`${maps}/one`)],
}))

const documents: readonly [id: string, body: JsonValue][] = [
  ['null-removes', { data: { a: null } }],
  ['null-everything', { data: null }],
  ['nested-new', { metadata: { annotations: { a: 'b' } } }],
  ['rename', { metadata: { name: 'two' } }],
  ['other-namespace', { metadata: { namespace: 'default' } }],
  ['other-kind', { kind: 'Secret' }],
  ['other-version', { apiVersion: 'v2' }],
  ['list', []],
  ['text', 'no json'],
  ['number-for-text', { data: { a: 5 } }],
  ['list-for-map', { data: ['a'] }],
  ['unknown', { extra: { a: 1 } }],
]

const mergeCases: ContractCase[] = documents.map(([id, body]) => ({
  id: `merge-patch/${id}`,
  steps: [map, patch(`${maps}/one`, body, merge), get(`${maps}/one`)],
}))

const validation: Step[] = ['Strict', 'Warn', 'Ignore'].flatMap((mode) => [
  {
    ...patch(`${maps}/one?fieldValidation=${mode}`, { extra: 1 }, merge),
    compare: mode === 'Strict' ? 'code' : 'all',
  },
  {
    ...patch(`${maps}/one?fieldValidation=${mode}`, { extra: 1 }, strategic),
    compare: mode === 'Strict' ? 'code' : 'all',
  },
  {
    ...patch(`${maps}/one?fieldValidation=${mode}`, [{ op: 'add', path: '/extra', value: 1 }], jsonPatch),
    compare: mode === 'Strict' ? 'code' : 'all',
  },
])

const duplicates: Step[] = ['Strict', 'Warn', 'Ignore'].map((mode) => ({
  method: 'POST',
  path: `${maps}?fieldValidation=${mode}&dryRun=All`,
  body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"two"},"data":{"a":"1","a":"2"},"data":{"b":"1"}}',
}))

const yaml: Step = {
  method: 'POST',
  path: `${maps}?dryRun=All`,
  type: 'application/yaml',
  body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: two\ndata:\n  a: "1"\n',
}

export const patches: readonly ContractCase[] = [
  ...strategicCases,
  ...jsonCases,
  ...mergeCases,
  { id: 'field-validation/of-patches', steps: [map, ...validation, get(`${maps}/one`)] },
  { id: 'field-validation/duplicate-keys', steps: duplicates },
  {
    id: 'field-validation/yaml',
    steps: [
      yaml,
      {
        ...yaml,
        path: `${maps}?dryRun=All&fieldValidation=Strict`,
        body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\nextra: 1\n',
      },
    ],
  },
]
