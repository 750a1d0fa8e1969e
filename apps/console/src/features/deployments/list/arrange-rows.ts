import type { ApplicationRow } from '@driftless/api'

export const sortKeys = ['name', 'health', 'sync', 'location', 'updatedAt'] as const
export type SortKey = (typeof sortKeys)[number]

export interface ListView {
  q: string
  health: string
  sync: string
  sort: SortKey
  descending: boolean
}

/** Worst first, as people look for what needs them. */
export const healthBySeverity = ['Degraded', 'Missing', 'Unknown', 'Progressing', 'Suspended', 'Healthy']
export const syncBySeverity = ['OutOfSync', 'Unknown', 'Synced']

export function viewOf(search: Record<string, string>): ListView {
  const sort = sortKeys.find((key) => key === search['sort']) ?? 'name'
  const descending = search['order'] === undefined ? sort === 'updatedAt' : search['order'] === 'desc'
  return {
    q: search['q'] ?? '',
    health: search['health'] ?? '',
    sync: search['sync'] ?? '',
    sort,
    descending,
  }
}

function text(row: ApplicationRow): string {
  const { name, alias, description, cluster, namespace, repoURL, path, revisionSubject } = row
  return [name, alias, description, cluster, namespace, repoURL, path, revisionSubject]
    .join('\n')
    .toLowerCase()
}

/** Rows that match the search; every word must be somewhere. The cards count these. */
export function searchRows(rows: readonly ApplicationRow[], q: string): ApplicationRow[] {
  const words = q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return [...rows]
  return rows.filter((row) => {
    const all = text(row)
    return words.every((word) => all.includes(word))
  })
}

export interface StateCounts {
  health: Record<string, number>
  sync: Record<string, number>
}

export function countStates(rows: readonly ApplicationRow[]): StateCounts {
  const counts: StateCounts = { health: {}, sync: {} }
  for (const row of rows) {
    counts.health[row.health] = (counts.health[row.health] ?? 0) + 1
    counts.sync[row.sync] = (counts.sync[row.sync] ?? 0) + 1
  }
  return counts
}

const names = new Intl.Collator('en', { numeric: true })

const compare: Record<SortKey, (a: ApplicationRow, b: ApplicationRow) => number> = {
  name: (a, b) => names.compare(a.name, b.name),
  health: (a, b) => healthBySeverity.indexOf(a.health) - healthBySeverity.indexOf(b.health),
  sync: (a, b) => syncBySeverity.indexOf(a.sync) - syncBySeverity.indexOf(b.sync),
  location: (a, b) => names.compare(`${a.cluster}/${a.namespace}`, `${b.cluster}/${b.namespace}`),
  updatedAt: (a, b) => a.updatedAt.localeCompare(b.updatedAt),
}

/** Filters by state and sorts; equal rows stand by name. */
export function arrangeRows(rows: readonly ApplicationRow[], view: ListView): ApplicationRow[] {
  const direction = view.descending ? -1 : 1
  return rows
    .filter(
      (row) =>
        (view.health === '' || row.health === view.health) && (view.sync === '' || row.sync === view.sync),
    )
    .sort((a, b) => direction * compare[view.sort](a, b) || names.compare(a.name, b.name))
}

/**
 * While the pointer is over the table no row may move from under it: known rows keep their place,
 * new ones go to the end, and the true order comes back when the pointer leaves.
 */
export function holdOrder(before: readonly string[], rows: readonly ApplicationRow[]): ApplicationRow[] {
  const place = new Map(before.map((uid, index) => [uid, index]))
  const at = (row: ApplicationRow) => place.get(row.uid) ?? before.length
  return [...rows].sort((a, b) => at(a) - at(b))
}
