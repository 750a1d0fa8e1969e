import type { Entry } from './entry.ts'

/** The insides of a collection, for the checker. */
export interface CollectionState {
  id: string
  keys: string[]
  entries: Map<string, Entry>
}

/** All objects of one resource, whatever their version, in key order (`namespace/name`). */
export class Collection {
  /** `apps/deployments`; the core group is empty: `/pods`. */
  readonly id: string
  #entries = new Map<string, Entry>()
  #keys: string[] = []

  constructor(id: string) {
    this.id = id
  }

  get size(): number {
    return this.#keys.length
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key)
  }

  set(key: string, entry: Entry): void {
    if (!this.#entries.has(key)) this.#keys.splice(this.#position(key), 0, key)
    this.#entries.set(key, entry)
  }

  delete(key: string): void {
    if (this.#entries.delete(key)) this.#keys.splice(this.#position(key), 1)
  }

  /** Keys from `from` on (inclusive) that start with `prefix`, in order. */
  *keys(prefix: string, from = prefix): Iterable<string> {
    for (let at = this.#position(from); at < this.#keys.length; at++) {
      const key = this.#keys[at]
      if (key === undefined || !key.startsWith(prefix)) return
      yield key
    }
  }

  /** Entries of a namespace, or all of them. */
  entries(namespace = ''): Entry[] {
    const found: Entry[] = []
    for (const key of this.keys(namespace === '' ? '' : `${namespace}/`)) {
      const entry = this.#entries.get(key)
      if (entry !== undefined) found.push(entry)
    }
    return found
  }

  /** What is held, itself and no copy. */
  inspect(): CollectionState {
    return { id: this.id, keys: this.#keys, entries: this.#entries }
  }

  #position(key: string): number {
    let low = 0
    let high = this.#keys.length
    // Loading and creating mostly append, so the end is tried first.
    const last = this.#keys[high - 1]
    if (last === undefined || last < key) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#keys[middle] ?? '') < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
