import { useSyncExternalStore } from 'react'

/** Since when the event stream is gone; undefined while it is there. */
let offlineSince: Date | undefined
const listeners = new Set<() => void>()

function set(value: Date | undefined): void {
  offlineSince = value
  for (const listener of listeners) listener()
}

export function setOffline(): void {
  if (offlineSince === undefined) set(new Date())
}

export function setOnline(): void {
  if (offlineSince !== undefined) set(undefined)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useOfflineSince(): Date | undefined {
  return useSyncExternalStore(subscribe, () => offlineSince)
}
