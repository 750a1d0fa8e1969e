import {
  answerFaults,
  eventFaults,
  type Fault,
  killFaults,
  type Point,
  sourceFaults,
  staleFaults,
} from './point.ts'

export type Occasion = 'read' | 'write' | 'watch' | 'event' | 'source'

export interface TapeEntry {
  occasion: Occasion
  /** What happens, with its ordinal. */
  at: string
}

const faultsOf: Record<Occasion, readonly Fault[]> = {
  read: [...killFaults, ...answerFaults],
  write: [...killFaults, '409', ...answerFaults, ...staleFaults],
  watch: [...killFaults, '429', '500', 'reset', 'expire'],
  event: eventFaults,
  source: [...killFaults, ...sourceFaults],
}

/** What the controllers of one run do, in the words by which it is found again in another run. */
export class Tape {
  readonly entries: TapeEntry[] = []
  readonly #strikes: Point | undefined
  readonly #counts = new Map<string, number>()
  #armed = false
  /** Whether the fault happened: a run may go another way. */
  struck = false

  constructor(strikes?: Point) {
    this.#strikes = strikes
  }

  /** What happened up to now was only the way to where the scenario begins. */
  arm(): void {
    this.#armed = true
  }

  /** Writes it down, and says which fault strikes it. */
  note(occasion: Occasion, what: string): Fault | undefined {
    if (!this.#armed) return undefined
    const ordinal = (this.#counts.get(what) ?? 0) + 1
    this.#counts.set(what, ordinal)
    const at = `${what}#${ordinal}`
    this.entries.push({ occasion, at })
    if (this.#strikes?.at !== at) return undefined
    this.struck = true
    return this.#strikes.fault
  }
}

/** Kinds that only the cluster's own controllers make: the controller looks at them for health and nothing else. */
const derived = /^EVENT (pods|replicasets) /

/** Every fault at everything that happened in a run without faults. */
export function pointsOf(scenario: string, entries: readonly TapeEntry[]): Point[] {
  return entries.flatMap(({ occasion, at }) => {
    const faults: readonly Fault[] = derived.test(at) ? ['drop', 'skip'] : faultsOf[occasion]
    return faults.map((fault) => ({ scenario, fault, at }))
  })
}
