import { AppError, type Application, type HistoryEntry } from '@driftless/api'

/** @throws AppError `Invalid` when the history does not hold it. */
export function historyEntryOf({ metadata, status }: Application, id: number): HistoryEntry {
  const entry = status?.history?.find((candidate) => candidate.id === id)
  if (entry !== undefined) return entry
  throw new AppError('Invalid', `The history of "${metadata.name}" has no entry ${id}.`, {
    fields: [{ field: 'id', message: 'must be an id of the history' }],
  })
}

/** The application with the sources that an entry of its history was deployed from. */
export function withSourcesOf(application: Application, { source, sources }: HistoryEntry): Application {
  const { source: _now, sources: _all, ...spec } = application.spec
  return {
    ...application,
    spec: {
      ...spec,
      ...(source === undefined ? {} : { source }),
      ...(sources === undefined ? {} : { sources }),
    },
  }
}
