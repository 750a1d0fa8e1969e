import type { Application, ApplicationStatus } from '@driftless/api'
import { trimStatus } from '@driftless/engine'
import { mergeConditions } from './application-status.ts'
import type { Pass } from './pass.ts'

const type = 'StatusTrimmed'
const prefix = 'Left out, since the status was too big: '

/**
 * Near the size that etcd takes the status is cut by a fixed rule, and says what was cut. What an operation left out stays
 * said until the next one begins: its results do not come back though the status would have room again.
 */
export function fittingStatus(
  { application, now }: Pick<Pass, 'application' | 'now'>,
  status: ApplicationStatus,
): ApplicationStatus {
  const { status: trimmed, left } = trimStatus(status)
  const parts = new Set([...(isSameOperation(application, status) ? leftBefore(application) : []), ...left])
  if (parts.size === 0) return status
  const others = (trimmed.conditions ?? [])
    .filter((condition) => condition.type !== type)
    .map((condition) => ({ type: condition.type, message: condition.message ?? '' }))
  const condition = { type, message: `${prefix}${[...parts].join('; ')}` }
  return { ...trimmed, conditions: mergeConditions(application, [...others, condition], now) }
}

function isSameOperation(application: Application, status: ApplicationStatus): boolean {
  const startedAt = status.operationState?.startedAt
  return startedAt !== undefined && application.status?.operationState?.startedAt === startedAt
}

function leftBefore({ status }: Application): string[] {
  const message = status?.conditions?.find((condition) => condition.type === type)?.message ?? ''
  return message.startsWith(prefix) ? message.slice(prefix.length).split('; ') : []
}
