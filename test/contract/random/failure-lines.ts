import type { Failure } from './run-random.ts'

/** What a person needs to see a difference again: where it shows, both sides, and the writes that lead there. */
export function failureLines({ sequence, label, divergence, shortest }: Failure): string[] {
  return [
    `sequence ${sequence} (${label}), operation ${divergence.at}: ${divergence.step.method} ${divergence.step.path}`,
    ...shownDifferences(divergence.differences).map((text) => `    ${text}`),
    ...shortest.operations.slice(0, divergence.at + 1).map((operation) => `  > ${JSON.stringify(operation)}`),
  ]
}

/** What a later read shows mostly repeats the answer. */
function shownDifferences(differences: readonly string[]): readonly string[] {
  const own = differences.filter((text) => !text.startsWith('.after'))
  return own.length === 0 ? differences : own
}
