import { describe, expect, test } from 'vitest'
import { canonicalJson, stableHash } from './canonical.ts'
import { formatFieldsV1 } from './field-set.ts'
import type { JsonObject } from './object.ts'
import { makeSchema } from './schema.ts'
import { fieldSetOf, ownedFieldSet, valueHashAt } from './typed-fields.ts'

const schema = makeSchema({
  type: 'object',
  properties: {
    metadata: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
    env: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name', 'protocol'],
      items: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          protocol: { type: 'string', default: 'TCP' },
          value: { type: 'string' },
        },
      },
    },
    tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    args: { type: 'array', items: { type: 'string' } },
    selector: { type: 'object', additionalProperties: { type: 'string' }, 'x-kubernetes-map-type': 'atomic' },
    empty: { type: 'object', properties: {} },
  },
})

test('the paths of a manifest', () => {
  const manifest = {
    metadata: { name: 'x', labels: { a: '1' } },
    env: [{ name: 'A', value: '1' }],
    tags: ['t'],
    args: ['x', 'y'],
    selector: { a: 'b' },
    empty: {},
  }
  expect(formatFieldsV1(fieldSetOf(manifest, schema))).toEqual({
    'f:metadata': { 'f:name': {}, 'f:labels': { 'f:a': {} } },
    'f:env': { 'k:{"name":"A","protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
    'f:tags': { 'v:"t"': {} },
    'f:args': {},
    'f:selector': {},
    'f:empty': {},
  })
  expect(formatFieldsV1(ownedFieldSet(manifest, schema))['f:metadata']).toEqual({ 'f:labels': { 'f:a': {} } })
})

describe('the hash of owned values', () => {
  const manifest: JsonObject = {
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
    args: ['x'],
    selector: { a: 'b' },
  }
  const owned = fieldSetOf(manifest, schema)
  const hash = (object: JsonObject): string => valueHashAt(object, owned, schema)

  test.each<[string, JsonObject]>([
    ['keys in another order', { selector: { a: 'b' }, args: ['x'], env: manifest['env'] }],
    ['fields that others own', { ...manifest, tags: ['foreign'], metadata: { labels: { x: 'y' } } }],
    [
      'items that others added',
      { ...manifest, env: [{ name: 'Z', value: '9' }, ...(manifest['env'] as JsonObject[])] },
    ],
    [
      'a default filled in',
      {
        ...manifest,
        env: [
          { name: 'A', value: '1', protocol: 'TCP' },
          { name: 'B', value: '2' },
        ],
      },
    ],
    ['nothing-values in atomic maps', { ...manifest, selector: { a: 'b', c: null, d: {} } }],
  ])('is the same with %s', (_what, object) => {
    expect(hash(object)).toBe(hash(manifest))
  })

  test.each<[string, JsonObject]>([
    ['another value', { ...manifest, args: ['y'] }],
    [
      'owned items in another order',
      {
        ...manifest,
        env: [
          { name: 'B', value: '2' },
          { name: 'A', value: '1' },
        ],
      },
    ],
    [
      'an owned item twice',
      {
        ...manifest,
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
    ],
    ['an owned item gone', { ...manifest, env: [{ name: 'A', value: '1' }] }],
    ['more in an atomic map', { ...manifest, selector: { a: 'b', c: 'd' } }],
    ['a number for a text', { ...manifest, args: [1] }],
  ])('differs with %s', (_what, object) => {
    expect(hash(object)).not.toBe(hash(manifest))
  })
})

test('canonical text', () => {
  expect(canonicalJson({ b: 1, a: { d: [2, null], c: undefined } })).toBe('{"a":{"d":[2,null]},"b":1}')
  expect(canonicalJson({ a: {}, b: [], c: null, d: { e: [{}] } }, { dropEmpty: true })).toBe(
    '{"d":{"e":[null]}}',
  )
  expect(stableHash({ a: 1, b: 2 })).toBe(stableHash({ b: 2, a: 1 }))
  expect(stableHash('x')).toMatch(/^[\w-]{22}$/)
})
