export interface WorkQueueOptions {
  signal: AbortSignal
  /** Does the work of one key. Resolves to the milliseconds after which the key wants to run again, if it does. */
  run: (key: string) => Promise<number | undefined>
  onError: (key: string, error: unknown) => void
  /** Keys that run at once. Default 32, so that durable writes share flushes. */
  concurrency?: number
  /** First pause after a failure; it doubles up to 256 times this. Default 50. */
  retryMs?: number
}

// setTimeout takes 31 bits; a longer wait is cut, and the level-based run asks again.
const longestTimerMs = 2 ** 31 - 1

/**
 * A keyed queue for level-based work. A key that is queued twice before it runs runs once; a key never runs beside
 * itself; a failed run is tried again after a growing pause. What a run needs it reads itself: keys carry no data.
 */
export class WorkQueue {
  private readonly options: WorkQueueOptions
  private readonly ready = new Set<string>()
  private readonly running = new Set<string>()
  private readonly again = new Set<string>()
  private readonly failures = new Map<string, number>()
  private readonly timers = new Map<string, { at: number; timer: NodeJS.Timeout }>()

  constructor(options: WorkQueueOptions) {
    this.options = options
    options.signal.addEventListener('abort', () => this.stop(), { once: true })
  }

  /** Runs the key soon, or after `afterMs`. The earlier of two wishes wins. */
  add(key: string, afterMs = 0): void {
    if (this.options.signal.aborted) return
    const at = performance.now() + Math.max(0, afterMs)
    const planned = this.timers.get(key)
    if (planned !== undefined) {
      if (planned.at <= at) return
      clearTimeout(planned.timer)
      this.timers.delete(key)
    }
    if (afterMs <= 0) return this.makeReady(key)
    const timer = setTimeout(
      () => {
        this.timers.delete(key)
        this.makeReady(key)
      },
      Math.min(afterMs, longestTimerMs),
    )
    this.timers.set(key, { at, timer })
  }

  private stop(): void {
    for (const { timer } of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
    this.ready.clear()
  }

  private makeReady(key: string): void {
    if (this.running.has(key)) this.again.add(key)
    else this.ready.add(key)
    queueMicrotask(() => this.pump())
  }

  private pump(): void {
    const { signal, concurrency = 32 } = this.options
    for (const key of this.ready) {
      if (signal.aborted || this.running.size >= concurrency) return
      this.ready.delete(key)
      this.running.add(key)
      void this.work(key)
    }
  }

  private async work(key: string): Promise<void> {
    let nextMs: number | undefined
    try {
      nextMs = await this.options.run(key)
      this.failures.delete(key)
      if (this.again.has(key)) nextMs = 0
    } catch (error) {
      nextMs = this.pauseAfterFailure(key)
      if (!this.options.signal.aborted) this.options.onError(key, error)
    }
    this.again.delete(key)
    this.running.delete(key)
    if (nextMs !== undefined) this.add(key, nextMs)
    this.pump()
  }

  private pauseAfterFailure(key: string): number {
    const count = this.failures.get(key) ?? 0
    this.failures.set(key, count + 1)
    return (this.options.retryMs ?? 50) * 2 ** Math.min(count, 8)
  }
}
