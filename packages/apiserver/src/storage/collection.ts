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

  /** Entries of a namespace, or all of them; with `from`, those from that key on. */
  *walk(namespace = '', from = ''): Iterable<Entry> {
    const end = this.#end(namespace)
    for (let at = this.#start(namespace, from); at < end; at++) {
      const entry = this.#entries.get(this.#keys[at] ?? '')
      if (entry !== undefined) yield entry
    }
  }

  /** How many entries `walk` gives. */
  count(namespace = '', from = ''): number {
    return Math.max(0, this.#end(namespace) - this.#start(namespace, from))
  }

  /** Entries of a namespace, or all of them. */
  entries(namespace = ''): Entry[] {
    return [...this.walk(namespace)]
  }

  #start(namespace: string, from: string): number {
    const prefix = namespace === '' ? '' : `${namespace}/`
    return this.#position(from > prefix ? from : prefix)
  }

  /** The character after the slash is the zero. */
  #end(namespace: string): number {
    return namespace === '' ? this.#keys.length : this.#position(`${namespace}0`)
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
