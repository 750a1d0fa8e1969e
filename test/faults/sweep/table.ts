import { answerFaults, eventFaults, type Fault, killFaults, sourceFaults, staleFaults } from './point.ts'
import type { PointResult } from './sweep.ts'

const groups: Record<string, readonly Fault[]> = {
  kill: killFaults,
  409: ['409'],
  ...Object.fromEntries(answerFaults.map((fault) => [fault, [fault]])),
  watch: eventFaults,
  stale: staleFaults,
  git: sourceFaults,
}

const headings = ['scenario', ...Object.keys(groups), 'all', 'not reached', 'most extra writes']

/** Scenario by fault: how many points passed of those that were tried. */
export function tableOf(results: readonly PointResult[]): string {
  const scenarios = [...new Set(results.map(({ point }) => point.scenario))]
  const rows = scenarios.map((scenario) =>
    rowOf(
      scenario,
      results.filter(({ point }) => point.scenario === scenario),
    ),
  )
  const lines = [headings, ...rows, rowOf('all', results)]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .join('\n')
}

function rowOf(name: string, results: readonly PointResult[]): string[] {
  const struck = results.filter((result) => result.struck)
  const cells = Object.values(groups).map((faults) =>
    passedOf(struck.filter(({ point }) => faults.includes(point.fault))),
  )
  const extra = Math.max(0, ...struck.map((result) => sumOf(result.extra)))
  return [name, ...cells, passedOf(struck), String(results.length - struck.length), String(extra)]
}

function passedOf(results: readonly PointResult[]): string {
  if (results.length === 0) return '-'
  return `${results.filter(({ faults }) => faults.length === 0).length}/${results.length}`
}

export function sumOf(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
