import { afterAll, beforeAll, expect, test } from 'vitest'
import { scenarios } from './scenarios.ts'
import { failureText, sweep } from './sweep.ts'
import { tableOf } from './table.ts'
import { startWorld, type World } from './world.ts'

/** The whole sweep takes ten minutes: `npm run faults`. Here each scenario is struck at every so many of its points. */
const every = 12

let world: World

beforeAll(async () => {
  world = await startWorld()
})

afterAll(() => world.close())

test.each(scenarios)(
  '$name ends as without faults (a sample; all of it: npm run faults)',
  async (scenario) => {
    const select = (_point: unknown, index: number): boolean => index % every === 0
    const results = await sweep(world, { scenarios: [scenario], select })
    process.stdout.write(`\n${tableOf(results)}\n`)
    const struck = results.filter((result) => result.struck)
    expect(struck.length).toBeGreaterThanOrEqual(10)
    expect(results.filter(({ faults }) => faults.length > 0).map(failureText)).toEqual([])
  },
)
