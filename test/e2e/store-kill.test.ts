import { expect, it } from 'vitest'
import { runKillRounds } from '../faults/kill-rounds.ts'

it('loses no acknowledged write and leaves none half done, killed at random moments', {
  timeout: 300_000,
}, async () => {
  const { rounds, acknowledged, unacknowledged, watchEvents } = await runKillRounds({
    rounds: 8,
    seed: 20_261_127,
  })
  expect(rounds).toBe(8)
  // The simulation did what it is for: every verb, and kills with writes under way.
  expect(Object.entries(acknowledged).filter(([, count]) => count === 0)).toEqual([])
  expect(unacknowledged.applied + unacknowledged.absent).toBeGreaterThan(8)
  expect(watchEvents).toBeGreaterThan(100)
})
