import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityToNumber,
} from './quantity.ts'

test.each([
  ['0', '0'],
  ['1', '1'],
  ['1000', '1k'],
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1.5', '1500m'],
  ['100m', '100m'],
  ['1024Mi', '1Gi'],
  ['1536Mi', '1536Mi'],
  ['1.5Gi', '1536Mi'],
  ['512', '512'],
  ['1Ki', '1Ki'],
  ['0.5Ki', '512'],
  ['2e3', '2e3'],
  ['1E', '1E'],
  ['1E3', '1e3'],
  ['-1.5Gi', '-1536Mi'],
  ['0.1n', '1n'],
  ['1500000', '1500k'],
  ['.5', '500m'],
  ['5.', '5'],
])('%s is written %s', (input, canonical) => {
  expect(canonicalQuantity(input)).toBe(canonical)
})

test.each(['', 'x', '1 Gi', '1gi', '1.2.3', '--1', '1e', 'Ki', '.'])('%j is no quantity', (input) => {
  expect(parseQuantity(input)).toBeUndefined()
})

test('canonical text means the same amount and stays as it is', () => {
  const suffix = fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'Gi', 'e3')
  fc.assert(
    fc.property(fc.integer({ min: -100_000, max: 100_000 }), suffix, (amount, unit) => {
      const quantity = parseQuantity(`${amount}${unit}`)
      if (quantity === undefined) throw new Error('not read')
      const text = formatQuantity(quantity)
      const again = parseQuantity(text)
      if (again === undefined) throw new Error(`${text} is not read`)
      expect(compareQuantities(quantity, again)).toBe(0)
      expect(formatQuantity(again)).toBe(text)
    }),
  )
})

test('comparing and counting', () => {
  const read = (text: string): NonNullable<ReturnType<typeof parseQuantity>> => {
    const quantity = parseQuantity(text)
    if (quantity === undefined) throw new Error(text)
    return quantity
  }
  expect(compareQuantities(read('1Gi'), read('1G'))).toBeGreaterThan(0)
  expect(compareQuantities(read('999m'), read('1'))).toBeLessThan(0)
  expect(quantityToNumber(read('1500m'))).toBe(1.5)
  expect(quantityToNumber(read('1Mi'))).toBe(1_048_576)
})
