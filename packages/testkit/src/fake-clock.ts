/** Time that passes only when the test says so. */
export interface FakeClock {
  /** Milliseconds since 1970. */
  now(): number
  iso(): string
  /** Runs what becomes due on the way, in order, and lets promises settle in between. */
  advance(ms: number): Promise<void>
  /** Calls back once after `ms`; returns the way to cancel. */
  after(ms: number, callback: () => void): () => void
  sleep(ms: number): Promise<void>
}

interface Timer {
  dueMs: number
  callback: () => void
}

export function createFakeClock(start = '2026-01-01T00:00:00Z'): FakeClock {
  let nowMs = Date.parse(start)
  const timers = new Set<Timer>()

  function nextDue(limitMs: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of timers) {
      if (timer.dueMs <= limitMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer
    }
    return next
  }

  function after(ms: number, callback: () => void): () => void {
    const timer: Timer = { dueMs: nowMs + ms, callback }
    timers.add(timer)
    return () => timers.delete(timer)
  }

  return {
    now: () => nowMs,
    iso: () => new Date(nowMs).toISOString(),
    after,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    async advance(ms) {
      const endMs = nowMs + ms
      for (let timer = nextDue(endMs); timer !== undefined; timer = nextDue(endMs)) {
        timers.delete(timer)
        nowMs = Math.max(nowMs, timer.dueMs)
        timer.callback()
        await new Promise((resolve) => setImmediate(resolve))
      }
      nowMs = endMs
    },
  }
}
