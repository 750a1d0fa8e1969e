import type { OperationPhase, RetryStrategy } from '@driftless/api'
import { parseDurationMs } from './duration.ts'

const defaults = { durationMs: 5_000, factor: 2, maxDurationMs: 180_000 }

/** Wait before a retry, milliseconds: `duration × factor^retryCount`, at most `maxDuration` (`argocd.md` §2.4). */
export function retryDelayMs(retry: RetryStrategy | undefined, retryCount: number): number {
  const { duration, factor, maxDuration } = retry?.backoff ?? {}
  const first = parseDurationMs(duration ?? '') ?? defaults.durationMs
  const most = parseDurationMs(maxDuration ?? '') ?? defaults.maxDurationMs
  const times = factor === undefined || factor < 1 ? defaults.factor : factor
  return Math.min(most, first * times ** retryCount)
}

export interface RetryInput {
  phase: OperationPhase
  /** The operation was asked to stop. */
  terminating: boolean
  /** Retries made so far. */
  retryCount: number
  retry: RetryStrategy | undefined
  /** What failed would fail every time; default false. */
  permanent?: boolean | undefined
}

/**
 * Whether an attempt that ended is tried again, and when. A negative limit is without end; no strategy is no retry, and
 * what the server refuses every time is not tried again (Argo CD would use up its tries on it).
 */
export function resolveOperationRetry(
  input: RetryInput,
): { retry: false } | { retry: true; retryCount: number; afterMs: number; refresh: boolean } {
  const limit = input.retry?.limit ?? 0
  const unsuccessful = input.phase === 'Failed' || input.phase === 'Error'
  if (
    !unsuccessful ||
    input.terminating ||
    input.permanent === true ||
    (limit >= 0 && input.retryCount >= limit)
  )
    return { retry: false }
  const retryCount = input.retryCount + 1
  return {
    retry: true,
    retryCount,
    afterMs: retryDelayMs(input.retry, retryCount),
    refresh: input.retry?.refresh ?? false,
  }
}
