import type { KubeObject } from '@driftless/apimachinery'
import type { CollectionState } from './collection.ts'
import type { Disk } from './disk.ts'
import type { Entry } from './entry.ts'
import type { Store, StoreEvent, StoreState } from './store.ts'

/**
 * Compares indexes, history and disk with the objects and with each other; returns one sentence for each fault.
 * Only when nothing is being written. Without `disk` (a store in memory) the rows are not looked at.
 */
export function checkStore(store: Store, disk?: Disk): string[] {
  const state = store.inspect()
  const unique: Unique = { revisions: new Map(), uids: new Map() }
  return [
    ...(state.pending === 0
      ? []
      : [`${state.pending} objects have writes that are neither durable nor given up`]),
    ...state.collections.flatMap((collection) => collectionFaults(collection, state, unique)),
    ...historyFaults(state),
    ...(disk === undefined ? [] : diskFaults(state, disk)),
  ]
}

/** What only one object may have, by the place of its first holder. */
interface Unique {
  revisions: Map<number, string>
  uids: Map<string, string>
}

function collectionFaults(
  { id, keys, entries }: CollectionState,
  state: StoreState,
  unique: Unique,
): string[] {
  const faults: string[] = []
  if (keys.length !== entries.size) faults.push(`${id} has ${keys.length} keys for ${entries.size} objects`)
  for (const [at, key] of keys.entries()) {
    const before = keys[at - 1]
    if (before !== undefined && before >= key) faults.push(`${id} has ${key} after ${before}`)
    if (!entries.has(key)) faults.push(`${id} has the key ${key} of no object`)
  }
  for (const [key, entry] of entries) {
    const place = `${id}/${key}`
    if (entry.key !== key) faults.push(`${place} holds ${entry.key}`)
    faults.push(...entryFaults(place, entry), ...uniqueFaults(place, entry, unique))
    if (entry.revision > state.revision)
      faults.push(`${place} has version ${entry.revision}, newer than the counter at ${state.revision}`)
  }
  return faults
}

/** The fields that stand beside the text say what the text says, and nobody changed the shared object. */
function entryFaults(place: string, entry: Entry): string[] {
  const object = parsed(entry.json)
  if (object === undefined) return [`${place} is no JSON object`]
  const { name, namespace = '', uid = '', resourceVersion, labels } = object.metadata
  const faults: string[] = []
  if (uid === '') faults.push(`${place} has no uid`)
  if (entry.name !== name || entry.namespace !== namespace || entry.uid !== uid)
    faults.push(`${place} is ${namespace}/${name} with uid ${uid} in its text`)
  if (String(entry.revision) !== resourceVersion)
    faults.push(`${place} has version ${entry.revision}, and ${resourceVersion} in its text`)
  if (JSON.stringify(entry.labels) !== JSON.stringify(labels))
    faults.push(`${place} has other labels than its text`)
  if (JSON.stringify(entry.object) !== JSON.stringify(object))
    faults.push(`${place} was changed in place: the shared object differs from its text`)
  return faults
}

function parsed(json: string): KubeObject | undefined {
  try {
    const object = JSON.parse(json) as Partial<KubeObject> | null
    return typeof object?.metadata === 'object' ? (object as KubeObject) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function uniqueFaults(place: string, entry: Entry, { revisions, uids }: Unique): string[] {
  const faults: string[] = []
  const sameRevision = revisions.get(entry.revision)
  if (sameRevision !== undefined)
    faults.push(`${place} has version ${entry.revision}, as has ${sameRevision}`)
  const sameUid = uids.get(entry.uid)
  if (sameUid !== undefined) faults.push(`${place} has uid ${entry.uid}, as has ${sameUid}`)
  revisions.set(entry.revision, place)
  uids.set(entry.uid, place)
  return faults
}

/** Replaying the history of each object must end in what is stored, every step on top of the one before. */
function historyFaults(state: StoreState): string[] {
  const faults: string[] = []
  const last = new Map<string, StoreEvent>()
  let before = state.compacted
  for (const event of state.history) {
    const place = `${event.collection.id}/${event.entry.key}`
    if (event.revision <= before)
      faults.push(`the change ${event.revision} of ${place} comes after ${before}`)
    before = Math.max(before, event.revision)
    if (event.entry.revision !== event.revision)
      faults.push(`the change ${event.revision} of ${place} holds version ${event.entry.revision}`)
    faults.push(...stepFaults(place, event, last.get(place)))
    last.set(place, event)
  }
  if (before > state.revision)
    faults.push(`the change ${before} is newer than the counter at ${state.revision}`)
  return [...faults, ...endFaults(state, last)]
}

function stepFaults(place: string, event: StoreEvent, before: StoreEvent | undefined): string[] {
  const faults: string[] = []
  if ((event.type === 'ADDED') !== (event.previous === undefined))
    faults.push(
      `the change ${event.revision} of ${place} is ${event.type}, which does not fit its predecessor`,
    )
  const expected = before?.type === 'DELETED' ? undefined : before?.entry
  if (before !== undefined && event.previous !== expected)
    faults.push(`the change ${event.revision} of ${place} does not follow the change ${before.revision}`)
  return faults
}

function endFaults({ collections, compacted }: StoreState, last: ReadonlyMap<string, StoreEvent>): string[] {
  const faults: string[] = []
  const stored = new Map<string, Entry>(
    collections.flatMap(({ id, entries }) =>
      [...entries].map(([key, entry]) => [`${id}/${key}`, entry] as const),
    ),
  )
  for (const [place, { type, revision, entry }] of last) {
    if (stored.get(place) !== (type === 'DELETED' ? undefined : entry))
      faults.push(`${place} is not as its last change ${revision} left it`)
  }
  for (const [place, entry] of stored) {
    if (entry.revision > compacted && !last.has(place))
      faults.push(`${place} has version ${entry.revision} but no change says so`)
  }
  return faults
}

function diskFaults(state: StoreState, disk: Disk): string[] {
  const faults: string[] = []
  const { revision, rows } = disk.readAll()
  const missing = new Set<string>()
  const byId = new Map(state.collections.map((collection) => [collection.id, collection.entries]))
  for (const { id, entries } of state.collections)
    for (const key of entries.keys()) missing.add(`${id}/${key}`)
  for (const { key, json } of rows) {
    missing.delete(key)
    const second = key.indexOf('/', key.indexOf('/') + 1)
    const entry = byId.get(key.slice(0, second))?.get(key.slice(second + 1))
    if (entry === undefined) faults.push(`${key} is on disk but not in memory`)
    else if (entry.json !== json) faults.push(`${key} differs between disk and memory`)
  }
  for (const key of missing) faults.push(`${key} is in memory but not on disk`)
  // A new store counts from 1 before anything is written.
  if (Math.max(revision, 1) !== state.revision)
    faults.push(`the counter is ${state.revision} in memory and ${revision} on disk`)
  return faults
}
