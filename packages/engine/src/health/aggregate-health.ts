import { type HealthStatusCode, healthStatusCodes } from '@driftless/api'
import type { KubeObject, ObjectKey } from '@driftless/apimachinery'
import { countsForHealth, healthOf } from './health-of.ts'
import type { Health } from './object-view.ts'

export interface HealthSubject {
  key: ObjectKey
  live: KubeObject | undefined
  hook: boolean
  /** Health made elsewhere (scripts); wins over the built-in rule. */
  health?: Health
}

/**
 * The worst of the managed objects (`argocd.md` §2.8). Hooks, objects that ask to be left out and child Applications that
 * are Missing or Unknown do not count; missing objects count only when all are missing. Nothing at all is Healthy.
 */
export function aggregateHealth(subjects: readonly HealthSubject[]): Health {
  const own = subjects.filter((subject) => !subject.hook)
  if (own.length > 0 && own.every((subject) => subject.live === undefined)) {
    return { status: 'Missing', message: 'None of its resources exist in the cluster' }
  }
  let worst: { subject: HealthSubject; health: Health } | undefined
  let others = 0
  for (const subject of own) {
    const health = healthOfSubject(subject)
    if (health === undefined || !counts(subject, health.status)) continue
    const order = severity(health.status) - severity(worst?.health.status ?? 'Healthy')
    if (order > 0) {
      worst = { subject, health }
      others = 0
    } else if (order === 0 && worst !== undefined) others += 1
  }
  return worst === undefined
    ? { status: 'Healthy', message: '' }
    : { status: worst.health.status, message: sentence(worst, others) }
}

/** Health of one managed object; `Missing` for one that does not exist, `undefined` where nothing is known. */
export function healthOfSubject({ live, health }: HealthSubject): Health | undefined {
  if (live === undefined) return { status: 'Missing', message: 'It does not exist in the cluster' }
  return health ?? healthOf(live)
}

function counts(subject: HealthSubject, status: HealthStatusCode): boolean {
  const { key, live } = subject
  if (status === 'Missing' && live === undefined) return false
  if (live !== undefined && !countsForHealth(live)) return false
  const child = key.group === 'argoproj.io' && key.kind === 'Application'
  return !(child && (status === 'Missing' || status === 'Unknown'))
}

export function severity(status: HealthStatusCode): number {
  return healthStatusCodes.indexOf(status)
}

function sentence({ subject, health }: { subject: HealthSubject; health: Health }, others: number): string {
  const what = `${subject.key.kind} ${subject.key.name} is ${health.status}`
  const why = health.message === '' ? '' : `: ${health.message}`
  return `${what}${why}${others > 0 ? ` (and ${others} more)` : ''}`
}
