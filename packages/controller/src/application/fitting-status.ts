import type { ApplicationStatus } from '@driftless/api'
import { trimStatus } from '@driftless/engine'
import { mergeConditions } from './application-status.ts'
import type { Pass } from './pass.ts'

/** Near the size that etcd takes the status is cut by a fixed rule, and says what was cut. */
export function fittingStatus(
  { application, now }: Pick<Pass, 'application' | 'now'>,
  status: ApplicationStatus,
): ApplicationStatus {
  const { status: trimmed, left } = trimStatus(status)
  if (left.length === 0) return status
  const condition = {
    type: 'StatusTrimmed',
    message: `Left out, since the status was too big: ${left.join(', ')}`,
  }
  const others = (trimmed.conditions ?? []).map(({ type, message }) => ({ type, message: message ?? '' }))
  return { ...trimmed, conditions: mergeConditions(application, [...others, condition], now) }
}
