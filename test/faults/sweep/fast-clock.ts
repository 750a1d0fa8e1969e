import type { Clock } from '@driftless/kube'

/**
 * Time that passes a hundred times faster for the controller than for the cluster, so that its back-offs are waited for
 * in full and cost nothing.
 */
export function createFastClock(factor = 100): Clock {
  const startMs = Date.now()
  const begunMs = performance.now()
  return {
    nowMs: () => Math.round(startMs + (performance.now() - begunMs) * factor),
    after(ms, callback) {
      const timer = setTimeout(callback, ms / factor)
      return () => clearTimeout(timer)
    },
  }
}
