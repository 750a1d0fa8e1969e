import { diffLines } from './diff-lines.ts'
import type { Point } from './point.ts'
import type { Outcome } from './run-point.ts'

/** What a scenario does without faults, seen in several runs: how often it writes may differ by what it sees when. */
export interface Baseline {
  state: Record<string, unknown>
  hooks: Record<string, number>
  deleted: string[]
  /** The most of all runs. */
  writes: Record<string, number>
}

export function baselineOf(runs: readonly Outcome[]): Baseline {
  const [first] = runs
  if (first === undefined) throw new RangeError('a baseline needs a run')
  const { state, hooks, deleted } = first
  return runs.reduce<Baseline>(widened, { state, hooks, deleted, writes: {} })
}

/** Everything in which a run differs from the one without faults; empty when it is as good. */
export function faultsOf(point: Point, outcome: Outcome, baseline: Baseline): string[] {
  const faults: string[] = []
  if (outcome.failure === undefined) {
    faults.push(...diffLines(baseline.state, outcome.state).map((line) => `end state: ${line}`))
  } else faults.push(outcome.failure)
  for (const name of outcome.deleted) {
    if (!baseline.deleted.includes(name)) faults.push(`deleted: ${name}`)
  }
  for (const [name, count] of Object.entries(outcome.hooks)) {
    const wanted = baseline.hooks[name] ?? 0
    if (count > wanted) faults.push(`hook ${name} was made ${count} times, not ${wanted}`)
  }
  return [...faults, ...tooManyWrites(point, extraWrites(outcome, baseline))]
}

/** Writes beyond those of the run without faults, by object. */
export function extraWrites(outcome: Outcome, baseline: Baseline): Record<string, number> {
  const extra = Object.entries(outcome.writes)
    .map(([name, count]): [string, number] => [name, count - (baseline.writes[name] ?? 0)])
    .filter(([, count]) => count > 0)
  return Object.fromEntries(extra)
}

/** Whether a fault is nothing but writes beyond the bound. */
export function isWriteFault(fault: string): boolean {
  return /too often/.test(fault)
}

/** The baseline after one more run without faults: how often a pass finds something to write differs with what it sees. */
export function widened(baseline: Baseline, run: Outcome): Baseline {
  const writes = { ...baseline.writes }
  for (const [name, count] of Object.entries(run.writes)) writes[name] = Math.max(writes[name] ?? 0, count)
  return { ...baseline, writes }
}

const applications = /^applications\//

/**
 * One more for each object that the fault concerns: the Application, whose status tells of it, and the object that was
 * struck. The end of a controller concerns all that it had under way.
 */
function tooManyWrites({ fault }: Point, extra: Record<string, number>): string[] {
  const tooOften = Object.entries(extra).filter(([, count]) => count > 1)
  const objects = Object.keys(extra).filter((name) => !applications.test(name))
  const endsLife = fault.startsWith('kill') || fault.startsWith('stale')
  return [
    ...tooOften.map(([name, count]) => `${name} was written ${count} times too often`),
    ...(objects.length > 1 && !endsLife ? [`written once too often: ${objects.join(', ')}`] : []),
  ]
}
