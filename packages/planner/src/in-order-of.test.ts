import { expect, test } from 'vitest'
import { inOrderOf } from './in-order-of.ts'

test('fields stand in the order of the other value, its own behind them, at every depth', () => {
  const live = { uid: '1', labels: { b: '2', a: '1', c: '3' }, name: 'x', list: [{ port: 80, name: 'http' }] }
  const target = { name: 'x', labels: { a: '1', b: '2' }, list: [{ name: 'http', port: 8080 }] }
  expect(JSON.stringify(inOrderOf(live, target))).toBe(
    JSON.stringify({
      name: 'x',
      labels: { a: '1', b: '2', c: '3' },
      list: [{ name: 'http', port: 80 }],
      uid: '1',
    }),
  )
})

test('where there is nothing to go by, a value stays as it is', () => {
  expect(inOrderOf({ b: 1, a: null }, undefined)).toEqual({ b: 1, a: null })
  expect(inOrderOf('text', { a: 1 })).toBe('text')
})
