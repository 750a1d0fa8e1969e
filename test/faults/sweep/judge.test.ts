import { expect, test } from 'vitest'
import { baselineOf, faultsOf } from './judge.ts'
import { formatPoint, parsePoint, type Point } from './point.ts'
import type { Outcome } from './run-point.ts'
import { pointsOf, Tape } from './tape.ts'

const point: Point = { scenario: 'update', fault: '500', at: 'APPLY configmaps/one#1' }

function outcome(more: Partial<Outcome> = {}): Outcome {
  return {
    entries: [],
    struck: true,
    state: { 'ConfigMap/one': { data: { value: '1' } } },
    writes: { 'configmaps/one': 1, 'applications/shop': 3 },
    hooks: { 'Job/migrate': 1 },
    deleted: ['Job/migrate'],
    failure: undefined,
    log: [],
    ...more,
  }
}

const baseline = baselineOf([outcome(), outcome({ writes: { 'applications/shop': 4 } })])

test('what is as without faults passes, with one write more for the object and one for the Application', () => {
  expect(faultsOf(point, outcome(), baseline)).toEqual([])
  const writes = { 'configmaps/one': 2, 'applications/shop': 5 }
  expect(faultsOf(point, outcome({ writes }), baseline)).toEqual([])
})

test.each<[string, Partial<Outcome>, RegExp]>([
  [
    'another end',
    { state: { 'ConfigMap/one': { data: { value: '2' } } } },
    /end state: ConfigMap\/one.data.value/,
  ],
  ['a strange deletion', { deleted: ['ConfigMap/stranger'] }, /deleted: ConfigMap\/stranger/],
  ['a hook twice', { hooks: { 'Job/migrate': 2 } }, /hook Job\/migrate was made 2 times, not 1/],
  ['a write too many', { writes: { 'configmaps/one': 3 } }, /configmaps\/one was written 2 times too often/],
  ['writes of others', { writes: { 'configmaps/one': 2, 'configmaps/two': 1 } }, /once too often/],
  ['no end', { failure: 'never: update ends' }, /never/],
])('%s fails', (_name, more, fault) => {
  const faults = faultsOf(point, outcome(more), baseline)
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(fault)
})

test('a seed names one fault at one place, and strikes there once', () => {
  expect(parsePoint(formatPoint(point))).toEqual(point)
  const tape = new Tape(point)
  expect(tape.note('write', 'APPLY configmaps/one')).toBeUndefined()
  tape.arm()
  expect(tape.note('write', 'APPLY configmaps/two')).toBeUndefined()
  expect(tape.note('write', 'APPLY configmaps/one')).toBe('500')
  expect(tape.note('write', 'APPLY configmaps/one')).toBeUndefined()
  expect(tape.struck).toBe(true)
  expect(pointsOf('update', tape.entries).filter(({ fault }) => fault === '500')).toHaveLength(3)
})
