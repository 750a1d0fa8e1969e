import { expect, it } from 'vitest'
import { runAll } from './run-all.ts'

it('goes on after a refusal and says which one it was', async () => {
  const outcomes = await runAll(['a', 'b', 'c', 'd', 'e', 'f'], (name) =>
    name === 'b' ? Promise.reject(new Error('no')) : Promise.resolve(name),
  )
  expect(outcomes).toHaveLength(6)
  expect(outcomes.filter((outcome) => outcome.error !== undefined).map((outcome) => outcome.name)).toEqual([
    'b',
  ])
})
