import {
  equalFieldSets,
  type FieldSet,
  fieldSchema,
  fieldSetOf,
  formatFieldPath,
  hasPath,
  type JsonObject,
  jsonEqual,
  type KubeObject,
  type ManagedFieldsEntry,
  pathsOfFieldSet,
  stripServerFields,
  type TypeSchema,
  unionFieldSets,
  untypedSchema,
} from '@driftless/apimachinery'
import { badRequest, StatusError } from '../errors.ts'
import { decodeProblem, decodingError } from '../schema/decode-problem.ts'
import { applyDefaults } from '../schema/defaults.ts'
import { decodeManagers, encodeManagers, identityOf, type Manager, type Managers } from './managers.ts'
import { fieldsOfLastApply, renewLastApply } from './last-applied.ts'
import { conflictsWith, filterComparison, resetFields, takeFromOthers, withoutReset } from './ownership.ts'
import { trackUpdate } from './track-update.ts'
import { compareTyped } from './typed-compare.ts'
import { mergeTyped } from './typed-merge.ts'
import { pruneDropped } from './typed-remove.ts'
import { typedError } from './typed-check.ts'

/** A field that another manager owns with another value. */
export interface Conflict {
  manager: string
  apiVersion: string
  operation: string
  subresource?: string
  time?: string
  /** As the API server writes it: `.spec.template.spec.containers[name="web"].image`. */
  field: string
}

export interface ApplyInput {
  /** The stored object, with its managedFields; `undefined` when the apply creates it. */
  live: KubeObject | undefined
  patch: KubeObject
  manager: string
  force: boolean
  schema: TypeSchema
  /** RFC 3339 in whole seconds. */
  now: string
  subresource?: string
}

export type ApplyResult = { object: KubeObject; changed: boolean } | { conflicts: Conflict[] }

/**
 * Server-side apply: merges, drops what this manager no longer applies and nobody else owns, fills defaults, and records who
 * owns what. `changed: false` gives the live object back as it is. Without `force`, a foreign owner of a changed field is a
 * conflict. The inputs stay as they are. Source: the field manager of Kubernetes 1.37 and structured-merge-diff v6.
 * @throws AppError BadRequest (managedFields in the patch), InternalError (a field that the schema does not declare, duplicate keys).
 */
export function serverSideApply(input: ApplyInput): ApplyResult {
  const result = applyOnce(input)
  const { live, manager, patch, schema } = input
  if (!('conflicts' in result) || manager !== kubectl || live === undefined) return result
  const allowed = fieldsOfLastApply(live, patch.apiVersion, schema)
  const conflicts = result.conflicts.filter(({ field }) => !allowed.has(field))
  return conflicts.length > 0 ? { conflicts } : applyOnce({ ...input, force: true })
}

/** The manager of `kubectl apply --server-side`, which takes over what `kubectl apply` wrote. */
const kubectl = 'kubectl'

function applyOnce(input: ApplyInput): ApplyResult {
  const { live, patch, schema, subresource = '' } = input
  if (patch.metadata.managedFields !== undefined) {
    throw badRequest('metadata.managedFields must be nil')
  }
  // What an apply to the status makes anew is taken whole, as by the API server.
  const isWhole = live === undefined && subresource !== ''
  const config = requestPart(patch, isWhole ? undefined : resetFields(schema, subresource))
  const problem = typedError(requestPart(patch, undefined), schema)
  if (problem !== undefined)
    throw new StatusError(
      'InternalError',
      `failed to create typed patch object (${describe(patch)}): ${problem}`,
      { withoutReason: true },
    )
  const base = live === undefined ? undefined : withOwners(live, input)
  const own = withoutReset(fieldSetOf(config, schema), schema, subresource)
  return applyConfig(input, { base, config, own })
}

interface Prepared {
  base: KubeObject | undefined
  config: JsonObject
  own: FieldSet
}

function applyConfig(input: ApplyInput, { base, config, own }: Prepared): ApplyResult {
  const { schema, subresource = '', now } = input
  const self: Manager = {
    name: input.manager,
    operation: 'Apply',
    apiVersion: input.patch.apiVersion,
    subresource,
    time: undefined,
    set: own,
  }
  const id = identityOf(self)
  const managers = decodeManagers(base?.metadata.managedFields)
  const last = managers.get(id)
  managers.set(id, { ...self, time: last?.time })
  const before = base === undefined ? {} : withoutManagedFields(base)
  const merged = pruneDropped({
    merged: (mergeTyped(before, config, schema) ?? {}) as JsonObject,
    schema,
    last: last?.set ?? noFields,
    own,
    managed: managedBy(managers),
  })
  const changes = filterComparison(compareTyped(before, merged, schema), schema, subresource)
  const conflicts = input.force ? [] : conflictsWith(managers, changes, id)
  if (conflicts.length > 0) return { conflicts: conflicts.flatMap(describeConflict).sort(byManager) }
  takeFromOthers(managers, changes, id)
  if (!jsonEqual(before, merged) || asksBeyond(input, config, before))
    managers.set(id, { ...self, time: now })
  return finish(input, {
    merged,
    managers,
    ownersMoved: last === undefined || !equalFieldSets(last.set, stripServerFields(own)),
  })
}

/** The patch asks for a change that its path does not make, as of the status beside it: that too counts as a write of its manager. */
function asksBeyond({ patch, schema }: ApplyInput, config: JsonObject, before: JsonObject): boolean {
  const asked = Object.entries(patch as unknown as JsonObject).filter(([name]) => !(name in config))
  return asked.some(([name, value]) => {
    const field = fieldSchema(schema, name) ?? untypedSchema
    return !jsonEqual(before[name], mergeTyped(before[name], value ?? null, field))
  })
}

const noFields: FieldSet = { member: false, children: new Map() }

interface Merged {
  merged: JsonObject
  managers: Managers
  ownersMoved: boolean
}

/** Defaults may undo a difference (a dropped field that has a default, another way to write a quantity): then nothing changed. */
function finish(
  { live, schema, patch, manager }: ApplyInput,
  { merged, managers, ownersMoved }: Merged,
): ApplyResult {
  const object = merged as unknown as KubeObject
  const problem = decodeProblem(object, schema)
  if (problem !== undefined) throw unreadable(patch, problem)
  if (manager === kubectl) renewLastApply(object, patch)
  applyDefaults(object, schema)
  const managedFields = encodeManagers(managers)
  const sameValues = live !== undefined && jsonEqual(withoutManagedFields(live), object)
  if (live !== undefined && sameValues && !ownersMoved && sameOwners(live, managedFields))
    return { object: live, changed: false }
  object.metadata = { ...object.metadata, managedFields }
  return { object, changed: true }
}

function sameOwners(live: KubeObject, now: readonly ManagedFieldsEntry[]): boolean {
  const was = live.metadata.managedFields ?? []
  return was.length === now.length && was.every((entry) => now.some((other) => isSameOwner(entry, other)))
}

function isSameOwner(a: ManagedFieldsEntry, b: ManagedFieldsEntry): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    a.apiVersion === b.apiVersion &&
    a.subresource === b.subresource &&
    jsonEqual(a.fieldsV1, b.fieldsV1)
  )
}

/** An object that nobody has applied and whose owners are unknown belongs to `before-first-apply` as a whole. */
function withOwners(live: KubeObject, { schema, now, subresource = '' }: ApplyInput): KubeObject {
  if ((live.metadata.managedFields?.length ?? 0) > 0)
    return subresource === 'scale' ? withOwnerOfNumber(live, schema) : live
  return trackUpdate({
    before: undefined,
    after: live,
    manager: 'before-first-apply',
    schema,
    now,
    subresource,
  })
}

/** At the scale of a built-in object, a number that nobody owns belongs to `before-first-apply`. */
function withOwnerOfNumber(live: KubeObject, schema: TypeSchema): KubeObject {
  const number = ['f:spec', 'f:replicas']
  const managers = decodeManagers(live.metadata.managedFields)
  const isOwned = [...managers.values()].some(({ set }) => hasPath(set, number))
  if (isOwned || schema.origin === 'custom') return live
  const owner: ManagedFieldsEntry = {
    manager: 'before-first-apply',
    operation: 'Update',
    apiVersion: live.apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    subresource: 'scale',
  }
  const managedFields = [...(live.metadata.managedFields ?? []), owner]
  return { ...live, metadata: { ...live.metadata, managedFields } }
}

function managedBy(managers: Managers): FieldSet {
  let all: FieldSet = noFields
  for (const manager of managers.values()) all = unionFieldSets(all, manager.set)
  return all
}

/** The part of the patch that this request may write; names and the like stay, they are never owned. */
function requestPart(patch: KubeObject, reset: ReturnType<typeof resetFields>): JsonObject {
  const { uid: _u, resourceVersion: _r, generation: _g, creationTimestamp: _c, ...metadata } = patch.metadata
  const fields = { ...patch, metadata } as unknown as JsonObject
  if (reset === undefined) return fields
  const always = new Set(['apiVersion', 'kind', 'metadata'])
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => always.has(name) || !reset(`f:${name}`)),
  )
}

function withoutManagedFields(object: KubeObject): JsonObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata } as unknown as JsonObject
}

function describeConflict([manager, set]: [Manager, FieldSet]): Conflict[] {
  const { name, apiVersion, operation, subresource, time } = manager
  return pathsOfFieldSet(set).map((path) => ({
    manager: name,
    apiVersion,
    operation,
    ...(subresource === '' ? {} : { subresource }),
    ...(time === undefined ? {} : { time }),
    field: formatFieldPath(path),
  }))
}

/** In the order of the texts by which the field manager of Kubernetes knows its managers. */
function byManager(a: Conflict, b: Conflict): number {
  const [left, right] = [managerText(a), managerText(b)]
  return left === right ? 0 : left < right ? -1 : 1
}

function managerText({ manager, operation, apiVersion, subresource }: Conflict): string {
  const version = operation === 'Update' ? { apiVersion } : {}
  return JSON.stringify({
    manager,
    operation,
    ...version,
    ...(subresource === undefined ? {} : { subresource }),
  })
}

function unreadable(patch: KubeObject, problem: string): StatusError {
  const shown = describe(patch)
  const version = shown.slice(shown.indexOf('; ') + 2)
  return new StatusError(
    'InternalError',
    `failed to convert new object (${shown}) to proper version: unable to convert unstructured object to ${version}: ${decodingError(problem)}`,
    { withoutReason: true },
  )
}

function describe({ apiVersion, kind, metadata }: KubeObject): string {
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
  return `${metadata.namespace ?? ''}/${metadata.name}; ${version}, Kind=${kind}`
}
