import type { JsonObject } from '@driftless/apimachinery'
import { type ContractCase, get, merge, patch, post, quietly, remove, type Step } from '../contract-case.ts'
import { customCollection, defineSchema, specSchema, thing } from './custom-kind.ts'

const maps = '/api/v1/namespaces/{ns}/configmaps'
const mine = 'labelSelector=case%3D{ns}'
const table = 'application/json;as=Table;g=meta.k8s.io;v=v1'
const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'

function map(name: string, labels: Record<string, string> = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { case: '{ns}', ...labels } },
    data: { a: '1' },
  }
}

const create = (name: string, labels: Record<string, string> = {}): Step =>
  quietly(post(maps, map(name, labels)))

/** A watch that ends by itself after a second: all that it sends until then is compared. */
function watch(query: string, headers?: Record<string, string>): Step {
  return { ...get(`${maps}?watch=true&timeoutSeconds=1&${query}`, headers), events: 1000 }
}

const from = (step: number): string => `resourceVersion={${step}.metadata.resourceVersion}`

/** One, its change, two, and the end of one. */
const history: Step[] = [
  create('one'),
  quietly(patch(`${maps}/one`, { data: { a: '2' } }, merge)),
  create('two'),
  quietly(remove(`${maps}/one`)),
  // Reads of any version come from a cache of the real server, which may be behind.
  quietly({ ...get(`${maps}?${mine}&resourceVersion=0`), until: { code: 200, text: '"two"' } }),
]

const starts: ContractCase[] = [
  { id: 'watch-start/exact', steps: [...history, watch(`${mine}&${from(0)}`)] },
  { id: 'watch-start/zero', steps: [...history, watch(`${mine}&resourceVersion=0`)] },
  { id: 'watch-start/none', steps: [...history, watch(mine)] },
  { id: 'watch-start/newest', steps: [...history, watch(`${mine}&${from(3)}`)] },
  {
    id: 'watch-start/future',
    steps: [...history, { ...watch(`${mine}&resourceVersion=999999999`), compare: 'code' }],
  },
  {
    id: 'watch-start/one-by-name',
    steps: [...history, watch(`fieldSelector=metadata.name%3Done&${from(0)}`)],
  },
  {
    id: 'watch-start/old-path',
    steps: [
      ...history,
      {
        ...get(`/api/v1/watch/namespaces/{ns}/configmaps?timeoutSeconds=1&${mine}&${from(0)}`),
        events: 1000,
      },
    ],
  },
  { id: 'watch-start/object-path', steps: [...history, get(`${maps}/two?watch=true&timeoutSeconds=1`)] },
  { id: 'watch-start/as-table', steps: [...history, watch(`${mine}&${from(0)}`, { accept: table })] },
  { id: 'watch-start/as-metadata', steps: [...history, watch(`${mine}&${from(0)}`, { accept: partial })] },
  {
    id: 'watch-start/all-namespaces',
    steps: [
      ...history,
      { ...get(`/api/v1/configmaps?watch=true&timeoutSeconds=1&${mine}&${from(0)}`), events: 1000 },
    ],
  },
]

const initial: ContractCase[] = [
  'sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan',
  'sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&resourceVersion=0',
  'sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
  'sendInitialEvents=true&allowWatchBookmarks=true',
  'sendInitialEvents=false',
  'sendInitialEvents=false&resourceVersionMatch=NotOlderThan',
  'sendInitialEvents=true&resourceVersionMatch=Exact',
  'resourceVersionMatch=NotOlderThan',
  'allowWatchBookmarks=true&resourceVersion=0',
  'sendInitialEvents=maybe',
  'timeoutSeconds=x',
].map((query) => {
  const asked = watch(`${mine}&${query}`)
  // With bookmarks the real server sends more of them when it likes.
  const steps = [...history, query.includes('Bookmarks') ? { ...asked, events: 2 } : asked]
  return { id: `watch-initial/${query}`, steps }
})

const selectors: ContractCase[] = [
  {
    id: 'watch-selector/labels-enter-and-leave',
    steps: [
      create('one', { app: 'a' }),
      quietly(patch(`${maps}/one`, { metadata: { labels: { app: 'b' } } }, merge)),
      quietly(patch(`${maps}/one`, { data: { a: '3' } }, merge)),
      quietly(patch(`${maps}/one`, { metadata: { labels: { app: 'a' } } }, merge)),
      quietly(patch(`${maps}/one`, { data: { a: '4' } }, merge)),
      quietly(remove(`${maps}/one`)),
      watch(`labelSelector=app%3Da,case%3D{ns}&${from(0)}`),
      watch(`labelSelector=app%21%3Da,case%3D{ns}&${from(0)}`),
      watch(`labelSelector=app%20in%20(b),case%3D{ns}&${from(0)}`),
      watch(`labelSelector=%21app,case%3D{ns}&${from(0)}`),
    ],
  },
  {
    id: 'watch-selector/fields-enter-and-leave',
    steps: [
      quietly(
        post('/api/v1/namespaces/{ns}/pods', {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'one' },
          spec: { containers: [{ name: 'main', image: 'nginx:1.29' }] },
        }),
      ),
      quietly(patch('/api/v1/namespaces/{ns}/pods/one/status', { status: { phase: 'Running' } }, merge)),
      quietly(patch('/api/v1/namespaces/{ns}/pods/one/status', { status: { phase: 'Failed' } }, merge)),
      {
        ...get(
          `/api/v1/namespaces/{ns}/pods?watch=true&timeoutSeconds=1&fieldSelector=status.phase%3DRunning&${from(0)}`,
        ),
        events: 1000,
      },
      {
        ...get(
          `/api/v1/namespaces/{ns}/pods?watch=true&timeoutSeconds=1&fieldSelector=status.phase%21%3DRunning&${from(0)}`,
        ),
        events: 1000,
      },
    ],
  },
]

const customWatch: ContractCase[] = [
  {
    id: 'watch-custom/exact-and-selected',
    steps: [
      ...defineSchema(specSchema({ a: { type: 'string' } }), { selectableFields: [{ jsonPath: '.spec.a' }] }),
      quietly(post(customCollection, thing({ spec: { a: 'x' } }))),
      quietly(patch(`${customCollection}/one`, { spec: { a: 'y' } }, merge)),
      quietly(remove(`${customCollection}/one`)),
      { ...get(`${customCollection}?watch=true&timeoutSeconds=1&${from(3)}`), events: 1000 },
      {
        ...get(`${customCollection}?watch=true&timeoutSeconds=1&fieldSelector=spec.a%3Dy&${from(3)}`),
        events: 1000,
      },
      {
        ...get(`${customCollection}?watch=true&timeoutSeconds=1&${from(3)}`, { accept: table }),
        events: 1000,
      },
    ],
  },
]

/** The history is gone for everybody: these run alone. */
const forgotten: ContractCase[] = [
  {
    id: 'watch-custom/before-the-kind',
    stage: 'alone',
    steps: [
      ...defineSchema(specSchema({ a: { type: 'string' } })),
      post(customCollection, thing({ spec: { a: 'x' } })),
      {
        ...get(`${customCollection}?watch=true&timeoutSeconds=1&resourceVersion=1`),
        events: 1000,
        compact: true,
      },
    ],
  },
  {
    id: 'watch-forgotten/continue-token',
    stage: 'alone',
    steps: [
      create('one'),
      create('two'),
      create('three'),
      quietly(get(`${maps}?limit=1&${mine}`)),
      create('four'),
      get(`${maps}?limit=1&${mine}&continue={3.metadata.continue}`),
      quietly(patch(`${maps}/one`, { data: { a: '5' } }, merge)),
      { ...get(`${maps}?limit=1&${mine}&continue={3.metadata.continue}`), compact: true },
    ],
  },
  {
    id: 'watch-forgotten/exact-list',
    stage: 'alone',
    steps: [
      create('one'),
      quietly(patch(`${maps}/one`, { data: { a: '5' } }, merge)),
      get(`${maps}?${mine}&${from(0)}&resourceVersionMatch=Exact`),
      { ...quietly(get(`${maps}/one`)), compact: true },
      get(`${maps}?${mine}&${from(0)}&resourceVersionMatch=Exact`),
    ],
  },
]

const pages: ContractCase[] = [
  {
    id: 'list/pages',
    steps: [
      ...['a', 'b', 'c', 'd', 'e'].map((name) => create(name)),
      get(`${maps}?limit=2&${mine}`),
      get(`${maps}?limit=2&${mine}&continue={5.metadata.continue}`),
      get(`${maps}?limit=2&${mine}&continue={6.metadata.continue}`),
      create('bb'),
      get(`${maps}?limit=10&${mine}&continue={5.metadata.continue}`),
      get(`${maps}?limit=2&${mine}&continue={5.metadata.continue}&resourceVersion=5`),
      { ...get(`${maps}?limit=2&resourceVersion=0&${mine}`), until: { code: 200, text: '"bb"' } },
      get(`${maps}?limit=2&${mine}`, { accept: table }),
    ],
  },
  {
    id: 'list/versions',
    steps: [
      create('one'),
      quietly(patch(`${maps}/one`, { data: { a: '2' } }, merge)),
      create('two'),
      { ...get(`${maps}?${mine}&resourceVersion=0`), until: { code: 200, text: '"two"' } },
      get(`${maps}?${mine}&${from(0)}`),
      get(`${maps}?${mine}&${from(0)}&resourceVersionMatch=Exact`),
      get(`${maps}?${mine}&${from(1)}&resourceVersionMatch=Exact`),
      get(`${maps}?${mine}&${from(0)}&resourceVersionMatch=NotOlderThan`),
      get(`${maps}?${mine}&resourceVersion=0&resourceVersionMatch=Exact`),
      get(`${maps}?${mine}&resourceVersion=0&resourceVersionMatch=Wrong`),
      get(`${maps}?${mine}&resourceVersionMatch=NotOlderThan`),
      get(`${maps}/one?${from(0)}`),
      get(`${maps}/one?resourceVersion=0`),
    ],
  },
  {
    id: 'list/too-new',
    steps: [
      create('one'),
      {
        ...get(`${maps}?${mine}&resourceVersion=999999999&resourceVersionMatch=NotOlderThan`),
        compare: 'code',
      },
      { ...get(`${maps}/one?resourceVersion=999999999`), compare: 'code' },
    ],
  },
  {
    id: 'list/selectors',
    steps: [
      create('one', { app: 'a', tier: 'x' }),
      create('two', { app: 'b' }),
      ...[
        'app%3Da',
        'app%3D%3Da',
        'app!%3Da',
        'app',
        '!app',
        'app%20in%20(a,b)',
        'app%20notin%20(a)',
        'tier,app%3Da',
        'app%3E1',
        'a%20b',
        'app%3D',
        '%3Da',
        'app%20in%20()',
        'app%20in%20(a',
      ].map((selector) => get(`${maps}?labelSelector=case%3D{ns},${selector}`)),
      ...[
        'metadata.name%3Done',
        'metadata.name!%3Done',
        'metadata.namespace%3D{ns}',
        'metadata.name%3Done,metadata.name%3Dtwo',
        'x',
        'data.a%3D1',
        'metadata.name',
      ].map((selector) => get(`${maps}?${mine}&fieldSelector=${selector}`)),
    ],
  },
]

export const watches: readonly ContractCase[] = [
  ...starts,
  ...initial,
  ...selectors,
  ...customWatch,
  ...forgotten,
  ...pages,
]
