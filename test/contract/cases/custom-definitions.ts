import type { JsonObject } from '@driftless/apimachinery'
import {
  apply,
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
import {
  customCollection,
  customGroup,
  define,
  definitionOf,
  definitionPath,
  definitions,
  specSchema,
  thing,
  versionOf,
} from './custom-kind.ts'

const text: JsonObject = { type: 'string' }
const plain = specSchema({ a: text })
const one = `${customCollection}/one`

/** Definitions that are refused, by what is wrong with them. */
const refusedSpecs: readonly [id: string, definition: JsonObject][] = [
  ['no-versions', definitionOf([])],
  ['no-schema', definitionOf([versionOf({})])],
  ['two-storage', definitionOf([versionOf({ schema: plain }), versionOf({ name: 'v2', schema: plain })])],
  ['no-storage', definitionOf([versionOf({ schema: plain, storage: false })])],
  [
    'same-version-twice',
    definitionOf([versionOf({ schema: plain }), versionOf({ schema: plain, storage: false })]),
  ],
  ['bad-version-name', definitionOf([versionOf({ name: 'V_1', schema: plain })])],
  ['no-scope', definitionOf([versionOf({ schema: plain })], { scope: '' })],
  ['bad-scope', definitionOf([versionOf({ schema: plain })], { scope: 'Everywhere' })],
  ['no-kind', definitionOf([versionOf({ schema: plain })], { names: { plural: 'things' } })],
  ['no-plural', definitionOf([versionOf({ schema: plain })], { names: { kind: 'Thing' } })],
  [
    'upper-plural',
    definitionOf([versionOf({ schema: plain })], { names: { plural: 'Things', kind: 'Thing' } }),
  ],
  ['bad-kind', definitionOf([versionOf({ schema: plain })], { names: { plural: 'things', kind: '1thing' } })],
  [
    'list-kind-equal',
    definitionOf([versionOf({ schema: plain })], {
      names: { plural: 'things', kind: 'Thing', listKind: 'Thing' },
    }),
  ],
  [
    'bad-short-name',
    definitionOf([versionOf({ schema: plain })], {
      names: { plural: 'things', kind: 'Thing', shortNames: ['T!'] },
    }),
  ],
  [
    'bad-category',
    definitionOf([versionOf({ schema: plain })], {
      names: { plural: 'things', kind: 'Thing', categories: ['A b'] },
    }),
  ],
  ['other-group', definitionOf([versionOf({ schema: plain })], { group: 'other.example.com' })],
  ['no-group', definitionOf([versionOf({ schema: plain })], { group: '' })],
  ['preserve-all', definitionOf([versionOf({ schema: plain })], { preserveUnknownFields: true })],
  ['webhook-nothing', definitionOf([versionOf({ schema: plain })], { conversion: { strategy: 'Webhook' } })],
  ['conversion-unknown', definitionOf([versionOf({ schema: plain })], { conversion: { strategy: 'Magic' } })],
  [
    'none-with-webhook',
    definitionOf([versionOf({ schema: plain })], {
      conversion: { strategy: 'None', webhook: { conversionReviewVersions: ['v1'] } },
    }),
  ],
]

/** Schemas that are not structural, or that say what cannot be. */
const badSchemas: readonly [id: string, schema: JsonObject][] = [
  ['root-not-object', { type: 'string' }],
  ['no-root-type', { properties: { spec: { type: 'object' } } }],
  ['missing-type', specSchema({ a: {} })],
  ['missing-type-items', specSchema({ l: { type: 'array', items: {} } })],
  ['missing-items', specSchema({ l: { type: 'array' } })],
  ['unknown-type', specSchema({ a: { type: 'text' } })],
  ['unique-items', specSchema({ l: { type: 'array', items: text, uniqueItems: true } })],
  [
    'both-properties',
    specSchema({ o: { type: 'object', properties: { a: text }, additionalProperties: text } }),
  ],
  ['additional-false', specSchema({ o: { type: 'object', additionalProperties: false } })],
  ['additional-true', specSchema({ o: { type: 'object', additionalProperties: true } })],
  ['reference', specSchema({ a: { $ref: '#/definitions/a' } })],
  [
    'map-list-no-keys',
    specSchema({ l: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' } }),
  ],
  [
    'map-list-key-optional',
    specSchema({
      l: {
        type: 'array',
        items: { type: 'object', properties: { k: text } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
      },
    }),
  ],
  [
    'map-list-of-text',
    specSchema({
      l: { type: 'array', items: text, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
    }),
  ],
  [
    'keys-no-list-type',
    specSchema({ l: { type: 'array', items: text, 'x-kubernetes-list-map-keys': ['k'] } }),
  ],
  ['unknown-list-type', specSchema({ l: { type: 'array', items: text, 'x-kubernetes-list-type': 'bag' } })],
  ['list-type-on-object', specSchema({ o: { type: 'object', 'x-kubernetes-list-type': 'set' } })],
  [
    'set-of-objects',
    specSchema({ l: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'set' } }),
  ],
  ['unknown-map-type', specSchema({ o: { type: 'object', 'x-kubernetes-map-type': 'bag' } })],
  ['int-or-string-typed', specSchema({ a: { type: 'string', 'x-kubernetes-int-or-string': true } })],
  ['preserve-false', specSchema({ a: { type: 'object', 'x-kubernetes-preserve-unknown-fields': false } })],
  ['embedded-text', specSchema({ a: { type: 'string', 'x-kubernetes-embedded-resource': true } })],
  ['embedded-nothing', specSchema({ a: { type: 'object', 'x-kubernetes-embedded-resource': true } })],
  ['bad-pattern', specSchema({ a: { type: 'string', pattern: '(' } })],
  ['bad-default', specSchema({ a: { type: 'string', default: 5 } })],
  ['default-out-of-enum', specSchema({ a: { type: 'string', enum: ['x'], default: 'y' } })],
  [
    'default-unknown-field',
    specSchema({ a: { type: 'object', properties: { b: text }, default: { c: 1 } } }),
  ],
  ['default-in-any-of', specSchema({ a: { type: 'string', anyOf: [{ default: 'x' }] } })],
  ['type-in-any-of', specSchema({ a: { type: 'string', anyOf: [{ type: 'string' }] } })],
  ['property-in-any-of', specSchema({ a: text }, { anyOf: [{ properties: { b: { minLength: 1 } } }] })],
  [
    'metadata-limited',
    {
      type: 'object',
      properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } },
    },
  ],
  [
    'metadata-name-limited',
    {
      type: 'object',
      properties: { metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 5 } } } },
    },
  ],
  ['kind-limited', { type: 'object', properties: { kind: { type: 'integer' } } }],
  ['root-preserved', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }],
  ['nullable-default', specSchema({ a: { type: 'string', nullable: true, default: null } })],
  ['negative-limit', specSchema({ a: { type: 'string', maxLength: -1 } })],
  ['min-above-max', specSchema({ a: { type: 'integer', minimum: 5, maximum: 1 } })],
]

const rule = (value: JsonObject): JsonObject =>
  specSchema({ a: text, n: { type: 'integer' } }, { 'x-kubernetes-validations': [value] })

/** Rules that cannot be read; the words of the compiler are its own. */
const badRules: readonly [id: string, rule: JsonObject][] = [
  ['syntax', { rule: 'self.a ==' }],
  ['unknown-field', { rule: "self.z == 'x'" }],
  ['unknown-variable', { rule: "other == 'x'" }],
  ['unknown-function', { rule: 'self.a.shout()' }],
  ['wrong-types', { rule: "self.n == 'x'" }],
  ['not-bool', { rule: 'self.n + 1' }],
  ['empty', { rule: '' }],
  ['message-with-line-break', { rule: 'true', message: 'a\nb' }],
  ['bad-reason', { rule: 'true', reason: 'Whatever' }],
  ['bad-field-path', { rule: 'true', fieldPath: '.z' }],
  ['bad-message-expression', { rule: 'true', messageExpression: 'self.n' }],
  ['optional-old-without-old', { rule: 'true', optionalOldSelf: true }],
]

const badColumns: readonly [id: string, more: JsonObject][] = [
  ['column-path', { additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: 'spec.a' }] }],
  ['column-type', { additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: '.spec.a' }] }],
  ['column-name', { additionalPrinterColumns: [{ name: '', type: 'string', jsonPath: '.spec.a' }] }],
  [
    'scale-path',
    { subresources: { scale: { specReplicasPath: 'spec.n', statusReplicasPath: '.status.n' } } },
  ],
  [
    'scale-status-in-spec',
    { subresources: { scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.spec.m' } } },
  ],
  ['selectable', { selectableFields: [{ jsonPath: '.spec.zz' }] }],
  ['selectable-metadata', { selectableFields: [{ jsonPath: '.metadata.name' }] }],
]

const refused: ContractCase[] = [
  ...refusedSpecs.map(
    ([id, definition]): ContractCase => ({
      id: `definition/refused-${id}`,
      steps: [post(definitions, definition)],
    }),
  ),
  ...badSchemas.map(
    ([id, schema]): ContractCase => ({
      id: `definition/schema-${id}`,
      steps: [post(definitions, definitionOf([versionOf({ schema })]))],
    }),
  ),
  ...badRules.map(
    ([id, value]): ContractCase => ({
      id: `definition/rule-${id}`,
      steps: [post(definitions, definitionOf([versionOf({ schema: rule(value) })]))],
    }),
  ),
  ...badColumns.map(
    ([id, more]): ContractCase => ({
      id: `definition/${id}`,
      steps: [post(definitions, definitionOf([versionOf({ schema: plain, more })]))],
    }),
  ),
]

const established = '"Established","status":"True"'
const read: Step = { ...get(definitionPath), until: { code: 200, text: established } }

const life: ContractCase[] = [
  {
    id: 'definition/created',
    steps: [
      { ...post(definitions, definitionOf([versionOf({ schema: plain })])) },
      read,
      { ...get(`/apis/${customGroup}`), until: { code: 200 } },
      { ...get(`/apis/${customGroup}/v1`), until: { code: 200 } },
      { ...get(customCollection), until: { code: 200 } },
      post(definitions, definitionOf([versionOf({ schema: plain })])),
      post(`${definitions}?dryRun=All`, {
        ...definitionOf([versionOf({ schema: plain })]),
        metadata: { name: 'other' },
      }),
    ],
  },
  {
    id: 'definition/all-names',
    steps: [
      ...define([versionOf({ schema: plain, more: { subresources: { status: {} } } })], {
        names: {
          plural: 'things',
          kind: 'Thing',
          singular: 'thing',
          listKind: 'ThingList',
          shortNames: ['th{ns}'],
          categories: ['all'],
        },
      }),
      get(definitionPath),
      { ...get(`/apis/${customGroup}/v1`), until: { code: 200, text: 'things/status' } },
    ],
  },
  {
    id: 'definition/immutable-fields',
    steps: [
      ...define([versionOf({ schema: plain })]),
      patch(definitionPath, { spec: { scope: 'Cluster' } }, merge),
      patch(definitionPath, { spec: { group: 'other.example.com' } }, merge),
      patch(definitionPath, { spec: { names: { kind: 'Other' } } }, merge),
      patch(definitionPath, { spec: { names: { plural: 'others' } } }, merge),
      patch(definitionPath, { spec: { names: { shortNames: ['t{ns}'] } } }, merge),
      {
        ...get(definitionPath),
        until: {
          code: 200,
          text: '"acceptedNames":{"kind":"Thing","listKind":"ThingList","plural":"things","shortNames"',
        },
        compare: 'code',
      },
    ],
  },
  {
    id: 'definition/deleted-with-objects',
    steps: [
      ...define([versionOf({ schema: plain })]),
      post(customCollection, thing({ spec: { a: 'x' } })),
      quietly(remove(definitionPath)),
      { ...get(definitionPath), until: { code: 404 } },
      { ...get(one), until: { code: 404, text: 'page not found' }, compare: 'code' },
    ],
  },
  {
    id: 'definition/deleted-with-held-objects',
    steps: [
      ...define([versionOf({ schema: plain })]),
      post(customCollection, thing({ spec: { a: 'x' } }, { finalizers: ['example.com/wait'] })),
      quietly(remove(definitionPath)),
      { ...get(one), until: { code: 200, text: 'deletionTimestamp' } },
      { ...get(definitionPath), until: { code: 200, text: '"Terminating"' }, compare: 'code' },
      post(customCollection, thing({ spec: {} }, { name: 'two' })),
      patch(one, { metadata: { finalizers: null } }, merge),
      { ...get(definitionPath), until: { code: 404 } },
    ],
  },
  {
    id: 'definition/same-kind-in-group',
    steps: [
      ...define([versionOf({ schema: plain })]),
      quietly(
        post(definitions, {
          ...definitionOf([versionOf({ schema: plain })], { names: { plural: 'things2', kind: 'Thing' } }),
          metadata: { name: `things2.${customGroup}` },
        }),
      ),
      {
        ...get(`${definitions}/things2.${customGroup}`),
        until: { code: 200, text: '"NamesAccepted","status":"False"' },
      },
      get(`/apis/${customGroup}/v1/namespaces/{ns}/things2`),
      quietly(remove(definitionPath)),
      {
        ...get(`${definitions}/things2.${customGroup}`),
        until: { code: 200, text: established },
        compare: 'code',
      },
    ],
  },
  {
    id: 'definition/applied',
    steps: [
      {
        ...patch(`${definitionPath}?fieldManager=x`, definitionOf([versionOf({ schema: plain })]), apply),
        compare: 'code',
      },
      read,
      {
        ...patch(
          `${definitionPath}?fieldManager=x`,
          definitionOf([versionOf({ schema: specSchema({ a: text, b: text }) })]),
          apply,
        ),
        compare: 'code',
      },
      { ...get(definitionPath) },
      put(definitionPath, definitionOf([versionOf({ schema: plain })])),
    ],
  },
  {
    id: 'definition/cluster-scoped',
    steps: [
      ...define([versionOf({ schema: plain })], { scope: 'Cluster' }),
      post(`/apis/${customGroup}/v1/things`, thing({ spec: { a: 'x' } })),
      get(`/apis/${customGroup}/v1/things/one`),
      get(`/apis/${customGroup}/v1/namespaces/{ns}/things`),
      post(`/apis/${customGroup}/v1/things`, thing({ spec: { a: 'x' } }, { name: 'two', namespace: '{ns}' })),
      remove(`/apis/${customGroup}/v1/things/one`),
    ],
  },
]

export const customDefinitions: readonly ContractCase[] = [...refused, ...life]
