/**
 * A keyed queue for level-based work. A key that is queued twice before it runs runs once; a key never runs beside
 * itself; a failed run is tried again after a growing pause. What a run needs it reads itself: keys carry no data.
 */
export interface WorkQueue {
  /** Runs the key soon, or after `afterMs`. The earlier of two wishes wins. */
  add(key: string, afterMs?: number): void
  /** Takes back a wish that has not begun to run. */
  forget(key: string): void
}

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

export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { signal, concurrency = 32, retryMs = 50 } = options
  const ready = new Set<string>()
  const running = new Set<string>()
  const again = new Set<string>()
  const failures = new Map<string, number>()
  const timers = new Map<string, { at: number; timer: NodeJS.Timeout }>()

  signal.addEventListener('abort', () => {
    for (const { timer } of timers.values()) clearTimeout(timer)
    timers.clear()
    ready.clear()
  })

  function add(key: string, afterMs = 0): void {
    if (signal.aborted) return
    const at = performance.now() + Math.max(0, afterMs)
    const planned = timers.get(key)
    if (planned !== undefined) {
      if (planned.at <= at) return
      clearTimeout(planned.timer)
      timers.delete(key)
    }
    if (afterMs <= 0) return makeReady(key)
    const timer = setTimeout(
      () => {
        timers.delete(key)
        makeReady(key)
      },
      Math.min(afterMs, longestTimerMs),
    )
    timers.set(key, { at, timer })
  }

  function makeReady(key: string): void {
    if (running.has(key)) again.add(key)
    else ready.add(key)
    queueMicrotask(pump)
  }

  function pump(): void {
    for (const key of ready) {
      if (signal.aborted || running.size >= concurrency) return
      ready.delete(key)
      running.add(key)
      void work(key)
    }
  }

  async function work(key: string): Promise<void> {
    let nextMs: number | undefined
    try {
      nextMs = await options.run(key)
      failures.delete(key)
      if (again.has(key)) nextMs = 0
    } catch (error) {
      const count = failures.get(key) ?? 0
      failures.set(key, count + 1)
      nextMs = retryMs * 2 ** Math.min(count, 8)
      if (!signal.aborted) options.onError(key, error)
    }
    again.delete(key)
    running.delete(key)
    if (nextMs !== undefined) add(key, nextMs)
    pump()
  }

  function forget(key: string): void {
    const planned = timers.get(key)
    if (planned !== undefined) clearTimeout(planned.timer)
    timers.delete(key)
    ready.delete(key)
    again.delete(key)
    failures.delete(key)
  }

  return { add, forget }
}
