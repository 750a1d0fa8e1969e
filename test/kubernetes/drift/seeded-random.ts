/** Repeatable chance: the same seed gives the same choices on every machine. */
export interface SeededRandom {
  /** At least 0, below 1. */
  next(): number
  /** A whole number, at least 0 and below `end`. */
  below(end: number): number
  chance(share: number): boolean
  /** @throws where there is nothing to pick from. */
  pick<T>(choices: readonly T[]): T
  shuffled<T>(items: readonly T[]): T[]
  word(): string
}

/** Mulberry32; the parts of the seed are mixed first, so that neighbours have nothing in common. */
export function seededRandom(...seed: number[]): SeededRandom {
  let state = seed.reduce(
    (mixed, part) => Math.imul(mixed ^ (part + 0x9e3779b9), 0x85ebca6b) >>> 0,
    0x2545f491,
  )
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (end: number): number => Math.floor(next() * end)
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick: (choices) => {
      if (choices.length === 0) throw new Error('there is nothing to pick from')
      return choices[below(choices.length)] as (typeof choices)[number]
    },
    shuffled: (items) => {
      const rest = [...items]
      return items.map(() => rest.splice(below(rest.length), 1)[0] as (typeof items)[number])
    },
    word: () => `${String.fromCharCode(97 + below(26))}${below(1000)}`,
  }
}
