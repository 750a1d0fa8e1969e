import type { HistoryEntry } from '@driftless/api'

const defaultLimit = 10

/** The history with one more entry, numbered on from the last (the first is 0), cut to the newest `limit` (default 10). */
export function appendHistory(
  history: readonly HistoryEntry[],
  entry: Omit<HistoryEntry, 'id'> & Pick<HistoryEntry, 'deployedAt'>,
  limit: number = defaultLimit,
): HistoryEntry[] {
  const id = history.reduce((last, { id: own }) => Math.max(last, own), -1) + 1
  const all = [...history, { ...entry, id }]
  return limit <= 0 ? [] : all.slice(-limit)
}

export function findHistory(
  history: readonly HistoryEntry[] | undefined,
  id: number,
): HistoryEntry | undefined {
  return history?.find((entry) => entry.id === id)
}
