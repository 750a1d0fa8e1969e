import { type JsonObject, type JsonValue, makeSchema } from '@driftless/apimachinery'
import { describe, expect, test } from 'vitest'
import { ruleCauses } from './rule-causes.ts'
import { ruleDefinitionCauses } from './rule-definition-causes.ts'

function messages(rule: string, value: JsonValue, schema: JsonObject = {}): string[] {
  const made = makeSchema(
    {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      ...schema,
      'x-kubernetes-validations': [{ rule }],
    },
    { origin: 'custom' },
  )
  return ruleCauses({ value, old: undefined, schema: made }).map(({ message }) => message)
}

const numbers = { properties: { l: { type: 'array', items: { type: 'integer' } } } }
const many = { l: Array.from({ length: 1000 }, (_value, at) => at) }

describe('rules that would run for hours', () => {
  test('nested loops end when the budget is spent', () => {
    const rule = 'self.l.all(a, self.l.all(b, self.l.all(c, self.l.all(d, a + b + c + d >= 0))))'
    expect(messages(rule, many, numbers)).toEqual([expect.stringContaining('actual cost limit exceeded')])
  })

  test('nested loops over literals end too', () => {
    const list = '[1,2,3,4,5,6,7,8,9,10]'
    const rule =
      Array.from({ length: 12 }, (_value, at) => `${list}.map(x${at}, `).join('') + 'x0' + ')'.repeat(12)
    expect(messages(`${rule}.size() > 0`, {})).toEqual([
      expect.stringContaining('actual cost limit exceeded'),
    ])
  })

  test('a pattern takes linear time', () => {
    const value = { s: `${'a'.repeat(5000)}!` }
    const schema = { properties: { s: { type: 'string' } } }
    expect(messages("!self.s.matches('^(a+)+$')", value, schema)).toEqual([])
  })

  test('values that double are refused with the definition', () => {
    const binds = Array.from({ length: 30 }, (_value, at) => `cel.bind(x${at + 1}, x${at} + x${at}, `).join(
      '',
    )
    const rule = `cel.bind(x0, [1], ${binds}true${')'.repeat(31)}`
    const schema = makeSchema(
      { type: 'object', 'x-kubernetes-validations': [{ rule }] },
      { origin: 'custom' },
    )
    expect(ruleDefinitionCauses(schema, 'spec').map(({ message }) => message)).toEqual([
      expect.stringContaining('makes too much of its values'),
    ])
  })
})

test('precedence and grouping survive the rewriting', () => {
  expect(messages('10 - (4 - 3) == 9 && -(2 + 3) == -5 && (true || false) && !(1 > 2)', {})).toEqual([])
  expect(messages('"a\\"b\\n".size() == 4 && b"ab".size() == 2 && 1.5 > 1.0 && 3u == 3u', {})).toEqual([])
})
