import type { ApplicationRow } from '@driftless/api'
import { healthBySeverity } from '../deployments/list/arrange-rows.ts'

export interface OverviewSections {
  unhealthy: ApplicationRow[]
  outOfSync: ApplicationRow[]
  changed: ApplicationRow[]
}

const changedAtMost = 12
const severity = (row: ApplicationRow) => healthBySeverity.indexOf(row.health)
const newest = (a: ApplicationRow, b: ApplicationRow) => b.updatedAt.localeCompare(a.updatedAt)

/** Every deployment stands in at most one section: the one that matters most. */
export function sections(rows: readonly ApplicationRow[]): OverviewSections {
  const isUnhealthy = (row: ApplicationRow) => row.health !== 'Healthy' && row.health !== 'Suspended'
  const unhealthy = rows.filter(isUnhealthy).sort((a, b) => severity(a) - severity(b) || newest(a, b))
  const outOfSync = rows.filter((row) => !isUnhealthy(row) && row.sync !== 'Synced').sort(newest)
  const changed = rows
    .filter((row) => !isUnhealthy(row) && row.sync === 'Synced' && row.updatedAt !== '')
    .sort(newest)
  return { unhealthy, outOfSync, changed: changed.slice(0, changedAtMost) }
}
