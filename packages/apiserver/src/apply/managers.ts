import {
  type FieldSet,
  formatFieldsV1,
  isEmptyFieldSet,
  type ManagedFieldsEntry,
  parseFieldsV1,
  stripServerFields,
  unionFieldSets,
} from '@driftless/apimachinery'

/** One owner of fields; `managedFields` decoded. */
export interface Manager {
  name: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  subresource: string
  time: string | undefined
  set: FieldSet
}

/** Owners by identity. The identity of an applier leaves its API version out: it keeps its entry when it moves on to a new one. */
export type Managers = Map<string, Manager>

type Identity = Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>

export function identityOf({ name, operation, apiVersion, subresource }: Identity): string {
  return JSON.stringify([operation, name, operation === 'Apply' ? '' : apiVersion, subresource])
}

/** Entries that cannot be read are left out, as the API server drops what it cannot decode on an update. */
export function decodeManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers {
  const managers: Managers = new Map()
  for (const entry of entries ?? []) {
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') continue
    const manager: Manager = {
      name: entry.manager ?? '',
      operation: entry.operation,
      apiVersion: entry.apiVersion ?? '',
      subresource: entry.subresource ?? '',
      time: entry.time,
      set: parseFieldsV1(entry.fieldsV1 ?? {}),
    }
    managers.set(identityOf(manager), manager)
  }
  return managers
}

/** Whether all entries are ones that this server could have written. */
export function isReadable(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  return (entries ?? []).every(
    ({ operation, fieldsType }) =>
      (operation === 'Apply' || operation === 'Update') && fieldsType === 'FieldsV1',
  )
}

/** Empty list or one empty entry: a person asks to forget all owners. */
export function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  if (entries === undefined) return false
  if (entries.length === 0) return true
  const [only] = entries
  return entries.length === 1 && only !== undefined && Object.keys(only).length === 0
}

/** Writes the entries in the API server's order: appliers first, then by time and name. Owners of nothing are left out. */
export function encodeManagers(managers: Managers): ManagedFieldsEntry[] {
  const kept = [...managers.values()].map((manager) => ({ ...manager, set: stripServerFields(manager.set) }))
  return kept
    .filter((manager) => !isEmptyFieldSet(manager.set))
    .sort(compareManagers)
    .map(encode)
}

function encode({ name, operation, apiVersion, subresource, time, set }: Manager): ManagedFieldsEntry {
  return {
    ...(name === '' ? {} : { manager: name }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: formatFieldsV1(set),
    ...(subresource === '' ? {} : { subresource }),
  }
}

function compareManagers(a: Manager, b: Manager): number {
  return (
    compareText(a.operation, b.operation) ||
    secondsOf(a.time) - secondsOf(b.time) ||
    compareText(a.name, b.name) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  )
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function secondsOf(time: string | undefined): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000)
}

const maxUpdaters = 10

/** More than ten updaters: the oldest are put together as `ancient-changes`, one for each API version. */
export function capUpdaters(managers: Managers): void {
  const updaters = [...managers].filter(([, manager]) => manager.operation === 'Update')
  let count = updaters.length
  if (count <= maxUpdaters) return
  updaters.sort(([, a], [, b]) => compareManagers(a, b))
  const firsts = new Map<string, string>()
  for (const [id, manager] of updaters) {
    if (count <= maxUpdaters) return
    const first = firsts.get(manager.apiVersion)
    if (first === undefined) {
      firsts.set(manager.apiVersion, id)
      continue
    }
    const bucket: Manager = { ...manager, name: 'ancient-changes', subresource: '' }
    const bucketId = identityOf(bucket)
    const before = managers.get(bucketId) ?? managers.get(first)
    managers.delete(first)
    managers.delete(id)
    managers.set(
      bucketId,
      before === undefined ? bucket : { ...bucket, set: unionFieldSets(before.set, manager.set) },
    )
    count -= 1
  }
}
