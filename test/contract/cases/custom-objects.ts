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
  remove,
  strategic,
} from '../contract-case.ts'
import {
  customCollection,
  customGroup,
  define,
  definitionPath,
  defineSchema,
  specSchema,
  thing,
  versionOf,
} from './custom-kind.ts'

const text: JsonObject = { type: 'string' }
const whole: JsonObject = { type: 'integer' }
const one = `${customCollection}/one`
const table = 'application/json;as=Table;g=meta.k8s.io;v=v1'

const withStatus: JsonObject = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { n: whole, a: text } },
    status: { type: 'object', properties: { n: whole, phase: text, selector: text } },
  },
}
const scale = {
  specReplicasPath: '.spec.n',
  statusReplicasPath: '.status.n',
  labelSelectorPath: '.status.selector',
}

const statusCases: ContractCase[] = [
  {
    id: 'custom-object/status',
    steps: [
      ...defineSchema(withStatus, { subresources: { status: {} } }),
      post(customCollection, thing({ spec: { n: 1 }, status: { phase: 'given' } })),
      put(
        `${one}/status`,
        thing(
          { spec: { n: 5 }, status: { phase: 'ready', n: 2 } },
          { resourceVersion: '{3.metadata.resourceVersion}', labels: { a: 'b' } },
        ),
      ),
      patch(`${one}/status`, { spec: { n: 9 }, status: { phase: 'merged' } }, merge),
      patch(`${one}/status`, [{ op: 'replace', path: '/status/phase', value: 'patched' }], jsonPatch),
      patch(`${one}/status?fieldManager=s`, thing({ status: { n: 7 } }), apply),
      patch(one, { spec: { n: 3 }, status: { phase: 'ignored' } }, merge),
      put(
        one,
        thing(
          { spec: { n: 4 }, status: { phase: 'ignored' } },
          { resourceVersion: '{8.metadata.resourceVersion}' },
        ),
      ),
      get(`${one}/status`),
      patch(`${one}/status`, { status: { n: 'x' } }, merge),
      get(one),
    ],
  },
  {
    id: 'custom-object/no-status-subresource',
    steps: [
      ...defineSchema(withStatus),
      post(customCollection, thing({ spec: { n: 1 }, status: { phase: 'given' } })),
      get(`${one}/status`),
      patch(one, { status: { phase: 'changed' } }, merge),
      patch(one, { metadata: { labels: { a: 'b' } } }, merge),
    ],
  },
  {
    id: 'custom-object/scale',
    steps: [
      ...defineSchema(withStatus, { subresources: { status: {}, scale } }),
      post(customCollection, thing({ spec: { n: 2 } })),
      get(`${one}/scale`),
      patch(`${one}/status`, { status: { n: 1, selector: 'app=one' } }, merge),
      get(`${one}/scale`),
      patch(`${one}/scale`, { spec: { replicas: 5 } }, merge),
      patch(`${one}/scale`, { spec: { replicas: -1 } }, merge),
      { ...get(one) },
      post(customCollection, thing({ spec: {} }, { name: 'empty' })),
      get(`${customCollection}/empty/scale`),
      get(`/apis/${customGroup}/v1`),
    ],
  },
]

const columns = [
  { name: 'N', type: 'integer', jsonPath: '.spec.n' },
  { name: 'Phase', type: 'string', jsonPath: '.status.phase', priority: 1, description: 'how it is' },
  { name: 'Labels', type: 'string', jsonPath: '.metadata.labels' },
  { name: 'Dotted', type: 'string', jsonPath: String.raw`.metadata.annotations.example\.com/a` },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
]

const tables: ContractCase[] = [
  {
    id: 'custom-object/table',
    steps: [
      ...defineSchema(withStatus, { additionalPrinterColumns: columns }),
      post(
        customCollection,
        thing(
          { spec: { n: 2 }, status: { phase: 'x' } },
          { labels: { a: 'b' }, annotations: { 'example.com/a': 'c' } },
        ),
      ),
      post(customCollection, thing({}, { name: 'two' })),
      get(customCollection, { accept: table }),
      get(one, { accept: table }),
    ],
  },
  {
    id: 'custom-object/table-default',
    steps: [
      ...defineSchema(withStatus),
      post(customCollection, thing({})),
      get(customCollection, { accept: table }),
    ],
  },
]

const verbs: ContractCase[] = [
  {
    id: 'custom-object/verbs',
    steps: [
      ...defineSchema(specSchema({ a: text, l: { type: 'array', items: text } })),
      post(customCollection, thing({ spec: { a: 'x' } }, { generation: 7 })),
      patch(one, { spec: { a: 'y' } }, merge),
      patch(one, { spec: { a: 'z' } }, strategic),
      patch(
        one,
        [
          { op: 'test', path: '/spec/a', value: 'y' },
          { op: 'add', path: '/spec/l', value: ['1'] },
        ],
        jsonPatch,
      ),
      patch(one, [{ op: 'test', path: '/spec/a', value: 'no' }], jsonPatch),
      put(one, thing({ spec: { a: 'w' } })),
      put(one, thing({ spec: { a: 'w' } }, { resourceVersion: '{6.metadata.resourceVersion}' })),
      put(one, thing({ spec: { a: 'v' } }, { resourceVersion: '{6.metadata.resourceVersion}' })),
      post(customCollection, { ...thing({ spec: {} }), kind: 'Other' }),
      post(customCollection, { ...thing({ spec: {} }), apiVersion: 'other/v1' }),
      post(customCollection, { ...thing({ spec: {} }), metadata: { generateName: 'made-' } }),
      get(`${customCollection}?fieldSelector=metadata.name%3Done`),
      get(`${customCollection}?fieldSelector=spec.a%3Dw`),
      remove(one),
      remove(`${customCollection}?labelSelector=x%3Dy`),
    ],
  },
  {
    id: 'custom-object/selectable-fields',
    steps: [
      ...defineSchema(specSchema({ a: text }), { selectableFields: [{ jsonPath: '.spec.a' }] }),
      post(customCollection, thing({ spec: { a: 'x' } })),
      post(customCollection, thing({ spec: { a: 'y' } }, { name: 'two' })),
      get(`${customCollection}?fieldSelector=spec.a%3Dx`),
      get(`${customCollection}?fieldSelector=spec.a!%3Dx`),
      get(`${customCollection}?fieldSelector=spec.b%3Dx`),
    ],
  },
]

const twoVersions = [
  versionOf({ name: 'v1', schema: specSchema({ a: text, b: text }) }),
  versionOf({
    name: 'v2',
    schema: specSchema({ a: text, c: { type: 'string', default: 'new' } }),
    storage: false,
  }),
]
const second = `/apis/${customGroup}/v2/namespaces/{ns}/things`

const versions: ContractCase[] = [
  {
    id: 'custom-object/two-versions',
    steps: [
      ...define(twoVersions),
      post(customCollection, thing({ spec: { a: 'x', b: 'y' } })),
      { ...get(`${second}/one`), until: { code: 200 } },
      post(second, thing({ spec: { a: 'x', b: 'gone', c: 'kept?' } }, { name: 'two' }, 'v2')),
      get(`${customCollection}/two`),
      get(second),
      patch(`${second}/one`, { spec: { a: 'z' } }, merge),
      get(one),
      post(second, thing({ spec: {} }, { name: 'three' }, 'v1')),
      get(`/apis/${customGroup}`),
      get(`/apis/${customGroup}/v2`),
    ],
  },
  {
    id: 'custom-object/storage-moves',
    steps: [
      ...define(twoVersions),
      post(customCollection, thing({ spec: { a: 'x', b: 'y' } })),
      patch(
        definitionPath,
        {
          spec: {
            versions: [
              versionOf({ name: 'v1', schema: specSchema({ a: text, b: text }), storage: false }),
              versionOf({ name: 'v2', schema: specSchema({ a: text, b: text, c: text }) }),
            ],
          },
        },
        merge,
      ),
      { ...get(definitionPath), until: { code: 200, text: '"storedVersions":["v1","v2"]' } },
      patch(
        definitionPath,
        { spec: { versions: [versionOf({ name: 'v2', schema: specSchema({ a: text }) })] } },
        merge,
      ),
      patch(`${definitionPath}/status`, { status: { storedVersions: ['v2'] } }, merge),
      patch(
        definitionPath,
        {
          spec: { versions: [versionOf({ name: 'v2', schema: specSchema({ a: text, b: text, c: text }) })] },
        },
        merge,
      ),
      { ...get(one), until: { code: 404 }, compare: 'code' },
      { ...get(`${second}/one`), until: { code: 200 } },
    ],
  },
  {
    id: 'custom-object/applied-in-two-versions',
    steps: [
      ...define(twoVersions),
      patch(`${one}?fieldManager=m`, thing({ spec: { a: 'x', b: 'y' } }), apply),
      {
        ...patch(`${second}/one?fieldManager=m`, thing({ spec: { a: 'z', c: 'w' } }, {}, 'v2'), apply),
        until: { code: 200 },
      },
      get(one),
      patch(`${one}?fieldManager=other`, thing({ spec: { a: 'q' } }), apply),
      patch(`${one}?fieldManager=other&force=true`, thing({ spec: { a: 'q' } }), apply),
    ],
  },
]

export const customObjects: readonly ContractCase[] = [...statusCases, ...tables, ...verbs, ...versions]
