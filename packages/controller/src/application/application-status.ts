import type { Application, ApplicationStatus } from '@driftless/api'

const withoutMeaning = new Set(['reconciledAt', 'observedAt', 'lastTransitionTime', 'changedAt'])

/** The status as text without its times: two statuses with the same text mean the same. */
export function meaningOf(status: ApplicationStatus | undefined): string {
  return JSON.stringify(status ?? {}, (key, value: unknown) => {
    if (withoutMeaning.has(key)) return undefined
    if (typeof value === 'bigint') return String(value)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

type Condition = NonNullable<ApplicationStatus['conditions']>[number]

/** Conditions of this pass; one that says the same as before keeps its time. */
export function mergeConditions(
  application: Application,
  conditions: { type: string; message: string }[],
  now: string,
): Condition[] {
  return conditions.map((condition) => {
    const old = application.status?.conditions?.find(
      ({ type, message }) => type === condition.type && message === condition.message,
    )
    return { ...condition, lastTransitionTime: old?.lastTransitionTime ?? now }
  })
}
