import type { JsonObject, JsonValue } from '@driftless/apimachinery'
import { type ContractCase, get, merge, patch, post, put, type Step } from '../contract-case.ts'
import { customCollection, defineSchema, specSchema, thing } from './custom-kind.ts'

const text: JsonObject = { type: 'string' }
const whole: JsonObject = { type: 'integer' }
const open: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
const one = `${customCollection}/one`

/** The specs are written one after the other, each as a new object, and read back. */
function specs(
  id: string,
  properties: JsonObject,
  given: readonly JsonValue[],
  spec: JsonObject = {},
): ContractCase {
  const steps = given.flatMap((value, at): Step[] => [
    post(customCollection, thing({ spec: value }, { name: `given-${at}` })),
    get(`${customCollection}/given-${at}`),
  ])
  return { id: `custom-schema/${id}`, steps: [...defineSchema(specSchema(properties, spec)), ...steps] }
}

const defaulted: JsonObject = {
  size: { type: 'integer', default: 3 },
  mode: { type: 'string', default: 'soft', enum: ['soft', 'hard'] },
  limits: { type: 'object', default: {}, properties: { cpu: { type: 'string', default: '100m' } } },
  inner: { type: 'object', properties: { on: { type: 'boolean', default: true } } },
  items: {
    type: 'array',
    items: { type: 'object', properties: { weight: { type: 'integer', default: 1 } } },
  },
  maybe: { type: 'string', nullable: true, default: 'x' },
  map: {
    type: 'object',
    additionalProperties: { type: 'object', properties: { a: { type: 'string', default: 'b' } } },
  },
}

const shapes: ContractCase[] = [
  specs('defaults', defaulted, [
    {},
    { size: null, mode: 'hard', inner: {}, items: [{}, { weight: 5 }] },
    { maybe: null, map: { k: {} }, limits: null },
    { inner: null, items: null },
  ]),
  specs('pruned', { a: text, in: { type: 'object', properties: { b: text } } }, [
    { a: 'x', c: 1, in: { b: 'y', d: { e: 1 } } },
    { a: 'x', in: {}, list: [1, 2] },
  ]),
  specs(
    'preserved',
    {
      a: text,
      free: open,
      half: { ...open, properties: { b: { type: 'object', properties: { c: text } } } },
    },
    [
      { a: 'x', z: 1, free: { any: [1, { deep: true }], empty: {}, none: null } },
      { half: { b: { c: 'x', d: 'gone' }, e: { f: 1 } } },
    ],
  ),
  specs('int-or-string', { port: { 'x-kubernetes-int-or-string': true } }, [
    { port: 80 },
    { port: 'http' },
    { port: true },
    { port: 1.5 },
    { port: null },
  ]),
  specs(
    'int-or-string-limited',
    {
      port: {
        'x-kubernetes-int-or-string': true,
        anyOf: [{ type: 'integer' }, { type: 'string' }],
        pattern: '^[0-9]+%?$',
      },
    },
    [{ port: 80 }, { port: '30%' }, { port: 'x' }],
  ),
  specs('map-of-text', { labels: { type: 'object', additionalProperties: text } }, [
    { labels: { a: 'b', c: 'd' } },
    { labels: { a: 1 } },
    { labels: {} },
    { labels: null },
  ]),
  specs('nullable', { a: { type: 'string', nullable: true }, b: text }, [
    { a: null },
    { b: null },
    { a: 'x' },
  ]),
  specs('required', { a: text, b: text }, [{}, { a: 'x' }, { a: 'x', b: 'y' }, { a: null, b: 'y' }], {
    required: ['a', 'b'],
  }),
  specs(
    'types',
    { t: text, n: whole, f: { type: 'number' }, b: { type: 'boolean' }, l: { type: 'array', items: text } },
    [
      { t: 1, n: 'x', f: 'x', b: 'true', l: {} },
      { t: {}, n: 1.5, f: true, b: 0, l: ['a', 1] },
      { t: 'x', n: 1, f: 1, b: false, l: [] },
      { f: 1e30 },
    ],
  ),
  specs('wrong-spec', { a: text }, ['text', 5, [], null]),
]

const limits: ContractCase[] = [
  specs('text-limits', { a: { type: 'string', minLength: 2, maxLength: 4, pattern: '^[a-z]+$' } }, [
    { a: 'ab' },
    { a: 'a' },
    { a: 'abcde' },
    { a: 'AB' },
    { a: 'ÄÖÜÄÖ' },
    { a: '' },
  ]),
  specs(
    'number-limits',
    {
      n: { type: 'integer', minimum: 2, maximum: 10, multipleOf: 2 },
      f: { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true },
    },
    [{ n: 4 }, { n: 1 }, { n: 12 }, { n: 5 }, { f: 0 }, { f: 1 }, { f: 0.5 }],
  ),
  specs('list-limits', { l: { type: 'array', minItems: 1, maxItems: 2, items: whole } }, [
    { l: [] },
    { l: [1] },
    { l: [1, 2, 3] },
  ]),
  specs(
    'map-limits',
    { m: { type: 'object', minProperties: 1, maxProperties: 2, additionalProperties: text } },
    [{ m: {} }, { m: { a: '1', b: '2', c: '3' } }, { m: { a: '1' } }],
  ),
  specs('enums', { a: { type: 'string', enum: ['x', 'y'] }, n: { type: 'integer', enum: [1, 2] } }, [
    { a: 'z' },
    { n: 3 },
    { a: 'x', n: 2 },
    { a: '' },
  ]),
  specs('choices', { a: { type: 'string', oneOf: [{ minLength: 2 }, { maxLength: 4 }] } }, [
    { a: 'a' },
    { a: 'abc' },
    { a: 'abcdef' },
  ]),
  specs('one-of-required', { a: text, b: text }, [{ a: 'x' }, { a: 'x', b: 'y' }, {}], {
    oneOf: [{ required: ['a'] }, { required: ['b'] }],
  }),
  specs('any-of', { a: text, b: text }, [{ a: 'x' }, {}], {
    anyOf: [{ required: ['a'] }, { required: ['b'] }],
  }),
  specs('all-of', { a: { type: 'string', allOf: [{ minLength: 2 }, { pattern: '^x' }] } }, [
    { a: 'y' },
    { a: 'xy' },
  ]),
  specs('not', { a: text, b: text }, [{ a: 'x' }, { b: 'x' }], { not: { required: ['a'] } }),
]

const formats: readonly [format: string, good: string, bad: string][] = [
  ['date-time', '2026-01-02T03:04:05Z', 'yesterday'],
  ['date', '2026-01-02', '2026-13-02'],
  ['email', 'a@example.com', 'a'],
  ['hostname', 'a.example.com', '-a'],
  ['ipv4', '192.0.2.1', '192.0.2.256'],
  ['ipv6', '2001:db8::1', 'zz::1'],
  ['cidr', '192.0.2.0/24', '192.0.2.0'],
  ['uri', 'https://example.com/a', 'a b'],
  ['uuid', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'f81d'],
  ['byte', 'aGVsbG8=', '*'],
  ['duration', '1h30m', 'soon'],
  ['mac', '00:00:5e:00:53:01', '00:00'],
  ['password', 'x', ''],
  ['nothing-known', 'x', ''],
  ['k8s-short-name', 'a-b', 'A_b'],
]

const formatCases = formats.map(([format, good, bad]) =>
  specs(`format-${format}`, { a: { type: 'string', format } }, [{ a: good }, { a: bad }]),
)

const numberFormats = [
  specs('format-int32', { n: { type: 'integer', format: 'int32' } }, [{ n: 1 }, { n: 3_000_000_000 }]),
  specs('format-int64', { n: { type: 'integer', format: 'int64' } }, [{ n: 3_000_000_000 }]),
]

const items: JsonObject = {
  type: 'object',
  required: ['name'],
  properties: { name: text, value: text, kind: { type: 'string', default: 'plain' } },
}
const keyed: JsonObject = {
  type: 'array',
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
}
const twoKeys: JsonObject = { ...keyed, 'x-kubernetes-list-map-keys': ['name', 'kind'] }

const lists: ContractCase[] = [
  specs('list-map', { l: keyed }, [
    { l: [{ name: 'a' }, { name: 'b' }] },
    { l: [{ name: 'a' }, { name: 'a', value: 'x' }] },
    { l: [{ value: 'x' }] },
  ]),
  specs('list-map-two-keys', { l: twoKeys }, [
    { l: [{ name: 'a' }, { name: 'a', kind: 'other' }] },
    { l: [{ name: 'a' }, { name: 'a', kind: 'plain' }] },
  ]),
  specs('list-set', { l: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' } }, [
    { l: ['a', 'b'] },
    { l: ['a', 'b', 'a'] },
  ]),
  specs('list-atomic', { l: { type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' } }, [
    { l: ['a', 'a'] },
  ]),
]

const embedded: ContractCase = specs(
  'embedded-resource',
  { object: { ...open, 'x-kubernetes-embedded-resource': true } },
  [
    {
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'a', labels: { a: 'b' } },
        data: { a: '1' },
      },
    },
    { object: { kind: 'ConfigMap' } },
    {
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'Not Good', labels: { 'a b': 'c' } } },
    },
    {
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', unknown: 1, labels: { a: 1 } } },
    },
    { object: {} },
  ],
)

const strict: ContractCase = {
  id: 'custom-schema/strict',
  steps: [
    ...defineSchema(specSchema({ a: text, in: { type: 'object', properties: { b: text } } })),
    post(
      `${customCollection}?fieldValidation=Strict`,
      thing({ spec: { a: 'x', c: 1, in: { d: 1 } }, other: 1 }),
    ),
    post(
      `${customCollection}?fieldValidation=Warn`,
      thing({ spec: { a: 'x', c: 1, in: { d: 1 } }, other: 1 }),
    ),
    { ...patch(`${one}?fieldValidation=Strict`, { spec: { z: 1 } }, merge), compare: 'code' },
    patch(`${one}?fieldValidation=Warn`, { spec: { z: 1 } }, merge),
    put(`${one}?fieldValidation=Strict`, thing({ spec: { y: 1 } })),
    post(`${customCollection}?fieldValidation=Wrong`, thing({ spec: {} })),
    post(`${customCollection}?fieldValidation=Strict`, {
      ...thing({ spec: {} }),
      metadata: { name: 'two', wrong: 1 },
    }),
  ],
}

/** Values that a later, stricter schema refuses may stay as long as nobody changes them. */
const ratcheting: ContractCase = {
  id: 'custom-schema/ratcheting',
  steps: [
    ...defineSchema(specSchema({ a: text, b: text, c: { type: 'object', properties: { d: text } } })),
    post(customCollection, thing({ spec: { a: 'long text', b: 'x', c: { d: 'long text' } } })),
    patch(
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.{ns}.example.com',
      {
        spec: {
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: specSchema({
                  a: { type: 'string', maxLength: 3 },
                  b: text,
                  c: { type: 'object', properties: { d: { type: 'string', maxLength: 3 } } },
                }),
              },
            },
          ],
        },
      },
      merge,
    ),
    {
      ...post(`${customCollection}?dryRun=All`, thing({ spec: { a: 'long text' } }, { name: 'probe' })),
      until: { code: 422 },
    },
    patch(one, { spec: { b: 'y' } }, merge),
    patch(one, { spec: { a: 'other text' } }, merge),
    patch(one, { spec: { a: 'ok', c: { d: 'long text' } } }, merge),
    patch(one, { spec: { c: { d: 'more text' } } }, merge),
    get(one),
  ].map((step, at) => (at === 4 ? { ...step, compare: 'nothing' as const } : step)),
}

export const customSchemas: readonly ContractCase[] = [
  ...shapes,
  ...limits,
  ...formatCases,
  ...numberFormats,
  ...lists,
  embedded,
  strict,
  ratcheting,
]
