import type { ApplicationEvent, ApplicationList } from '@driftless/api'

/** The list after an event: pure, keeps the order of rows, returns the same object when nothing changed. */
export function mergeEvent(list: ApplicationList, event: ApplicationEvent): ApplicationList {
  const at = list.items.findIndex((row) => row.name === event.row.name && row.project === event.row.project)
  if (event.type === 'DELETED') {
    // A deployment that was deleted and made again has another uid: an old DELETED must not remove the new one.
    if (at < 0 || list.items[at]?.uid !== event.row.uid) return list
    return { ...list, items: list.items.toSpliced(at, 1), total: list.total - 1 }
  }
  if (at < 0) return { ...list, items: [...list.items, event.row], total: list.total + 1 }
  return { ...list, items: list.items.with(at, event.row) }
}
