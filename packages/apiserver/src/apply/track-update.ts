import {
  hasPath,
  isEmptyFieldSet,
  type JsonObject,
  type KubeObject,
  stripServerFields,
  type TypeSchema,
  unionFieldSets,
} from '@driftless/apimachinery'
import {
  capUpdaters,
  decodeManagers,
  encodeManagers,
  identityOf,
  isReadable,
  isReset,
  type Manager,
  type Managers,
} from './managers.ts'
import { filterComparison, takeFromOthers } from './ownership.ts'
import { compareTyped } from './typed-compare.ts'
import { zeroObject } from './zero-object.ts'

export interface TrackInput {
  /** The stored object with its managedFields; `undefined` for a create. */
  before: KubeObject | undefined
  /** The object to be stored, defaults filled. */
  after: KubeObject
  manager: string
  schema: TypeSchema
  /** RFC 3339 in whole seconds. */
  now: string
  subresource?: string
}

/**
 * Records who owns what after a create, update or patch: the manager gets the fields whose values it changed, everyone else
 * loses them. `metadata.managedFields` of `after` may set the owners by hand; `[]` or `[{}]` forgets them, and then nobody is
 * recorded until the next apply. Gives `after` with its managedFields; both inputs stay as they are.
 */
export function trackUpdate(input: TrackInput): KubeObject {
  const { before, after, schema, subresource = '' } = input
  const managers = currentManagers(input)
  const isTracked = before === undefined || isFollowed(managers, input)
  if (isTracked) {
    const old = before === undefined ? zeroObject(schema) : plain(before)
    const changes = filterComparison(compareTyped(old, plain(after), schema), schema, subresource)
    takeFromOthers(managers, changes, '')
    record(managers, stripServerFields(unionFieldSets(changes.modified, changes.added)), input)
    capUpdaters(managers)
  }
  return withManagers(after, managers)
}

/** Owners are recorded where some are known; at the scale of an object, where somebody owns its number. */
function isFollowed(managers: Managers, { schema, subresource }: TrackInput): boolean {
  if (subresource !== 'scale' || schema.origin === 'custom') return managers.size > 0
  return [...managers.values()].some(({ set }) => hasPath(set, ['f:spec', 'f:replicas']))
}

function record(
  managers: Managers,
  taken: Manager['set'],
  { after, manager, now, subresource = '' }: TrackInput,
): void {
  const identity = { name: manager, operation: 'Update', apiVersion: after.apiVersion, subresource } as const
  if (isEmptyFieldSet(taken)) return
  const id = identityOf(identity)
  const previous = managers.get(id)
  const set = previous === undefined ? taken : unionFieldSets(previous.set, taken)
  // What the real server records for a scale has no time.
  managers.set(id, { ...identity, time: subresource === 'scale' ? undefined : now, set })
}

function currentManagers({ before, after, schema, subresource = '' }: TrackInput): Managers {
  const isCustom = schema.origin === 'custom'
  const stored = before?.metadata.managedFields
  if (subresource !== '') return decodeManagers(stored)
  const given = after.metadata.managedFields
  // The decoder of custom resources does not tell an empty list from none; one empty entry says the same.
  if (isReset(given) && (given?.length === 1 || !isCustom)) return new Map()
  // Entries that cannot be read change nothing.
  const managers = isReadable(given) ? decodeManagers(given) : decodeManagers(stored)
  return managers.size > 0 ? managers : decodeManagers(stored)
}

function withManagers(object: KubeObject, managers: Managers): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata
  const entries = encodeManagers(managers)
  return { ...object, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } }
}

function plain(object: KubeObject): JsonObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata } as unknown as JsonObject
}
