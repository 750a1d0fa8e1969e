/** A stream of choices that a seed repeats (mulberry32). */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** At least 0, less than 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** From 0 to `below` - 1. */
  whole(below: number): number {
    return Math.floor(this.fraction() * below)
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.whole(items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  /** Between `least` and `most` different items, in random order. */
  some<Item>(items: readonly Item[], least: number, most: number): Item[] {
    const left = [...items]
    const count = Math.min(left.length, least + this.whole(most - least + 1))
    return Array.from({ length: count }, () => left.splice(this.whole(left.length), 1)).flat()
  }
}
