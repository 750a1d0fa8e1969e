import { type ContractCase, get, post, quietly, type Step } from '../contract-case.ts'
import { customCollection, customGroup, defineSchema, specSchema, thing } from './custom-kind.ts'

const maps = '/api/v1/namespaces/{ns}/configmaps'
const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { a: '1' } }
const create = quietly(post(maps, map))
const shows = ['content-encoding', 'vary', 'cache-control'] as const

const paths: readonly string[] = [
  '/version',
  '/version/',
  '/healthz',
  '/healthz/',
  '/healthz/ping',
  '/livez/ping',
  '/readyz/ping',
  '/healthz/nothing',
  '/api/',
  '/openapi/v2x',
  '/metricsx',
  '/favicon.ico',
]

const plain: ContractCase[] = paths.map((path) => ({ id: `endpoint${path}`, steps: [get(path)] }))

/** What runs inside of a server is its own affair; that there is a list is not. */
const verbose: ContractCase[] = ['/healthz', '/livez', '/readyz'].map((path) => ({
  id: `endpoint${path}?verbose`,
  steps: [
    { ...get(`${path}?verbose`), compare: 'code' as const },
    { ...get(`${path}?verbose&exclude=ping`), compare: 'code' as const },
    { ...get(`${path}?exclude=ping`), compare: 'code' as const },
  ],
}))

const accepts = [
  'application/json',
  '*/*',
  'application/*',
  'text/html',
  'text/plain',
  'application/xml',
  'application/json;q=0.5,application/xml',
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  'application/json;as=Table;v=v9;g=meta.k8s.io',
  'application/json;as=Table;v=v9;g=meta.k8s.io,application/json',
  'application/json;as=Chair;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
]

const negotiated: ContractCase[] = accepts.map((accept) => ({
  id: `accept/${accept}`,
  steps: [
    create,
    get(`${maps}/one`, { accept }),
    get(`${maps}?fieldSelector=metadata.name%3Done`, { accept }),
  ],
}))

const types: ContractCase[] = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/xml',
  '',
].map((type) => ({
  id: `content-type/${type}`,
  steps: [{ ...post(`${maps}?dryRun=All`, map), ...(type === '' ? {} : { type }) }],
}))

const bodies: readonly [id: string, body: string][] = [
  ['empty', ''],
  ['no-json', 'nothing'],
  ['list', '[]'],
  ['text', '"x"'],
  ['no-kind', '{"apiVersion":"v1","metadata":{"name":"one"}}'],
  ['no-version', '{"kind":"ConfigMap","metadata":{"name":"one"}}'],
  ['cut', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"'],
  ['metadata-is-list', '{"apiVersion":"v1","kind":"ConfigMap","metadata":[]}'],
  ['data-is-text', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":"x"}'],
  ['data-is-number', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"a":1}}'],
]

const badBodies: ContractCase[] = bodies.map(([id, body]) => ({
  id: `body/${id}`,
  steps: [{ method: 'POST', path: maps, body }],
}))

const wide = { ...map, metadata: { name: 'wide' }, data: { a: 'x'.repeat(200_000) } }

const forms: ContractCase[] = [
  {
    id: 'form/pretty',
    steps: [
      create,
      ...['pretty=true', 'pretty=1', 'pretty=false', ''].map(
        (query): Step => ({ ...get(`/api/v1/namespaces/default/configmaps/none?${query}`), asText: true }),
      ),
    ],
  },
  {
    id: 'form/pretty-for-browsers',
    steps: [{ ...get('/version', { 'user-agent': 'Mozilla/5.0 curl/8' }), compare: 'code' }],
  },
  {
    id: 'form/gzip',
    steps: [
      quietly(post(maps, wide)),
      { ...get(`${maps}/wide`, { 'accept-encoding': 'gzip' }), shows: [...shows] },
      { ...get(`${maps}/wide`, { 'accept-encoding': 'br' }), shows: [...shows] },
      { ...get(`${maps}/wide`), shows: [...shows] },
      create,
      { ...get(`${maps}/one`, { 'accept-encoding': 'gzip' }), shows: [...shows] },
    ],
  },
  {
    id: 'form/options-and-head',
    steps: [
      create,
      { method: 'HEAD', path: `${maps}/one`, compare: 'code' },
      { method: 'HEAD', path: '/version', compare: 'code' },
    ],
  },
  { id: 'form/log-of-no-pod', steps: [get('/api/v1/namespaces/{ns}/pods/none/log')] },
]

const schema = specSchema({
  a: { type: 'string', description: 'what it is', maxLength: 5 },
  l: { type: 'array', items: { type: 'integer' } },
})
const openapi: ContractCase[] = [
  {
    id: 'openapi/custom-kind',
    steps: [
      ...defineSchema({ ...schema, description: 'A thing.' }),
      post(customCollection, thing({ spec: {} })),
      {
        ...get(`/openapi/v3/apis/${customGroup}/v1`),
        until: { code: 200, text: 'maxLength' },
        compare: 'code',
      },
    ],
  },
]

const timeouts: ContractCase[] = ['timeout=10s', 'timeout=abc', 'timeout=-1s', 'timeout=0', 'timeout=1h'].map(
  (query) => ({
    id: `timeout/${query}`,
    steps: [
      create,
      get(`${maps}/one?${query}`),
      post(`${maps}?dryRun=All&${query}`, { ...map, metadata: { name: 'two' } }),
    ],
  }),
)

/** JSON of about that many bytes. */
const bulky = (bytes: number) => ({ ...map, metadata: { name: 'bulky' }, data: { a: 'x'.repeat(bytes) } })

const sizes: ContractCase[] = [
  { id: 'size/more-than-a-map-holds', steps: [post(`${maps}?dryRun=All`, bulky(1_100_000))] },
  { id: 'size/more-than-a-request', steps: [post(`${maps}?dryRun=All`, bulky(3_200_000))] },
  {
    id: 'size/annotations',
    steps: [
      post(`${maps}?dryRun=All`, {
        ...map,
        metadata: { name: 'one', annotations: { a: 'x'.repeat(262_145) } },
      }),
    ],
  },
  {
    id: 'size/label',
    steps: [post(`${maps}?dryRun=All`, { ...map, metadata: { name: 'one', labels: { a: 'x'.repeat(64) } } })],
  },
  { id: 'size/name', steps: [post(`${maps}?dryRun=All`, { ...map, metadata: { name: 'x'.repeat(254) } })] },
  {
    id: 'size/generated-name',
    steps: [
      {
        ...post(`${maps}?dryRun=All`, { ...map, metadata: { generateName: 'x'.repeat(300) } }),
        compare: 'code',
      },
    ],
  },
  {
    id: 'size/custom-object',
    steps: [
      ...defineSchema(specSchema({ a: { type: 'string' } })),
      { ...post(customCollection, thing({ spec: { a: 'x'.repeat(1_600_000) } })), compare: 'code' },
    ],
  },
]

export const endpoints: readonly ContractCase[] = [
  ...plain,
  ...verbose,
  ...negotiated,
  ...types,
  ...badBodies,
  ...forms,
  ...openapi,
  ...timeouts,
  ...sizes,
]
