import type { WalkStep } from './walk.ts'

/** What a person sees of a step that differs: the command, and the lines of each side. */
export function reportLines({ line, outputs: [embedded, real] }: WalkStep): string[] {
  const shown = [
    ...surplus(embedded, real).map((text) => `    embedded ${text}`),
    ...surplus(real, embedded).map((text) => `    real     ${text}`),
  ]
  return [`kubectl ${line}`, ...(shown.length === 0 ? ['    the same lines in another order'] : shown)]
}

/** The lines that one output has too much of, from both sides. */
export function differentLines(embedded: string, real: string): string[] {
  return [...surplus(embedded, real), ...surplus(real, embedded)]
}

function surplus(text: string, other: string): string[] {
  const left = other.split('\n')
  return text.split('\n').filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
