import { messageOf } from '@driftless/api'
import { createBackoff, type Backoff } from './backoff.ts'
import { type Clock, systemClock } from './clock.ts'

export interface WorkQueueOptions {
  /** First and longest wait of `addRateLimited`; defaults 100 ms and 60 s. */
  baseMs?: number
  maxMs?: number
  /** Told about errors that a worker's function lets through; the key is then added again rate-limited. */
  onError?: (key: unknown, message: string) => void
  clock?: Clock
}

/**
 * Keys waiting for work. A key waits at most once, however often it is added, and is never worked on by two workers at
 * a time: added while in work, it comes again afterwards. Level-based: a key says "look", never "what happened".
 */
export class WorkQueue<K> {
  readonly #waiting = new Set<K>()
  readonly #working = new Set<K>()
  readonly #again = new Set<K>()
  readonly #timers = new Map<K, { cancel: () => void; dueMs: number }>()
  readonly #backoffs = new Map<K, Backoff>()
  readonly #sleepers: (() => void)[] = []
  readonly #options: WorkQueueOptions
  readonly #clock: Clock
  #stopped = false

  constructor(options: WorkQueueOptions = {}) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  add(key: K): void {
    if (this.#stopped) return
    if (this.#working.has(key)) {
      this.#again.add(key)
      return
    }
    this.#waiting.add(key)
    this.#sleepers.shift()?.()
  }

  /** Adds after a delay. Of several delays for one key the earliest counts. */
  addAfter(key: K, ms: number): void {
    if (this.#stopped) return
    if (ms <= 0) {
      this.add(key)
      return
    }
    const dueMs = this.#clock.nowMs() + ms
    const earlier = this.#timers.get(key)
    if (earlier !== undefined && earlier.dueMs <= dueMs) return
    earlier?.cancel()
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(key)
      this.add(key)
    })
    this.#timers.set(key, { cancel, dueMs })
  }

  /** Adds after a delay that doubles with every call until `forget`. */
  addRateLimited(key: K): void {
    const { baseMs = 100, maxMs = 60_000 } = this.#options
    const backoff = this.#backoffs.get(key) ?? createBackoff({ baseMs, maxMs })
    this.#backoffs.set(key, backoff)
    this.addAfter(key, backoff.next())
  }

  /** The key succeeded: its next failure waits the shortest time again. */
  forget(key: K): void {
    this.#backoffs.delete(key)
  }

  /** Ends the work on a key taken with `take`. */
  done(key: K): void {
    this.#working.delete(key)
    if (this.#again.delete(key)) this.add(key)
  }

  /** The next key, marked as in work, or `undefined` when none waits. */
  take(): K | undefined {
    for (const key of this.#waiting) {
      this.#waiting.delete(key)
      this.#working.add(key)
      return key
    }
    return undefined
  }

  /** Keys that wait now, without those that are delayed or in work. */
  get length(): number {
    return this.#waiting.size
  }

  /** Nothing waits and nothing is in work; delayed keys do not count. */
  get idle(): boolean {
    return this.#waiting.size === 0 && this.#working.size === 0
  }

  /**
   * Works with `workers` at a time until the signal aborts; resolves when the last has finished. A function that
   * throws has its key added again rate-limited.
   */
  async run(workers: number, work: (key: K) => Promise<void>, signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#stop()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) this.#stop()
    await Promise.all(Array.from({ length: workers }, () => this.#work(work)))
    signal.removeEventListener('abort', stop)
  }

  async #work(work: (key: K) => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      const key = this.take()
      if (key === undefined) {
        await new Promise<void>((wake) => this.#sleepers.push(wake))
        continue
      }
      try {
        await work(key)
      } catch (error) {
        this.#options.onError?.(key, messageOf(error))
        this.addRateLimited(key)
      } finally {
        this.done(key)
      }
    }
  }

  #stop(): void {
    this.#stopped = true
    for (const { cancel } of this.#timers.values()) cancel()
    this.#timers.clear()
    this.#waiting.clear()
    for (const wake of this.#sleepers.splice(0)) wake()
  }
}
