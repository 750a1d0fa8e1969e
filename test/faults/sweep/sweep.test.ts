import { afterAll, beforeAll, expect, test } from 'vitest'
import { scenarios } from './scenarios.ts'
import { failureText, sweep } from './sweep.ts'
import { tableOf } from './table.ts'
import { startWorld, type World } from './world.ts'

/**
 * Half of the sweep takes six minutes: `npm run faults`, all of it twelve: `-- --every 1`. Here each scenario is struck at
 * every so many of its points, and a point that fails fails the tier.
 */
const every = 12

let world: World

beforeAll(async () => {
  world = await startWorld()
})

afterAll(() => world.close())

test.each(scenarios)(
  '$name ends as without faults (a sample; more of it: npm run faults)',
  async (scenario) => {
    const select = (_point: unknown, index: number): boolean => index % every === 0
    const results = await sweep(world, { scenarios: [scenario], select })
    process.stdout.write(`\n${tableOf(results)}\n`)
    const struck = results.filter((result) => result.struck)
    expect(struck.length).toBeGreaterThanOrEqual(10)
    const failed = results.filter(({ faults }) => faults.length > 0)
    expect(failed.map(failureText)).toEqual([])
  },
)
