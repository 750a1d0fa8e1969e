import type { IgnoreDifference } from '@driftless/api'
import {
  differenceFieldSets,
  type FieldSet,
  isEmptyFieldSet,
  type KubeObject,
  type ManagedFieldsEntry,
  type TypeSchema,
  valueHashAt,
} from '@driftless/apimachinery'
import type { InventoryEntry } from '../inventory/inventory.ts'
import type { Target } from '../normalize/prepare-targets.ts'
import { diffObjects, leavesAsIs } from './diff-objects.ts'
import { ignoredFieldSet, ignoresFor, type PathSelector, recordEpoch } from './ignored-fields.ts'
import { fieldSetHash, fieldSetOfEntry, ownEntryOf, withoutSubtrees } from './owned-fields.ts'
import { recordedPaths } from './record.ts'

/**
 * States of `kubernetes.md` §4. `clean`, `touched` (changed and changed back; the record stays) and `unowned` (values equal, our entry
 * gone) agree with Git; `dirty`, `replaced`, `missing` and `extra` do not; `unknown` needs the server's word.
 */
export type ComparisonState =
  | 'clean'
  | 'touched'
  | 'unowned'
  | 'dirty'
  | 'unknown'
  | 'replaced'
  | 'missing'
  | 'extra'

export interface Comparison {
  state: ComparisonState
  /** Words for people. */
  reason: string
  /** What it takes to know more: `dry-run` for `unknown`, and for `dirty` where only detection is wanted. */
  needs: 'nothing' | 'dry-run'
}

export interface CompareInput {
  target: Target | undefined
  live: KubeObject | undefined
  record: InventoryEntry | undefined
  schema: TypeSchema | undefined
  schemaEpoch: string
  ignoreDifferences?: readonly IgnoreDifference[]
  selectPaths?: PathSelector | undefined
  /** Answer of a dry-run apply of the target to exactly this live object: settles every doubt. */
  predicted?: KubeObject
}

/** Compares without a request where ownership and values tell; neither is sound alone, both together are. */
export function compareObject(input: CompareInput): Comparison {
  const { target, live, record } = input
  if (target === undefined) return result('extra', 'Git does not hold it')
  if (live === undefined) return result('missing', 'it does not exist in the cluster')
  if (record !== undefined && record.uid !== '' && record.uid !== live.metadata.uid) {
    return result('replaced', 'it was deleted and made anew')
  }
  if (input.predicted !== undefined)
    return byPrediction({ ...input, target, live, predicted: input.predicted })
  if (record === undefined || record.desiredHash === '') return unknown('it was not applied by Driftless yet')
  if (record.desiredHash !== target.hash) return byContent(input, target, live)
  return byRecord({ ...input, target, live, record })
}

interface Recorded extends CompareInput {
  target: Target
  live: KubeObject
  record: InventoryEntry
}

function byRecord(input: Recorded): Comparison {
  const { target, live, record, schema } = input
  const ignores = ignoresFor(target.key, input.ignoreDifferences)
  if (record.epoch !== recordEpoch(input.schemaEpoch, ignores))
    return unknown('the schema of its kind changed')
  if (record.resourceVersion !== '' && record.resourceVersion === live.metadata.resourceVersion) {
    return result('clean', '')
  }
  if (schema === undefined) return unknown('the cluster publishes no schema of its kind')
  const ignored = ignoredFieldSet({ ignores, objects: [live], schema, selectPaths: input.selectPaths })
  const valuesEqual = (paths: FieldSet): boolean =>
    valueHashAt(live, withoutSubtrees(paths, ignored), schema) === record.valuesHash
  const entry = ownEntryOf(live)
  if (entry === undefined) return withoutEntry(input, valuesEqual)
  if (entry.apiVersion !== record.apiVersion) return unknown('the version of its recorded fields changed')
  return withEntry(input, { entry, ignored, valuesEqual })
}

interface Measures {
  entry: ManagedFieldsEntry
  ignored: FieldSet
  valuesEqual(paths: FieldSet): boolean
}

function withEntry(input: Recorded, { entry, ignored, valuesEqual }: Measures): Comparison {
  const fields = fieldSetOfEntry(entry)
  if (fieldSetHash(fields) === input.record.fieldsHash) {
    return valuesEqual(fields) ? result('clean', '') : changedValues
  }
  const paths = recordedPaths(input.record, input.target, input.schema)
  if (paths === undefined) return unknown('the fields that Git owned before are not known')
  if (!valuesEqual(paths)) return changedValues
  const gained = differenceFieldSets(withoutSubtrees(fields, ignored), paths)
  if (!isEmptyFieldSet(gained)) return unknown('it was applied by someone else in our name')
  return result('touched', 'someone changed a field and changed it back')
}

function withoutEntry(input: Recorded, valuesEqual: (paths: FieldSet) => boolean): Comparison {
  const paths = recordedPaths(input.record, input.target, input.schema)
  if (paths === undefined) return unknown('its recorded fields were cleared')
  if (!valuesEqual(paths)) return changedValues
  return result('unowned', 'its values are right, but the record of who owns them was cleared')
}

/** Git changed: what it asks for now is compared with what is there, field by field. */
function byContent(input: CompareInput, target: Target, live: KubeObject): Comparison {
  const ignores = ignoresFor(target.key, input.ignoreDifferences)
  const ignored = ignoredFieldSet({ ignores, objects: [live, target.object], ...input })
  const differs = diffObjects({ live, target: target.object, schema: input.schema, ignored }).length > 0
  if (differs) return result('dirty', 'Git changed it', 'dry-run')
  return unknown('Git changed, and no difference is visible')
}

function byPrediction(
  input: CompareInput & { target: Target; live: KubeObject; predicted: KubeObject },
): Comparison {
  const { target, live, predicted } = input
  const ignores = ignoresFor(target.key, input.ignoreDifferences)
  const ignored = ignoredFieldSet({ ignores, objects: [live, predicted], ...input })
  const changes = diffObjects({ live, target: target.object, predicted, schema: input.schema, ignored })
  // Taking away the last of a map takes away the defaults in it too, which nobody owns.
  const changed = changes.length > 0 || (ignores.length === 0 && !leavesAsIs(live, predicted))
  return changed
    ? result('dirty', 'an apply would change it')
    : result('clean', 'an apply would change nothing')
}

const changedValues: Comparison = {
  state: 'dirty',
  reason: 'fields that Git owns were changed in the cluster',
  needs: 'dry-run',
}

function unknown(reason: string): Comparison {
  return result('unknown', reason, 'dry-run')
}

function result(state: ComparisonState, reason: string, needs: Comparison['needs'] = 'nothing'): Comparison {
  return { state, reason, needs }
}
