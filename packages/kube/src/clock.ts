/** Where waits come from, so that a test can let time pass faster than it does. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number
  /** Calls back once after `ms`; answers the way to cancel. */
  after(ms: number, callback: () => void): () => void
}

/** Longer timers than this would fire at once. */
const longestTimerMs = 2 ** 31 - 1

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, longestTimerMs))
    return () => clearTimeout(timer)
  },
}
