import type { JsonObject, JsonValue } from '@driftless/apimachinery'
import { type ContractCase, get, merge, patch, post } from '../contract-case.ts'
import { customCollection, defineSchema, specSchema, thing } from './custom-kind.ts'

const text: JsonObject = { type: 'string' }
const whole: JsonObject = { type: 'integer' }
const one = `${customCollection}/one`

const fields: JsonObject = {
  a: whole,
  b: whole,
  name: { type: 'string', maxLength: 100 },
  size: { type: 'number' },
  on: { type: 'boolean' },
  when: { type: 'string', format: 'date-time' },
  wait: { type: 'string', format: 'duration' },
  port: { 'x-kubernetes-int-or-string': true },
  tags: { type: 'array', maxItems: 20, items: { type: 'string', maxLength: 20 } },
  counts: { type: 'array', maxItems: 20, items: whole },
  labels: { type: 'object', maxProperties: 20, additionalProperties: { type: 'string', maxLength: 20 } },
  'dash-ed': text,
  'dot.ted': text,
  in: text,
  inner: { type: 'object', properties: { x: whole, y: whole } },
  list: {
    type: 'array',
    maxItems: 20,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    items: {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string', maxLength: 20 }, weight: whole },
    },
  },
}

type Rule = { rule: string } & JsonObject

/** The rules of `spec` on the specs, each created as an object of its own. */
function rules(id: string, own: readonly Rule[], specs: readonly JsonObject[]): ContractCase {
  const schema = specSchema(fields, { 'x-kubernetes-validations': [...own] })
  const steps = specs.map((spec, at) => post(customCollection, thing({ spec }, { name: `given-${at}` })))
  return { id: `custom-rule/${id}`, steps: [...defineSchema(schema), ...steps] }
}

/** The rules of `spec` on a sequence of changes to one object. */
function transitions(id: string, own: readonly Rule[], specs: readonly JsonObject[]): ContractCase {
  const [first = {}, ...more] = specs
  const schema = specSchema(fields, { 'x-kubernetes-validations': [...own] })
  return {
    id: `custom-rule/${id}`,
    steps: [
      ...defineSchema(schema),
      post(customCollection, thing({ spec: first })),
      ...more.map((spec) => patch(one, { spec }, merge)),
      get(one),
    ],
  }
}

const simple: readonly [id: string, rule: string, specs: JsonObject[]][] = [
  ['compare', 'self.a <= self.b', [{ a: 1, b: 2 }, { a: 3, b: 2 }, { a: 1 }]],
  ['has', '!has(self.a) || self.a > 0', [{}, { a: 0 }, { a: 1 }]],
  ['either', 'has(self.a) != has(self.b)', [{}, { a: 1 }, { a: 1, b: 1 }]],
  [
    'text',
    "self.name.startsWith('x-') && self.name.size() < 6",
    [{ name: 'x-1' }, { name: 'y' }, { name: 'x-12345' }],
  ],
  ['matches', "self.name.matches('^[a-z]+$')", [{ name: 'abc' }, { name: 'ABC' }]],
  ['double', 'self.size > 0.5 && self.size * 2.0 < 10.0', [{ size: 1 }, { size: 0.25 }, { size: 7 }]],
  [
    'bool',
    'self.on || self.a == 0',
    [
      { on: true, a: 1 },
      { on: false, a: 1 },
    ],
  ],
  [
    'conditional',
    'self.on ? self.a > 10 : self.a < 10',
    [
      { on: true, a: 11 },
      { on: false, a: 11 },
    ],
  ],
  [
    'time',
    "self.when > timestamp('2026-01-01T00:00:00Z')",
    [{ when: '2026-05-01T00:00:00Z' }, { when: '2025-05-01T00:00:00Z' }],
  ],
  ['duration', "self.wait <= duration('1h')", [{ wait: '30m' }, { wait: '2h' }]],
  [
    'int-or-string',
    "type(self.port) == string ? self.port.endsWith('%') : self.port > 10",
    [{ port: '5%' }, { port: 5 }, { port: 'x' }],
  ],
  ['all', 'self.counts.all(c, c > 0)', [{ counts: [1, 2] }, { counts: [1, 0] }, { counts: [] }]],
  ['exists', "self.tags.exists(t, t == 'main')", [{ tags: ['main'] }, { tags: ['a'] }]],
  ['exists-one', "self.tags.exists_one(t, t.startsWith('m'))", [{ tags: ['m1'] }, { tags: ['m1', 'm2'] }]],
  [
    'filter-map',
    'self.counts.filter(c, c > 1).map(c, c * 2).size() == 2',
    [{ counts: [1, 2, 3] }, { counts: [1, 2] }],
  ],
  [
    'nested-loops',
    'self.tags.all(t, self.tags.exists_one(u, u == t))',
    [{ tags: ['a', 'b'] }, { tags: ['a', 'a'] }],
  ],
  [
    'membership',
    "self.name in ['a', 'b'] && 'k' in self.labels",
    [
      { name: 'a', labels: { k: 'v' } },
      { name: 'c', labels: { k: 'v' } },
      { name: 'a', labels: {} },
    ],
  ],
  ['map-keys', "self.labels.all(k, self.labels[k] != '')", [{ labels: { a: 'b' } }, { labels: { a: '' } }]],
  [
    'escaped',
    "self.dash__dash__ed == 'a' && self.dot__dot__ted == 'b' && self.__in__ == 'c'",
    [
      { 'dash-ed': 'a', 'dot.ted': 'b', in: 'c' },
      { 'dash-ed': 'x', 'dot.ted': 'b', in: 'c' },
    ],
  ],
  ['index', 'self.counts[0] == 1', [{ counts: [1] }, { counts: [2] }, { counts: [] }]],
  ['no-key', "self.labels['k'] == 'v'", [{ labels: { k: 'v' } }, { labels: {} }]],
  ['divide', '10 / self.a == 5', [{ a: 2 }, { a: 3 }, { a: 0 }]],
  [
    'sorted',
    'self.counts.isSorted() && self.counts.sum() < 10',
    [{ counts: [1, 2] }, { counts: [2, 1] }, { counts: [5, 6] }],
  ],
  [
    'extremes',
    'self.counts.min() > 0 && self.counts.max() < 5',
    [{ counts: [1, 4] }, { counts: [0] }, { counts: [5] }],
  ],
  ['minimum-of-none', 'self.counts.min() > 0', [{ counts: [] }]],
  [
    'quantity',
    "quantity(self.name).compareTo(quantity('1Gi')) <= 0",
    [{ name: '500Mi' }, { name: '2Gi' }, { name: 'x' }],
  ],
  [
    'url',
    "isURL(self.name) && url(self.name).getScheme() == 'https'",
    [{ name: 'https://example.com' }, { name: 'http://example.com' }, { name: 'x' }],
  ],
  ['find', "self.name.find('[0-9]+') == '12'", [{ name: 'a12b' }, { name: 'a' }]],
  [
    'lower',
    "self.name.lowerAscii() == 'abc' && self.name.split('b').size() < 3",
    [{ name: 'ABC' }, { name: 'xyz' }],
  ],
  ['join', "self.tags.join(',') == 'a,b'", [{ tags: ['a', 'b'] }, { tags: ['a'] }]],
  ['optional', 'self.?a.orValue(5) == 5', [{}, { a: 5 }, { a: 6 }]],
  [
    'sets',
    'self.list.all(i, !has(i.weight) || i.weight < 10)',
    [{ list: [{ name: 'a', weight: 5 }] }, { list: [{ name: 'a', weight: 50 }] }],
  ],
]

const told: ContractCase[] = [
  rules('message', [{ rule: 'self.a > 0', message: 'a must be positive' }], [{ a: 0 }]),
  rules(
    'message-expression',
    [{ rule: 'self.a > 0', message: 'no', messageExpression: "'a of ' + self.name + ' is too small'" }],
    [
      { a: 0, name: 'x' },
      { a: -5, name: 'y' },
    ],
  ),
  rules(
    'message-expression-fails',
    [{ rule: 'self.a > 0', message: 'fixed text', messageExpression: "'name is ' + self.name" }],
    [{ a: 0 }],
  ),
  ...['FieldValueForbidden', 'FieldValueRequired', 'FieldValueInvalid', 'FieldValueDuplicate'].map((reason) =>
    rules(`reason-${reason}`, [{ rule: 'self.a > 0', reason, message: 'told' }], [{ a: 0 }]),
  ),
  rules('field-path', [{ rule: 'self.a > 0', fieldPath: '.a', message: 'told' }], [{ a: 0 }]),
  rules(
    'field-path-inner',
    [{ rule: 'self.a > 0', fieldPath: '.inner.x', reason: 'FieldValueRequired', message: 'told' }],
    [{ a: 0 }],
  ),
  rules(
    'several',
    [{ rule: 'self.a > 0' }, { rule: 'self.b > 0', message: 'b' }],
    [
      { a: 0, b: 0 },
      { a: 1, b: 0 },
    ],
  ),
  rules('invalid-anyway', [{ rule: 'self.a > 0' }], [{ a: 'x' }, { a: 0, list: [{}] as JsonValue }]),
]

const changes: ContractCase[] = [
  transitions(
    'immutable',
    [{ rule: 'self.a == oldSelf.a', message: 'a is immutable' }],
    [{ a: 1 }, { b: 2 }, { a: 2 }],
  ),
  transitions('grows', [{ rule: 'self.a >= oldSelf.a' }], [{ a: 1 }, { a: 3 }, { a: 2 }]),
  transitions(
    'optional-old',
    [{ rule: 'oldSelf.hasValue() ? self.a == oldSelf.value().a : self.a == 1', optionalOldSelf: true }],
    [{ a: 1 }, { a: 2 }],
  ),
  transitions('ratchet', [{ rule: 'self.a < 5' }], [{ a: 1 }, { a: 9 }, { b: 1 }]),
]

/** Rules at other places than `spec`. */
const places: ContractCase[] = [
  {
    id: 'custom-rule/root',
    steps: [
      ...defineSchema({
        type: 'object',
        'x-kubernetes-validations': [
          { rule: "self.metadata.name.startsWith('good')" },
          { rule: 'has(self.spec)' },
        ],
        properties: { spec: { type: 'object', properties: { a: whole } } },
      }),
      post(customCollection, thing({ spec: {} }, { name: 'good' })),
      post(customCollection, thing({ spec: {} }, { name: 'bad' })),
      post(customCollection, thing({}, { name: 'good-2' })),
    ],
  },
  {
    id: 'custom-rule/scalar-and-items',
    steps: [
      ...defineSchema(
        specSchema({
          a: { ...whole, 'x-kubernetes-validations': [{ rule: 'self > 0', message: 'positive' }] },
          tags: {
            type: 'array',
            maxItems: 10,
            'x-kubernetes-validations': [{ rule: 'self.size() > 0' }],
            items: { type: 'string', maxLength: 10, 'x-kubernetes-validations': [{ rule: "self != 'x'" }] },
          },
          labels: {
            type: 'object',
            maxProperties: 10,
            additionalProperties: {
              type: 'string',
              maxLength: 10,
              'x-kubernetes-validations': [{ rule: "self != 'x'" }],
            },
          },
        }),
      ),
      post(customCollection, thing({ spec: { a: 0 } })),
      post(customCollection, thing({ spec: { tags: [] } })),
      post(customCollection, thing({ spec: { tags: ['a', 'x'] } })),
      post(customCollection, thing({ spec: { labels: { k: 'x' } } })),
      post(customCollection, thing({ spec: { a: 1, tags: ['a'], labels: { k: 'v' } } })),
    ],
  },
  {
    id: 'custom-rule/old-items',
    steps: [
      ...defineSchema(
        specSchema({
          list: {
            type: 'array',
            maxItems: 10,
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name'],
            items: {
              type: 'object',
              required: ['name'],
              properties: {
                name: { type: 'string', maxLength: 10 },
                weight: { ...whole, 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] },
              },
            },
          },
        }),
      ),
      post(customCollection, thing({ spec: { list: [{ name: 'a', weight: 5 }] } })),
      patch(
        one,
        {
          spec: {
            list: [
              { name: 'b', weight: 1 },
              { name: 'a', weight: 6 },
            ],
          },
        },
        merge,
      ),
      patch(
        one,
        {
          spec: {
            list: [
              { name: 'b', weight: 1 },
              { name: 'a', weight: 2 },
            ],
          },
        },
        merge,
      ),
      patch(one, { spec: { list: [{ name: 'c', weight: 1 }] } }, merge),
    ],
  },
]

export const customRules: readonly ContractCase[] = [
  ...simple.map(([id, rule, specs]) => rules(id, [{ rule }], specs)),
  ...told,
  ...changes,
  ...places,
]
