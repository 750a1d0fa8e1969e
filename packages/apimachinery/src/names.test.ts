import { expect, test } from 'vitest'
import { scaledCount } from './int-or-string.ts'
import { dns1123LabelError, dns1123SubdomainError, labelValueError, qualifiedNameError } from './names.ts'

test.each([
  [dns1123LabelError, ['a', 'a-b', '0a', 'x'.repeat(63)], ['', 'A', '-a', 'a-', 'a.b', 'x'.repeat(64)]],
  [dns1123SubdomainError, ['a.b-c.d', 'a'], ['a..b', '.a', 'a_b', 'x'.repeat(254)]],
  [
    qualifiedNameError,
    ['app', 'example.com/App_1.x'],
    ['', '/a', 'a/', 'a/b/c', '-a', 'Ex!/a', 'x'.repeat(64)],
  ],
  [labelValueError, ['', 'a', 'A_b.c-1'], ['-a', 'a b', 'a/', 'x'.repeat(64)]],
] as const)('%o', (check, good, bad) => {
  for (const text of good) expect(check(text)).toBeUndefined()
  for (const text of bad) expect(check(text)).toBeTypeOf('string')
})

test('percentages', () => {
  expect(scaledCount('25%', 3, true)).toBe(1)
  expect(scaledCount('25%', 3, false)).toBe(0)
  expect(scaledCount(2, 3, true)).toBe(2)
  expect(scaledCount('many', 3, true)).toBeUndefined()
})
