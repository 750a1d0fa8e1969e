import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, stableHash } from './canonical.ts'
import { parseJson, stringifyJson } from './lossless-json.ts'

test('whole numbers beyond 2^53 stay what they are, all others are numbers', () => {
  const text = '{"a":9007199254740993,"b":[-9223372036854775808,9007199254740991],"c":1.2345678901234567}'
  expect(parseJson(text)).toEqual({
    a: 9_007_199_254_740_993n,
    b: [-9_223_372_036_854_775_808n, Number.MAX_SAFE_INTEGER],
    c: 1.2345678901234567,
  })
  expect(stringifyJson(parseJson(text))).toBe(text)
})

test('digits in texts are texts', () => {
  const text =
    '{"a":"9007199254740993","b":"x: 9007199254740993, \\"9007199254740995\\"","c":9007199254740993}'
  expect(parseJson(text)).toMatchObject({ a: '9007199254740993', c: 9_007_199_254_740_993n })
  expect(stringifyJson(parseJson(text))).toBe(text)
})

test('agrees with the platform where no such number is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(stringifyJson(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)))
    }),
  )
})

test('every 64-bit integer comes back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.string(), (integer, beside) => {
      const text = `{"beside":${JSON.stringify(beside)},"integer": ${integer}}`
      const { integer: read } = parseJson(text) as { integer: number | bigint }
      expect(BigInt(read)).toBe(integer)
    }),
  )
})

test('hashes tell neighbours beyond 2^53 apart', () => {
  const one = parseJson('{"a":9007199254740992}')
  const other = parseJson('{"a":9007199254740993}')
  expect(stableHash(one)).not.toBe(stableHash(other))
  expect(canonicalJson(other)).toBe('{"a":9007199254740993}')
})
