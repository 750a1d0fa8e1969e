import { type IgnoreDifference, type SyncStatusCode } from '@driftless/api'
import {
  formatKey,
  gvkOf,
  keyOf,
  type KubeObject,
  type ObjectKey,
  type TypeSchema,
} from '@driftless/apimachinery'
import type { InventoryEntry } from '../inventory/inventory.ts'
import { isHook, waveOf } from '../normalize/hooks.ts'
import type { Target } from '../normalize/prepare-targets.ts'
import {
  parseSyncOptions,
  resourceOptionsOf,
  type ResourceOptions,
  type SyncOptions,
} from '../normalize/sync-options.ts'
import { selfTrackingOf } from '../normalize/tracking.ts'
import { type Comparison, compareObject } from './compare-object.ts'
import type { PathSelector } from './ignored-fields.ts'
import { keepPaths, recordOfSeen } from './record.ts'

export interface KindFacts {
  schema: TypeSchema | undefined
  /** Version of the schema; changes whenever the schema does. */
  epoch: string
}

export interface CompareApplicationInput {
  /** Instance name, see `instanceName`. */
  instance: string
  targets: readonly Target[]
  live(key: ObjectKey): KubeObject | undefined
  /** Objects whose tracking id names this application. */
  managed: readonly KubeObject[]
  records: readonly InventoryEntry[]
  kindFacts(gvk: { group: string; version: string; kind: string }): KindFacts
  ignoreDifferences?: readonly IgnoreDifference[]
  /** Answers of jq expressions that are not simple. */
  selectPaths?: PathSelector
  /** Answers of dry runs, by `formatKey`. */
  predicted?: ReadonlyMap<string, KubeObject>
  /** Why an object could not be read: it is `Unknown`, never missing and never extra. */
  unreadable?(key: ObjectKey): string | undefined
  syncOptions?: SyncOptions
}

export interface ComparedResource {
  key: ObjectKey
  apiVersion: string
  /** Blank for hooks. */
  sync: SyncStatusCode | ''
  comparison: Comparison
  target: Target | undefined
  live: KubeObject | undefined
  record: InventoryEntry | undefined
  hook: boolean
  wave: number
  requiresPruning: boolean
  /** In the inventory with this uid, so that deleting it is allowed (invariant 3). */
  prunable: boolean
  options: ResourceOptions
}

export interface ApplicationComparison {
  sync: SyncStatusCode
  /** Sorted by group, kind, namespace and name. */
  resources: ComparedResource[]
  /** Those that only a dry run settles; ask, then compare again with `predicted`. */
  undecided: ComparedResource[]
  /** `SharedResourceWarning` texts. */
  warnings: string[]
  /** Targets whose live object says that it belongs to another application. */
  shared: { key: ObjectKey; application: string }[]
  /** Instance name of this application. */
  instance: string
}

/** Compares all objects of an application (`argocd.md` §2.2); hooks are listed, but never make it OutOfSync. */
export function compareApplication(input: CompareApplicationInput): ApplicationComparison {
  const records = new Map(input.records.map((record) => [formatKey(record.key), record]))
  const wanted = new Set<string>()
  const rows: { id: string; resource: ComparedResource }[] = []
  const shared: ApplicationComparison['shared'] = []
  for (const target of input.targets) {
    const id = formatKey(target.key)
    wanted.add(id)
    if (target.hook.length > 0) continue
    const resource = compareTarget(input, target, records.get(id))
    rows.push({ id, resource })
    const other = otherOwner(input.instance, resource)
    if (other !== undefined) shared.push({ key: target.key, application: other })
  }
  for (const live of input.managed) {
    const id = formatKey(keyOf(live))
    if (wanted.has(id)) continue
    const resource = compareExtra(input, live, records.get(id))
    if (resource !== undefined) rows.push({ id, resource })
  }
  rows.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const resources = rows.map(({ resource }) => resource)
  return {
    sync: aggregateSync(resources),
    resources,
    undecided: resources.filter(
      (resource) => resource.comparison.state === 'unknown' && resource.live !== undefined,
    ),
    warnings: shared.map(
      ({ key, application }) => `${formatKey(key)} also belongs to the application ${application}`,
    ),
    shared,
    instance: input.instance,
  }
}

function compareTarget(
  input: CompareApplicationInput,
  target: Target,
  record: InventoryEntry | undefined,
): ComparedResource {
  const { object, key } = target
  const live = input.live(key)
  const unreadable = input.unreadable?.(key)
  const { schema, epoch } = input.kindFacts(gvkOf(object))
  const predicted = input.predicted?.get(formatKey(key))
  const comparison: Comparison =
    unreadable === undefined
      ? compareObject({
          target,
          live,
          record,
          schema,
          schemaEpoch: epoch,
          selectPaths: input.selectPaths,
          ...(input.ignoreDifferences === undefined ? {} : { ignoreDifferences: input.ignoreDifferences }),
          ...(predicted === undefined ? {} : { predicted }),
        })
      : { state: 'unknown', reason: unreadable, needs: 'nothing' }
  return {
    key,
    apiVersion: object.apiVersion,
    sync: syncOf(comparison, unreadable !== undefined),
    comparison,
    target,
    live,
    record:
      record === undefined || live === undefined
        ? record
        : keptRecord(comparison, { record, live, target, schema }),
    hook: false,
    wave: target.wave,
    requiresPruning: false,
    prunable: false,
    options: target.options,
  }
}

function keptRecord(
  { state }: Comparison,
  {
    record,
    live,
    target,
    schema,
  }: { record: InventoryEntry; live: KubeObject; target: Target; schema: TypeSchema | undefined },
): InventoryEntry {
  return state === 'clean' ? record : keepPaths(record, live, { target, schema })
}

const noOptions = parseSyncOptions()

/** Objects with owners belong to their owners; copies of a tracking id claim nothing. */
function compareExtra(
  input: CompareApplicationInput,
  live: KubeObject,
  record: InventoryEntry | undefined,
): ComparedResource | undefined {
  if ((live.metadata.ownerReferences ?? []).length > 0) return undefined
  if (selfTrackingOf(live) !== input.instance) return undefined
  const hook = isHook(live)
  return {
    key: keyOf(live),
    apiVersion: live.apiVersion,
    sync: hook ? '' : 'OutOfSync',
    comparison: { state: 'extra', reason: 'Git does not hold it', needs: 'nothing' },
    target: undefined,
    live,
    record,
    hook,
    wave: waveOf(live),
    requiresPruning: !hook,
    prunable: !hook && record !== undefined && record.uid !== '' && record.uid === live.metadata.uid,
    options: resourceOptionsOf(live, input.syncOptions ?? noOptions),
  }
}

function syncOf({ state }: Comparison, unreadable: boolean): SyncStatusCode {
  if (unreadable) return 'Unknown'
  if (state === 'clean' || state === 'touched' || state === 'unowned') return 'Synced'
  return 'OutOfSync'
}

/** No resources at all are Synced; extra objects that say `IgnoreExtraneous` do not count. */
export function aggregateSync(resources: readonly ComparedResource[]): SyncStatusCode {
  if (resources.some((resource) => resource.sync === 'Unknown')) return 'Unknown'
  const counts = (resource: ComparedResource): boolean =>
    resource.sync === 'OutOfSync' && !(resource.requiresPruning && resource.options.ignoreExtraneous)
  return resources.some(counts) ? 'OutOfSync' : 'Synced'
}

function otherOwner(instance: string, { live }: ComparedResource): string | undefined {
  const owner = live === undefined ? undefined : selfTrackingOf(live)
  return owner === instance ? undefined : owner
}

/**
 * The inventory after a pass without writes: records of objects that still exist, and extra objects that were seen for the
 * first time and are not on their way out. What was replaced by an object of another uid keeps no record unless that object
 * tracks this application.
 */
export function inventoryAfter(comparison: ApplicationComparison): InventoryEntry[] {
  const entries: InventoryEntry[] = []
  for (const { live, record, hook, requiresPruning } of comparison.resources) {
    if (hook) continue
    if (live === undefined) {
      if (record !== undefined && !requiresPruning) entries.push(record)
    } else if (record !== undefined && record.uid === live.metadata.uid) entries.push(record)
    else if (requiresPruning && live.metadata.deletionTimestamp === undefined)
      entries.push(recordOfSeen(live))
  }
  return entries
}
