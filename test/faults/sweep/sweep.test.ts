import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatPoint } from './point.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import { failureText, type PointResult, sweep } from './sweep.ts'
import { tableOf } from './table.ts'
import { startWorld, type World } from './world.ts'

/** Half of the sweep takes six minutes: `npm run faults`, all of it twelve: `-- --every 1`. Here each scenario is struck at every so many of its points. */
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
    const again = await repeated(scenario, failed)
    expect(again.filter(({ faults }) => faults.length > 0).map(failureText)).toEqual([])
  },
)

/**
 * Points that failed, once more: what a busy machine did to a run is told and does not fail the tier, what fails twice
 * does. The whole sweep forgives nothing.
 */
async function repeated(scenario: Scenario, failed: readonly PointResult[]): Promise<PointResult[]> {
  if (failed.length === 0) return []
  process.stdout.write(`failed, and repeated:\n${failed.map(failureText).join('\n')}\n`)
  const seeds = new Set(failed.map(({ point }) => formatPoint(point)))
  return sweep(world, { scenarios: [scenario], select: (point) => seeds.has(formatPoint(point)) })
}
