import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyJsonPatch, createJsonPatch } from './json-patch.ts'
import { applyMergePatch, createMergePatch } from './merge-patch.ts'
import type { JsonObject, JsonValue } from './object.ts'
import { makeSchema, openApiResolver } from './schema.ts'
import { applyStrategicMerge } from './strategic-merge.ts'

describe('merge patch (the table of RFC 7386, appendix A)', () => {
  test.each<[JsonValue, JsonValue, JsonValue]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j + %j', (target, patch, expected) => {
    expect(applyMergePatch(target, patch)).toEqual(expected)
  })

  test('a created patch leads from one to the other', () => {
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer(), { maxLength: 2 }))
    const object = fc.dictionary(
      fc.constantFrom('a', 'b', 'c', '__proto__'),
      fc.oneof(leaf, fc.dictionary(fc.constantFrom('x', 'y'), leaf)),
    )
    fc.assert(
      fc.property(object, object, (one, two) => {
        const [from, to] = [one as JsonObject, two as JsonObject]
        expect(JSON.stringify(sorted(applyMergePatch(from, createMergePatch(from, to))))).toBe(
          JSON.stringify(sorted(to)),
        )
      }),
    )
  })
})

function sorted(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, entry]) => [name, sorted(entry ?? null)])
}

describe('JSON patch', () => {
  test('all operations or none, on a copy', () => {
    const document = { a: [1], b: { c: 1 } }
    const good = applyJsonPatch(document, [
      { op: 'test', path: '/b/c', value: 1 },
      { op: 'add', path: '/a/-', value: 2 },
      { op: 'move', from: '/b/c', path: '/d' },
    ])
    expect(good).toEqual({ value: { a: [1, 2], b: {}, d: 1 } })
    expect(document).toEqual({ a: [1], b: { c: 1 } })
  })

  test.each([
    ['failed', [{ op: 'test', path: '/a', value: 2 }]],
    ['failed', [{ op: 'remove', path: '/nothing' }]],
    ['failed', [{ op: 'test', path: '/nothing', value: 1 }]],
    ['invalid', { op: 'add' }],
    ['failed', [{ op: 'increment', path: '/a' }]],
    ['failed', [{ op: 'add', path: 'a', value: 1 }]],
    ['failed', [{ op: 'move', path: '/a' }]],
  ])('%s: %j', (kind, patch) => {
    expect(applyJsonPatch({ a: 1 }, patch)).toMatchObject({ error: { kind } })
  })

  test('replaces a whole document', () => {
    expect(applyJsonPatch({ a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }])).toEqual({
      value: { b: 2 },
    })
    expect(applyJsonPatch({ a: 1 }, createJsonPatch({ a: 1 }, { b: 2 }))).toEqual({ value: { b: 2 } })
  })
})

describe('strategic merge patch', () => {
  const resolve = openApiResolver({
    Item: { type: 'object', properties: { name: { type: 'string' }, image: { type: 'string' } } },
  })
  const schema = makeSchema(
    {
      type: 'object',
      properties: {
        items: {
          type: 'array',
          items: { $ref: '#/components/schemas/Item' },
          'x-kubernetes-patch-strategy': 'merge',
          'x-kubernetes-patch-merge-key': 'name',
        },
        finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-patch-strategy': 'merge' },
        args: { type: 'array', items: { type: 'string' } },
        strategy: { type: 'object', properties: {}, 'x-kubernetes-patch-strategy': 'retainKeys' },
      },
    },
    { resolve },
  )
  const [a, b] = [
    { name: 'a', image: '1' },
    { name: 'b', image: '2' },
  ]

  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    [
      'items merge by key',
      { items: [a, b] },
      { items: [{ name: 'b', image: '3' }] },
      { items: [a, { name: 'b', image: '3' }] },
    ],
    ['new items come first', { items: [a] }, { items: [b] }, { items: [b, a] }],
    ['items are deleted', { items: [a, b] }, { items: [{ name: 'a', $patch: 'delete' }] }, { items: [b] }],
    ['a list is replaced', { items: [a] }, { items: [b, { $patch: 'replace' }] }, { items: [b] }],
    [
      'an order is set',
      { items: [a, b] },
      { '$setElementOrder/items': [{ name: 'b' }, { name: 'a' }] },
      { items: [b, a] },
    ],
    [
      'a field of an item goes',
      { items: [a] },
      { items: [{ name: 'a', image: null }] },
      { items: [{ name: 'a' }] },
    ],
    ['primitives are a set', { finalizers: ['x'] }, { finalizers: ['y', 'x'] }, { finalizers: ['y', 'x'] }],
    [
      'primitives are deleted',
      { finalizers: ['x', 'y'] },
      { '$deleteFromPrimitiveList/finalizers': ['x'] },
      { finalizers: ['y'] },
    ],
    ['other lists are replaced', { args: ['x'] }, { args: ['y'] }, { args: ['y'] }],
    [
      'keys are retained',
      { strategy: { type: 'A', old: 1 } },
      { strategy: { $retainKeys: ['type'], type: 'B' } },
      { strategy: { type: 'B' } },
    ],
    [
      'a map is replaced',
      { strategy: { old: 1 } },
      { strategy: { $patch: 'replace', type: 'B' } },
      { strategy: { type: 'B' } },
    ],
    ['a map is deleted', { strategy: { old: 1 } }, { strategy: { $patch: 'delete' } }, {}],
    ['null removes', { args: ['x'] }, { args: null }, {}],
    ['nulls in new maps vanish', {}, { strategy: { type: null } }, { strategy: {} }],
  ])('%s', (...[, original, patch, expected]) => {
    const untouched = structuredClone({ original, patch })
    expect(applyStrategicMerge(original, patch, schema)).toEqual({ value: expected })
    expect({ original, patch }).toEqual(untouched)
  })

  test.each<[JsonObject]>([[{ items: [{ image: 'x' }] }], [{ strategy: { $patch: 'explode' } }]])(
    '%j is refused',
    (patch) => {
      expect(applyStrategicMerge({ items: [a] }, patch, schema)).toHaveProperty('error')
    },
  )
})
