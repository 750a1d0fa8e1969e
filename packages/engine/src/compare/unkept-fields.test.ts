import { type JsonObject, type JsonValue, type KubeObject, makeSchema } from '@driftless/apimachinery'
import { describe, expect, test } from 'vitest'
import { canonicalize } from '../normalize/canonicalize.ts'
import { ignoredFieldSet } from './ignored-fields.ts'
import { describeUnkept, unkeptFields } from './unkept-fields.ts'

const text = { type: 'string' }
const whole = { type: 'integer' }
const texts = { type: 'object', additionalProperties: text }
const amount = { oneOf: [text, { type: 'number' }] }
const atomic = { 'x-kubernetes-map-type': 'atomic' }

const rule = {
  type: 'object',
  properties: {
    host: text,
    port: whole,
    limit: amount,
    limits: { type: 'object', additionalProperties: amount },
    labels: texts,
  },
}
const item = {
  type: 'object',
  properties: {
    name: text,
    port: whole,
    protocol: { type: 'string', default: 'TCP' },
    value: text,
    on: { type: 'boolean' },
  },
}

const schema = makeSchema({
  type: 'object',
  properties: {
    apiVersion: text,
    kind: text,
    metadata: {
      type: 'object',
      properties: { name: text, namespace: text, labels: texts, annotations: texts },
    },
    data: { type: 'object', additionalProperties: { type: 'string', format: 'byte' } },
    type: text,
    spec: {
      type: 'object',
      properties: {
        count: whole,
        name: text,
        on: { type: 'boolean' },
        limit: amount,
        port: { type: 'string', format: 'int-or-string' },
        since: { type: 'string', format: 'date-time' },
        every: text,
        nodePort: whole,
        inner: { type: 'object', properties: { a: text, b: whole } },
        map: texts,
        selector: { ...texts, ...atomic },
        args: { type: 'array', items: text },
        rules: { type: 'array', items: rule },
        tolerations: { type: 'array', items: { type: 'object', additionalProperties: text } },
        tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
        ports: {
          type: 'array',
          items: item,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
        },
        env: {
          type: 'array',
          items: item,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        },
      },
    },
  },
})

function widget(spec: JsonValue, more: Partial<KubeObject> = {}): KubeObject {
  return {
    apiVersion: 'example.org/v1',
    kind: 'Widget',
    ...more,
    metadata: { name: 'w', ...more.metadata },
    spec,
  }
}

function told(sent: JsonObject, kept: JsonObject): string[] {
  return unkeptFields({ sent: widget(sent), answer: widget(kept), schema }).map(({ path, values }) =>
    `${path}: ${values}`.replace(/^spec\./, ''),
  )
}

const toleration = (key: string): JsonObject => ({ key, operator: 'Exists', effect: 'NoExecute' })
const env = (...names: string[]): JsonObject => ({ env: names.map((name) => ({ name, value: '1' })) })

describe('a server that writes in its normal form keeps', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['the same', { count: 3, name: 'a' }, { count: 3, name: 'a' }],
    ['what it adds by itself', { count: 3 }, { count: 3, name: 'default', inner: { a: 'x' }, args: ['x'] }],
    ['an amount', { limit: '1000m' }, { limit: '1' }],
    ['an amount given as a number', { limit: 2 }, { limit: '2' }],
    ['a port by number or text', { port: '8080' }, { port: 8080 }],
    ['a time in another zone', { since: '2026-01-01T01:00:00+01:00' }, { since: '2026-01-01T00:00:00Z' }],
    ['a time cut to seconds', { since: '2026-01-01T00:00:00.7Z' }, { since: '2026-01-01T00:00:00Z' }],
    ['a duration', { every: '60m' }, { every: '1h0m0s' }],
    ['null', { inner: null }, {}],
    ['an empty map', { inner: { a: null }, map: {} }, {}],
    ['an empty list', { args: [] }, {}],
    ['zeros that it leaves out', { count: 0, on: false, name: '' }, {}],
    ['a map of zeros', { inner: { a: '', b: 0 } }, {}],
    ['an empty text that it fills', { name: '' }, { name: 'default' }],
    ['a node port that it chooses', { nodePort: 0 }, { nodePort: 30_080 }],
    ['items by key, whatever stands between', env('A', 'B'), env('X', 'A', 'Y', 'B')],
    ['a key with a default', { ports: [{ port: 80 }] }, { ports: [{ port: 80, protocol: 'TCP' }] }],
    ['items of a set', { tags: ['a', 'b'] }, { tags: ['x', 'a', 'b'] }],
    [
      'defaults inside an atomic list',
      { rules: [{ host: 'a', limit: '1000m' }] },
      { rules: [{ host: 'a', limit: 1, port: 80, limits: { cpu: '1' } }] },
    ],
    [
      'amounts that follow from others',
      { rules: [{ limits: { cpu: '1' } }] },
      { rules: [{ limits: { cpu: '1', memory: '1Gi' } }] },
    ],
    [
      'tolerations before those that every pod gets',
      { tolerations: [{ key: 'a' }] },
      {
        tolerations: [
          { key: 'a' },
          toleration('node.kubernetes.io/not-ready'),
          toleration('node.kubernetes.io/unreachable'),
        ],
      },
    ],
  ])('%s', (_name, sent, kept) => {
    expect(told(sent, kept)).toEqual([])
  })
})

describe('what is told', () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    ['a number rewritten', { count: 3 }, { count: 2 }, ['count: Git: 3, cluster: 2']],
    ['zero rewritten', { count: 0 }, { count: 1 }, ['count: Git: 0, cluster: 1']],
    ['false rewritten', { on: false }, { on: true }, ['on: Git: false, cluster: true']],
    ['another amount', { limit: '1' }, { limit: '1100m' }, ['limit: Git: "1", cluster: "1100m"']],
    [
      'another time',
      { since: '2026-01-01T00:00:00Z' },
      { since: '2026-01-01T00:00:01Z' },
      ['since: Git: "2026-01-01T00:00:00Z", cluster: "2026-01-01T00:00:01Z"'],
    ],
    ['another duration', { every: '60m' }, { every: '59m' }, ['every: Git: "60m", cluster: "59m"']],
    ['a field dropped', { count: 3, name: 'a' }, { count: 3 }, ['name: Git: "a", cluster: nothing']],
    ['a map dropped', { inner: { a: 'x' } }, {}, ['inner.a: Git: "x", cluster: nothing']],
    [
      'an empty value of a map filled',
      { map: { a: '' } },
      { map: { a: 'x' } },
      ['map.a: Git: "", cluster: "x"'],
    ],
    [
      'an item dropped',
      env('A', 'B'),
      env('B'),
      ['env[name="A"]: Git: {"name":"A","value":"1"}, cluster: nothing'],
    ],
    [
      'an item of a set dropped',
      { tags: ['a', 'b'] },
      { tags: ['b'] },
      ['tags[="a"]: Git: "a", cluster: nothing'],
    ],
    ['items in another order', env('A', 'B'), env('B', 'A'), ['env: another order']],
    ['another type', { args: ['a'] }, { args: 'a' }, ['args: Git: ["a"], cluster: "a"']],
    [
      'a key put into an atomic map',
      { selector: { a: 'x' } },
      { selector: { a: 'x', b: 'y' } },
      ['selector.b: Git: nothing, cluster: "y"'],
    ],
    ['an argument put in', { args: ['a'] }, { args: ['a', 'b'] }, ['args: Git: ["a"], cluster: ["a","b"]']],
    [
      'one place within an atomic list',
      { rules: [{ host: 'a' }, { host: 'b', port: 1 }] },
      { rules: [{ host: 'a' }, { host: 'b', port: 2 }] },
      ['rules[1].port: Git: 1, cluster: 2'],
    ],
    [
      'a label put in within an atomic list',
      { rules: [{ labels: { a: 'x' } }] },
      { rules: [{ labels: { a: 'x', b: 'y' } }] },
      ['rules[0].labels.b: Git: nothing, cluster: "y"'],
    ],
    [
      'a toleration put in',
      { tolerations: [{ key: 'a' }] },
      { tolerations: [{ key: 'a' }, { key: 'b' }] },
      ['tolerations: Git: [{"key":"a"}], cluster: [{"key":"a"},{"key":"b"}]'],
    ],
    [
      'long values by their beginning',
      { name: 'a'.repeat(99) },
      { name: 'b'.repeat(99) },
      [`name: Git: "${'a'.repeat(58)}…, cluster: "${'b'.repeat(58)}…`],
    ],
    [
      'long values with one beginning',
      { name: `${'a'.repeat(99)}1` },
      { name: `${'a'.repeat(99)}2` },
      ['name: another value'],
    ],
    [
      'long lists by their length',
      { args: Array(40).fill('a') },
      { args: Array(41).fill('a') },
      ['args: Git: 40 items, cluster: 41'],
    ],
  ])('%s', (_name, sent, kept, expected) => {
    expect(told(sent, kept)).toEqual(expected)
  })
})

test('digits without end are no amount', () => {
  const digits = '1'.repeat(2_000_000)
  expect(told({ limit: digits }, { limit: `${digits}1` })).toEqual(['limit: another value'])
})

test('what only a server sets, and what it says of the state, is no field of Git', () => {
  const answer = widget({ count: 1 }, { metadata: { name: 'w', uid: 'u', generation: 2 }, status: { a: 1 } })
  const sent = widget({ count: 1 }, { metadata: { name: 'w', generation: 1 } })
  expect(unkeptFields({ sent, answer, schema })).toEqual([])
})

test('ignored fields, and kinds without a schema, are left out', () => {
  const [sent, answer] = [widget({ count: 3, name: 'a' }), widget({ count: 2, name: 'b' })]
  const ignores = [{ group: '*', kind: '*', jsonPointers: ['/spec/count'] }]
  const ignored = ignoredFieldSet({ ignores, objects: [sent, answer], schema })
  expect(unkeptFields({ sent, answer, schema, ignored }).map(({ path }) => path)).toEqual(['spec.name'])
  expect(unkeptFields({ sent, answer, schema: undefined })).toEqual([])
})

describe('a Secret', () => {
  const secret = (fields: JsonObject): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', annotations: { note: String(fields['note'] ?? 'one') } },
    type: 'Opaque',
    ...fields,
  })

  test('is told by path alone', () => {
    const sent = canonicalize(
      secret({ stringData: { password: 'hunter2' }, data: { token: 'aHVudGVyMg==' } }),
    )
    const answer = secret({ data: { token: 'b3RoZXI=' }, type: 'other', note: 'hunter2' })
    const sentence = describeUnkept(unkeptFields({ sent, answer, schema }))
    expect(sentence).toBe(
      'the cluster did not keep metadata.annotations.note, type, data.token, data.password',
    )
  })
  test('keeps stringData as data, and base64 without line ends', () => {
    const sent = canonicalize(secret({ stringData: { a: 'x' }, data: { b: 'YWJj\nZGVm\n' } }))
    expect(unkeptFields({ sent, answer: secret({ data: { a: 'eA==', b: 'YWJjZGVm' } }), schema })).toEqual([])
  })
})

describe('the sentence', () => {
  const fields = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ path: `f${index}`, values: 'Git: 1, cluster: 2' }))

  test('names up to five fields and counts the others', () => {
    expect(describeUnkept([])).toBeUndefined()
    expect(describeUnkept(fields(1))).toBe('the cluster did not keep f0 (Git: 1, cluster: 2)')
    expect(describeUnkept(fields(5))).not.toContain('more')
    const sentence = describeUnkept(fields(12)) ?? ''
    expect(sentence).toMatch(/f4 \(Git: 1, cluster: 2\) and 7 more$/)
    expect(sentence).not.toContain('f5')
  })
})
