import { expect, it } from 'vitest'
import { conditionsBeside, wholeReason } from './conditions.tsx'

it('leaves out the condition that the reason says already, whole or cut', () => {
  const long = `Held back: ${'a'.repeat(400)}`
  const conditions = [
    { type: 'SyncError', message: 'It\n  failed' },
    { type: 'Guarded', message: long },
    { type: 'Waiting', message: 'waits for a' },
    { type: 'SyncWindow', message: '' },
  ]
  const typesBeside = (reason: string) => conditionsBeside(conditions, reason).map(({ type }) => type)
  expect(typesBeside('It failed')).toEqual(['Guarded', 'Waiting'])
  expect(typesBeside(`${long.slice(0, 299)}…`)).toEqual(['SyncError', 'Waiting'])
  expect(typesBeside('')).toEqual(['SyncError', 'Guarded', 'Waiting'])
})

it('finds the whole of a reason that was cut', () => {
  const long = `one or more\nfailed: ${'a'.repeat(400)}`
  const status = {
    conditions: [{ type: 'Waiting', message: 'waits' }],
    operationState: { message: long },
  } as never
  expect(wholeReason(status, `${long.replace('\n', ' ').slice(0, 299)}…`)).toBe(long)
  expect(wholeReason(status, 'something else')).toBe('something else')
  expect(wholeReason(undefined, 'cut …')).toBe('cut …')
})
