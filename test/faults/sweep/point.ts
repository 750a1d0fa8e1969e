/** Of a request: the answer or the life of the controller. */
export const killFaults = ['kill-before', 'kill-after'] as const
export const answerFaults = ['429', '500', 'lost', 'reset'] as const
/** Of an event of a watch. */
export const eventFaults = ['drop', 'end', 'repeat', 'skip', 'expire', 'late-1', 'late-3'] as const
/** Of a question to the repository. */
export const sourceFaults = ['breaks', 'vanishes', 'empty'] as const
/** Of a write: the controller is killed after it, and the next one begins with lists that are that many versions old. */
export const staleFaults = ['stale-1', 'stale-2', 'stale-3'] as const

export type Fault =
  | (typeof killFaults)[number]
  | (typeof answerFaults)[number]
  | (typeof eventFaults)[number]
  | (typeof sourceFaults)[number]
  | (typeof staleFaults)[number]
  | '409'

/** One fault at one place of one scenario: its text is the seed that repeats it. */
export interface Point {
  scenario: string
  fault: Fault
  /** What is struck, with its ordinal: `APPLY configmaps/one#1`. */
  at: string
}

export function formatPoint({ scenario, fault, at }: Point): string {
  return `${scenario}/${fault}/${at}`
}

export function parsePoint(text: string): Point | undefined {
  const match = /^([^/]+)\/([^/]+)\/(.+)$/.exec(text)
  if (match === null) return undefined
  const [, scenario = '', fault = '', at = ''] = match
  return { scenario, fault: fault as Fault, at }
}
