import { formatKey } from '@driftless/apimachinery'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeInventory, encodeInventory, type InventoryEntry } from './inventory.ts'

const word = fc.stringMatching(/^[a-z0-9.-]{0,8}$/)
const entry: fc.Arbitrary<InventoryEntry> = fc
  .record({
    group: fc.constantFrom('', 'apps', 'example.org'),
    kind: fc.constantFrom('ConfigMap', 'Deployment'),
    namespace: fc.constantFrom('', 'prod', 'test'),
    name: word,
    uid: word,
    epoch: fc.constantFrom('', 'e1'),
    hash: word,
    paths: fc.option(fc.constantFrom({ 'f:spec': { 'f:x\t"\n': {} } }), { nil: undefined }),
  })
  .map(({ group, kind, namespace, name, uid, epoch, hash, paths }) => ({
    key: { group, kind, namespace, name },
    apiVersion: group === '' ? 'v1' : `${group}/v1`,
    uid,
    resourceVersion: hash,
    epoch,
    desiredHash: hash,
    fieldsHash: uid,
    valuesHash: hash,
    ...(paths === undefined ? {} : { paths }),
  }))
const entries = fc.uniqueArray(entry, { selector: (one) => formatKey(one.key), maxLength: 20 })

function byKey(list: InventoryEntry[]): InventoryEntry[] {
  return [...list].sort((a, b) => (formatKey(a.key) < formatKey(b.key) ? -1 : 1))
}

test('what is written is read again, and equal inventories give equal text', () => {
  fc.assert(
    fc.property(entries, (list) => {
      const text = encodeInventory(list)
      expect(decodeInventory(text)).toEqual(byKey(list))
      expect(encodeInventory(list.toReversed())).toBe(text)
    }),
  )
})

test.each([undefined, '', 'v2\nx', 'v1\nshort', '{}'])('%j gives no entries', (text) => {
  expect(decodeInventory(text)).toEqual([])
})

test('an inventory of similar objects is small', () => {
  const many = Array.from({ length: 100 }, (_, index) => ({
    key: { group: '', kind: 'ConfigMap', namespace: 'prod', name: `config-${index}` },
    apiVersion: 'v1',
    uid: `0b0e6f3a-1d2c-4b5a-8c7d-${String(index).padStart(12, '0')}`,
    resourceVersion: String(1000 + index),
    epoch: 'abcdef',
    desiredHash: 'd'.repeat(22),
    fieldsHash: 'f'.repeat(22),
    valuesHash: 'v'.repeat(22),
  }))
  expect(encodeInventory(many).length / 100).toBeLessThan(80)
})
