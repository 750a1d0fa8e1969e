import { AppError, healthStatusCodes, syncStatusCodes } from '@driftless/api'
import type { IndexedRow } from './row-index.ts'

export interface RowQuery {
  search: string
  health: ReadonlySet<string>
  sync: ReadonlySet<string>
  sort: 'name' | 'updatedAt' | 'health'
  descending: boolean
  offset: number
  limit: number
}

/**
 * `ApplicationQuery` as it arrives; `health` and `sync` may be several, by comma.
 * @throws AppError `BadRequest` that names the value
 */
export function parseRowQuery(query: Record<string, string>): RowQuery {
  return {
    search: (query['search'] ?? '').trim().toLowerCase(),
    health: states(query, 'health', healthStatusCodes),
    sync: states(query, 'sync', syncStatusCodes),
    sort: oneOf(query, 'sort', ['name', 'updatedAt', 'health']),
    descending: oneOf(query, 'order', ['asc', 'desc']) === 'desc',
    offset: whole({ query, name: 'offset', fallback: 0, max: Number.MAX_SAFE_INTEGER }),
    limit: whole({ query, name: 'limit', fallback: 200, max: 1_000 }),
  }
}

/** The answer as text: rows are serialised already. `rows` come by name. */
export function listRows(rows: readonly IndexedRow[], query: RowQuery, cursor: string): string {
  const found = query.search === '' ? rows : rows.filter((entry) => entry.searchText.includes(query.search))
  const counts = { health: countBy(found, 'health'), sync: countBy(found, 'sync') }
  const matching = found.filter(
    ({ row }) =>
      (query.health.size === 0 || query.health.has(row.health)) &&
      (query.sync.size === 0 || query.sync.has(row.sync)),
  )
  const page = sorted(matching, query).slice(query.offset, query.offset + query.limit)
  const items = page.map((entry) => entry.json).join(',')
  const rest = JSON.stringify({ total: matching.length, counts, cursor })
  return `{"items":[${items}],${rest.slice(1)}`
}

function countBy(rows: readonly IndexedRow[], field: 'health' | 'sync'): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { row } of rows) counts[row[field]] = (counts[row[field]] ?? 0) + 1
  return counts
}

const severity = new Map<string, number>(healthStatusCodes.map((code, at) => [code, at]))

/** Equal ones stay in the order of their names. */
function sorted(rows: IndexedRow[], query: RowQuery): IndexedRow[] {
  if (query.sort === 'name') return query.descending ? rows.toReversed() : rows
  const rank = ({ row }: IndexedRow): string | number =>
    query.sort === 'health' ? (severity.get(row.health) ?? 0) : row.updatedAt
  const sign = query.descending ? -1 : 1
  return rows.toSorted((a, b) => (rank(a) < rank(b) ? -sign : rank(a) > rank(b) ? sign : 0))
}

function states(
  query: Record<string, string>,
  name: string,
  allowed: readonly string[],
): ReadonlySet<string> {
  const wanted = (query[name] ?? '').split(',').filter((word) => word !== '')
  const unknown = wanted.find((word) => !allowed.includes(word))
  if (unknown !== undefined) throw refused(name, `one of ${allowed.join(', ')}`)
  return new Set(wanted)
}

function oneOf<Word extends string>(
  query: Record<string, string>,
  name: string,
  allowed: readonly [Word, ...Word[]],
): Word {
  const value = query[name] ?? ''
  if (value === '') return allowed[0]
  const word = allowed.find((candidate) => candidate === value)
  if (word === undefined) throw refused(name, `one of ${allowed.join(', ')}`)
  return word
}

function whole(input: {
  query: Record<string, string>
  name: string
  fallback: number
  max: number
}): number {
  const text = input.query[input.name] ?? ''
  if (text === '') return input.fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > input.max) throw refused(input.name, `a whole number up to ${input.max}`)
  return value
}

function refused(name: string, expected: string): AppError {
  const message = `must be ${expected}`
  return new AppError('BadRequest', `The query value "${name}" ${message}.`, {
    fields: [{ field: name, message }],
  })
}
