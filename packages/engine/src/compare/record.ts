import type { IgnoreDifference } from '@driftless/api'
import {
  type FieldSet,
  formatFieldsV1,
  type KubeObject,
  keyOf,
  ownedFieldSet,
  parseFieldsV1,
  type TypeSchema,
  unionFieldSets,
  valueHashAt,
} from '@driftless/apimachinery'
import type { InventoryEntry } from '../inventory/inventory.ts'
import type { Target } from '../normalize/prepare-targets.ts'
import { ignoredFieldSet, ignoresFor, type PathSelector, recordEpoch } from './ignored-fields.ts'
import { fieldSetHash, fieldSetOfEntry, ownEntryOf, withoutSubtrees } from './owned-fields.ts'

export interface RecordContext {
  target: Target
  schema: TypeSchema | undefined
  /** Version of the kind's schema. */
  schemaEpoch: string
  ignoreDifferences?: readonly IgnoreDifference[]
  selectPaths?: PathSelector | undefined
}

/**
 * What to remember about an apply, from its response (`kubernetes.md` §4: uid, epoch, hash of the desired object, E, P, V).
 * P is stored only where manifest and schema do not give it back.
 */
export function recordOf(response: KubeObject, context: RecordContext): InventoryEntry {
  return recordAt(response, fieldSetOfEntry(ownEntryOf(response)), context)
}

/**
 * What to remember of an object that was not applied now, but that an apply would leave as it is. Our entry in it may lack
 * paths that others took meanwhile, or be gone: the paths of the manifest are ours all the same, or their next change is missed.
 */
export function recordOfAgreed(live: KubeObject, context: RecordContext): InventoryEntry {
  const entry = fieldSetOfEntry(ownEntryOf(live))
  const { target, schema } = context
  const set = schema === undefined ? entry : unionFieldSets(entry, ownedFieldSet(target.object, schema))
  return recordAt(live, set, context)
}

function recordAt(response: KubeObject, set: FieldSet, context: RecordContext): InventoryEntry {
  const { target, schema } = context
  const ignores = ignoresFor(target.key, context.ignoreDifferences)
  const fieldsHash = fieldSetHash(set)
  const entry: InventoryEntry = {
    key: keyOf(response),
    apiVersion: response.apiVersion,
    uid: response.metadata.uid ?? '',
    resourceVersion: response.metadata.resourceVersion ?? '',
    epoch: recordEpoch(context.schemaEpoch, ignores),
    desiredHash: target.hash,
    fieldsHash,
    valuesHash: '',
  }
  if (schema === undefined) return entry
  const ignored = ignoredFieldSet({
    ignores,
    objects: [response],
    schema,
    selectPaths: context.selectPaths,
  })
  entry.valuesHash = valueHashAt(response, withoutSubtrees(set, ignored), schema)
  const rebuilt = fieldSetHash(ownedFieldSet(target.object, schema))
  return rebuilt === fieldsHash ? entry : { ...entry, paths: formatFieldsV1(set) }
}

/** An object that carries our tracking id but was never applied by us: known from now on, prunable at a later pass. */
export function recordOfSeen(live: KubeObject): InventoryEntry {
  return {
    key: keyOf(live),
    apiVersion: live.apiVersion,
    uid: live.metadata.uid ?? '',
    resourceVersion: '',
    epoch: '',
    desiredHash: '',
    fieldsHash: '',
    valuesHash: '',
  }
}

/** The paths that a record was made at, or `undefined` where they cannot be had without asking the server. */
export function recordedPaths(
  record: InventoryEntry,
  target: Target,
  schema: TypeSchema | undefined,
): FieldSet | undefined {
  if (record.paths !== undefined) return parseFieldsV1(record.paths)
  if (schema === undefined || record.desiredHash !== target.hash) return undefined
  const rebuilt = ownedFieldSet(target.object, schema)
  return fieldSetHash(rebuilt) === record.fieldsHash ? rebuilt : undefined
}

/**
 * The record with its paths written out, where the object does not tell them any more: when Git drops a field that somebody
 * changed meanwhile, they are the only memory that it was ours.
 */
export function keepPaths(
  record: InventoryEntry,
  live: KubeObject,
  { target, schema }: Pick<RecordContext, 'target' | 'schema'>,
): InventoryEntry {
  if (record.paths !== undefined || record.desiredHash === '' || record.uid !== live.metadata.uid)
    return record
  if (fieldSetHash(fieldSetOfEntry(ownEntryOf(live))) === record.fieldsHash) return record
  const paths = recordedPaths(record, target, schema)
  return paths === undefined ? record : { ...record, paths: formatFieldsV1(paths) }
}
