import { messageOf } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { Collection, type CollectionState } from './collection.ts'
import type { Disk, DiskChange } from './disk.ts'
import { Entry } from './entry.ts'

/** One durable change. `entry` of a deletion is the last state with the revision of the deletion. */
export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  revision: number
  collection: Collection
  entry: Entry
  previous: Entry | undefined
}

export interface StoreOptions {
  /** Characters of past events kept for watches that start late; default 64 Mi. */
  historyCharacters?: number
}

/** The insides of a store, for the checker. */
export interface StoreState {
  /** Version of the newest durable change. */
  revision: number
  /** Changes up to and including this one are forgotten. */
  compacted: number
  /** Objects with decided writes that are not durable yet. */
  pending: number
  collections: CollectionState[]
  /** The remembered changes, oldest first. */
  history: StoreEvent[]
}

interface Staged {
  event: StoreEvent
  rowKey: string
  done: (entry: Entry) => void
  failed: (error: unknown) => void
}

/**
 * All objects and the one counter of their versions. A change is decided against `latest`, written in a batch with the
 * others that came meanwhile, and becomes visible to readers and watches only after the batch is durable, in order.
 */
export class Store {
  #disk: Disk
  #collections = new Map<string, Collection>()
  /** Decided but not yet durable states by row; null for a deletion. */
  #pending = new Map<string, { entry: Entry | null; revision: number }>()
  #staged: Staged[] = []
  #flushing: Promise<void> | undefined
  #listeners = new Set<(event: StoreEvent) => void>()
  #history: StoreEvent[] = []
  #historyStart = 0
  #historyCharacters = 0
  #historyLimit: number
  /** Changes up to and including this one are forgotten. */
  #compacted: number
  #assigned: number
  #published: number

  constructor(disk: Disk, options: StoreOptions = {}) {
    this.#disk = disk
    this.#historyLimit = options.historyCharacters ?? 64 * 1024 * 1024
    const { revision, rows } = disk.readAll()
    for (const { key, json } of rows) this.#load(key, json)
    this.#assigned = Math.max(revision, 1)
    this.#published = this.#assigned
    this.#compacted = this.#assigned
  }

  #load(rowKey: string, json: string): void {
    const second = rowKey.indexOf('/', rowKey.indexOf('/') + 1)
    this.collection(rowKey.slice(0, second)).set(rowKey.slice(second + 1), Entry.fromJson(json))
  }

  /** The version of the newest durable change. */
  get revision(): number {
    return this.#published
  }

  collection(id: string): Collection {
    let collection = this.#collections.get(id)
    if (collection === undefined) {
      collection = new Collection(id)
      this.#collections.set(id, collection)
    }
    return collection
  }

  collections(): Iterable<Collection> {
    return this.#collections.values()
  }

  /** The newest decided state, durable or not: what a write must be based on. */
  latest(collection: Collection, key: string): Entry | undefined {
    const pending = this.#pending.get(`${collection.id}/${key}`)
    return pending === undefined ? collection.get(key) : (pending.entry ?? undefined)
  }

  /** Takes `object` over, gives it the next version, and resolves when that is durable and visible. */
  put(collection: Collection, object: KubeObject): Promise<Entry> {
    const revision = ++this.#assigned
    object.metadata.resourceVersion = String(revision)
    const entry = new Entry(object, JSON.stringify(object))
    const previous = this.latest(collection, entry.key)
    const type = previous === undefined ? 'ADDED' : 'MODIFIED'
    return this.#stage({ type, revision, collection, entry, previous }, entry)
  }

  remove(collection: Collection, key: string): Promise<Entry> {
    const previous = this.latest(collection, key)
    if (previous === undefined)
      return Promise.reject(new Error(`nothing to remove at ${collection.id}/${key}`))
    const revision = ++this.#assigned
    const object = previous.copy()
    object.metadata.resourceVersion = String(revision)
    const entry = new Entry(object, JSON.stringify(object))
    return this.#stage({ type: 'DELETED', revision, collection, entry, previous }, null)
  }

  #stage(event: StoreEvent, state: Entry | null): Promise<Entry> {
    const rowKey = `${event.collection.id}/${event.entry.key}`
    this.#pending.set(rowKey, { entry: state, revision: event.revision })
    return new Promise((done, failed) => {
      this.#staged.push({ event, rowKey, done, failed })
      this.#flushing ??= this.#flush()
    })
  }

  /** Resolves when all that was decided so far is durable. */
  async settled(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
  }

  /** What is held, itself and no copy. */
  inspect(): StoreState {
    return {
      revision: this.#published,
      compacted: this.#compacted,
      pending: this.#pending.size,
      collections: [...this.#collections.values()].map((collection) => collection.inspect()),
      history: this.#history.slice(this.#historyStart),
    }
  }

  async close(): Promise<void> {
    await this.settled()
    await this.#disk.close()
  }

  async #flush(): Promise<void> {
    // One turn later, so that the writes of requests that came together share a commit.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#staged.length > 0) {
      const batch = this.#staged
      this.#staged = []
      await this.#commit(batch)
    }
    this.#flushing = undefined
  }

  async #commit(batch: Staged[]): Promise<void> {
    const rows = new Map<string, DiskChange>()
    for (const { event, rowKey } of batch) {
      rows.set(rowKey, { key: rowKey, json: event.type === 'DELETED' ? undefined : event.entry.json })
    }
    try {
      await this.#disk.write([...rows.values()], batch.at(-1)?.event.revision ?? this.#assigned)
    } catch (error) {
      this.#giveUp(batch, error)
      return
    }
    for (const staged of batch) this.#publish(staged)
  }

  /** A failed commit takes everything decided on top of it down too: nobody was told that it is stored. */
  #giveUp(batch: Staged[], cause: unknown): void {
    const lost = [...batch, ...this.#staged]
    this.#staged = []
    this.#pending.clear()
    for (const { failed } of lost)
      failed(new Error(`the store could not be written: ${messageOf(cause)}`, { cause }))
  }

  #publish({ event, rowKey, done }: Staged): void {
    const { collection, entry, revision } = event
    if (event.type === 'DELETED') collection.delete(entry.key)
    else collection.set(entry.key, entry)
    if (this.#pending.get(rowKey)?.revision === revision) this.#pending.delete(rowKey)
    this.#published = revision
    this.#remember(event)
    for (const listener of this.#listeners) listener(event)
    done(entry)
  }

  #remember(event: StoreEvent): void {
    this.#history.push(event)
    this.#historyCharacters += event.entry.json.length
    while (this.#historyCharacters > this.#historyLimit && this.#historyStart < this.#history.length) {
      const oldest = this.#history[this.#historyStart++]
      if (oldest === undefined) break
      this.#historyCharacters -= oldest.entry.json.length
      this.#compacted = oldest.revision
    }
    if (this.#historyStart > 1024 && this.#historyStart > this.#history.length / 2) {
      this.#history = this.#history.slice(this.#historyStart)
      this.#historyStart = 0
    }
  }

  /** Forgets all past changes: whoever asks for one of them has to start anew. */
  forgetHistory(): void {
    this.#history = []
    this.#historyStart = 0
    this.#historyCharacters = 0
    this.#compacted = this.#published
  }

  /** Durable changes after `revision`, oldest first; undefined when some of them are forgotten. */
  since(revision: number): StoreEvent[] | undefined {
    if (revision < this.#compacted) return undefined
    let low = this.#historyStart
    let high = this.#history.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#history[middle]?.revision ?? 0) <= revision) low = middle + 1
      else high = middle
    }
    return this.#history.slice(low)
  }

  /** Called for each durable change, in order, before its writer is answered. */
  onEvent(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
