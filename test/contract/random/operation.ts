import type { JsonObject, JsonValue } from '@driftless/apimachinery'
import { apply, jsonPatch, merge, type Step, strategic } from '../contract-case.ts'
import { pointerOf, removeField, rotateList, setField } from './field-path.ts'
import { collectionOf, type Subject } from './subject.ts'

/** One field of a write. */
export interface Change {
  how: 'set' | 'remove' | 'rotate' | 'test'
  path: string
  value: JsonValue
}

interface Write {
  apiVersion: string
  manager: string
  subresource?: 'status' | 'scale'
  dryRun?: boolean
  fieldValidation?: string
  changes: readonly Change[]
}

/** A write that is made out of an object's state at the moment it is sent. */
export type Operation =
  | (Write & { verb: 'create' | 'merge' | 'strategic' | 'json' })
  | (Write & { verb: 'apply'; force: boolean; carries?: 'uid' | 'resourceVersion' | 'stale' })
  | (Write & { verb: 'update'; version: 'current' | 'none' | 'stale'; owners: 'kept' | 'reset' | 'dropped' })
  | (Write & { verb: 'directive'; directive: JsonObject })
  | (Write & { verb: 'delete'; policy?: string; precondition?: 'uid' | 'resourceVersion' | 'stale' })

/** The object that a sequence writes to, as a server holds it. */
export interface Place {
  subject: Subject
  name: string
  live: JsonObject | undefined
}

const stale = { uid: '11111111-1111-4111-8111-111111111111', resourceVersion: '1' }

/** The request of an operation to one server. */
export function stepOf(operation: Operation, place: Place): Step {
  const path = pathOf(operation, place)
  if (operation.verb === 'delete') return { method: 'DELETE', path, body: deleteOptions(operation, place) }
  if (operation.verb === 'create') return { method: 'POST', path, body: whole(operation, place) }
  if (operation.verb === 'update') return { method: 'PUT', path, body: updated(operation, place) }
  return { method: 'PATCH', path, ...patchOf(operation, place) }
}

function patchOf(operation: Operation, place: Place): { type: string; body: JsonValue } {
  if (operation.verb === 'apply') return { type: apply, body: applied(operation, place) }
  if (operation.verb === 'directive') return { type: strategic, body: operation.directive }
  if (operation.verb === 'json') return { type: jsonPatch, body: jsonOperations(operation, place) }
  return { type: operation.verb === 'merge' ? merge : strategic, body: partial(operation) }
}

function pathOf(operation: Operation, { subject, name }: Place): string {
  const { apiVersion, manager, dryRun, fieldValidation, subresource, verb } = operation
  const collection = collectionOf(subject, apiVersion)
  const part = subresource === undefined ? '' : `/${subresource}`
  const query = new URLSearchParams()
  if (verb !== 'delete') query.set('fieldManager', manager)
  if (verb === 'apply' && operation.force) query.set('force', 'true')
  if (dryRun === true && verb !== 'delete') query.set('dryRun', 'All')
  if (fieldValidation !== undefined) query.set('fieldValidation', fieldValidation)
  return `${collection}${verb === 'create' ? '' : `/${name}${part}`}?${query.toString()}`
}

function whole({ apiVersion, changes, subresource }: Operation, { subject, name }: Place): JsonObject {
  const kind = subresource === 'scale' ? 'Scale' : subject.kind
  const version = subresource === 'scale' ? 'autoscaling/v1' : apiVersion
  const object: JsonObject = { apiVersion: version, kind, metadata: { name } }
  for (const { path, value } of changes) setField(object, path, value)
  return object
}

function applied(operation: Operation & { verb: 'apply' }, place: Place): JsonObject {
  const object = whole(operation, place)
  const metadata = object['metadata'] as JsonObject
  const { carries } = operation
  if (carries === 'stale') metadata['resourceVersion'] = stale.resourceVersion
  else if (carries !== undefined) metadata[carries] = liveMetadata(place)[carries] ?? stale[carries]
  return object
}

/** A merge patch: removing is null, and a removed item of a list is what a strategic merge deletes. */
function partial({ changes, verb }: Operation): JsonObject {
  const patch: JsonObject = {}
  for (const { how, path, value } of changes) {
    const item = path.endsWith(']')
    if (how !== 'remove') setField(patch, path, value)
    else if (!item) setField(patch, path, null)
    else if (verb === 'strategic' && !path.includes('[=')) setField(patch, path, { $patch: 'delete' })
  }
  return patch
}

function jsonOperations({ changes }: Operation, { live }: Place): JsonValue {
  const object = live ?? {}
  return changes.map(({ how, path, value }): JsonObject => {
    const at = pointerOf(object, path)
    if (how === 'remove') return { op: 'remove', path: at }
    if (how === 'test') return { op: 'test', path: at, value }
    return { op: how === 'rotate' ? 'replace' : 'add', path: at, value: itemOf(path, value) }
  })
}

/** A whole item has its keys too. */
function itemOf(path: string, value: JsonValue): JsonValue {
  if (!path.endsWith(']')) return value
  const list: JsonObject = {}
  setField(list, `list/${path.slice(path.lastIndexOf('[')).replaceAll('/', '~1')}`, value)
  return (list['list'] as JsonValue[])[0] ?? null
}

function updated(operation: Operation & { verb: 'update' }, place: Place): JsonObject {
  if (place.live === undefined) return whole(operation, place)
  if (operation.subresource === 'scale') return scaled(operation, place)
  const object = structuredClone(place.live)
  for (const { how, path, value } of operation.changes) {
    if (how === 'remove') removeField(object, path)
    else if (how === 'rotate') rotateList(object, path)
    else setField(object, path, value)
  }
  const metadata = object['metadata'] as JsonObject
  setVersion(metadata, operation.version)
  if (operation.owners === 'reset') metadata['managedFields'] = []
  if (operation.owners === 'dropped') delete metadata['managedFields']
  return { ...object, apiVersion: operation.apiVersion }
}

function setVersion(metadata: JsonObject, version: 'current' | 'none' | 'stale'): void {
  if (version === 'none') delete metadata['resourceVersion']
  if (version === 'stale') metadata['resourceVersion'] = stale.resourceVersion
}

function scaled(operation: Operation & { verb: 'update' }, place: Place): JsonObject {
  const scale = whole(operation, place)
  const metadata = scale['metadata'] as JsonObject
  metadata['namespace'] = '{ns}'
  const version = liveMetadata(place)['resourceVersion']
  if (version !== undefined) metadata['resourceVersion'] = version
  setVersion(metadata, operation.version)
  return scale
}

function deleteOptions(
  { policy, precondition, dryRun }: Operation & { verb: 'delete' },
  place: Place,
): JsonObject {
  const options: JsonObject = {}
  if (policy !== undefined) options['propagationPolicy'] = policy
  if (dryRun === true) options['dryRun'] = ['All']
  if (precondition === 'stale') options['preconditions'] = { uid: stale.uid }
  else if (precondition !== undefined)
    options['preconditions'] = { [precondition]: liveMetadata(place)[precondition] ?? stale[precondition] }
  return options
}

function liveMetadata({ live }: Place): JsonObject {
  return (live?.['metadata'] ?? {}) as JsonObject
}
