import { type Clock, systemClock } from './clock.ts'

/** Waiting longer after every failure, with jitter so that many waiters do not come back together. */
export interface Backoff {
  /** Milliseconds to wait now; each call doubles the next answer up to the limit. */
  next(): number
  reset(): void
}

export function createBackoff(options: { baseMs: number; maxMs: number; random?: () => number }): Backoff {
  const random = options.random ?? Math.random
  let failures = 0
  return {
    next() {
      const full = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(failures, 30))
      failures += 1
      return full * (0.5 + random() / 2)
    },
    reset() {
      failures = 0
    },
  }
}

/** Resolves after `ms` or as soon as the signal aborts, whichever comes first. */
export function pause(ms: number, signal?: AbortSignal, clock: Clock = systemClock): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve()
      return
    }
    const finish = (): void => {
      cancel()
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const cancel = clock.after(ms, finish)
    signal?.addEventListener('abort', finish, { once: true })
  })
}
