import { type Baseline, baselineOf, extraWrites, faultsOf, isWriteFault, widened } from './judge.ts'
import { formatPoint, type Point } from './point.ts'
import { type Outcome, runScenario } from './run-point.ts'
import type { Scenario } from './scenario.ts'
import { pointsOf } from './tape.ts'
import type { World } from './world.ts'

export interface PointResult {
  point: Point
  /** A run may go another way before it comes to the point; then nothing was tried. */
  struck: boolean
  faults: string[]
  extra: Record<string, number>
  log: string[]
}

export interface SweepOptions {
  scenarios: readonly Scenario[]
  /** Which of the points to run; default all. */
  select?: (point: Point, index: number) => boolean
  /** Runs side by side. */
  atOnce?: number
  onResult?: (result: PointResult) => void
}

const baselineRuns = 5
let places = 0

/** Every selected fault at every request, event and question of every scenario. */
export async function sweep(world: World, options: SweepOptions): Promise<PointResult[]> {
  const results: PointResult[] = []
  for (const scenario of options.scenarios) {
    const runs: Outcome[] = []
    for (let run = 0; run < baselineRuns; run += 1) runs.push(await runFaultless(world, scenario))
    const baseline = baselineOf(runs)
    const select = options.select ?? (() => true)
    const points = pointsOf(scenario.name, runs[0]?.entries ?? []).filter(select)
    await inParallel(points, options.atOnce ?? 6, async (point) => {
      const result = await judgedPoint(world, { scenario, point, baseline })
      results.push(result)
      options.onResult?.(result)
    })
  }
  return results
}

async function runFaultless(world: World, scenario: Scenario): Promise<Outcome> {
  const outcome = await runScenario(world, { scenario, namespace: nextNamespace() })
  if (outcome.failure !== undefined) {
    throw new Error(`${scenario.name} fails without any fault: ${outcome.failure}`)
  }
  return outcome
}

/**
 * A point that is over the bound of writes and right in all else is measured once more beside a fresh run without faults: on
 * a busy machine a pass sees states in between, with faults or without, and writes them down.
 */
async function judgedPoint(
  world: World,
  input: { scenario: Scenario; point: Point; baseline: Baseline },
): Promise<PointResult> {
  const result = await runPoint(world, input)
  if (result.faults.length === 0 || !result.faults.every(isWriteFault)) return result
  const baseline = widened(input.baseline, await runFaultless(world, input.scenario))
  return runPoint(world, { ...input, baseline })
}

async function runPoint(
  world: World,
  input: { scenario: Scenario; point: Point; baseline: Baseline },
): Promise<PointResult> {
  const { scenario, point, baseline } = input
  const outcome = await runScenario(world, {
    scenario,
    point,
    namespace: nextNamespace(),
    wanted: baseline.state,
  })
  return {
    point,
    struck: outcome.struck,
    faults: outcome.struck ? faultsOf(point, outcome, baseline) : unstruckFaults(outcome),
    extra: extraWrites(outcome, baseline),
    log: outcome.log,
  }
}

/** A run that never came to its point still has to come to its end. */
function unstruckFaults({ failure }: Outcome): string[] {
  return failure === undefined ? [] : [failure]
}

function nextNamespace(): string {
  places += 1
  return `place-${places}`
}

async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items]
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** One line for a point that failed: what was wrong, and the seed that repeats it. */
export function failureText({ point, faults }: PointResult): string {
  return `${formatPoint(point)}\n    ${faults.join('\n    ')}`
}
