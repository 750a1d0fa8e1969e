import type { Application } from '@driftless/api'
import { formatKey, gvkOf, type KubeObject, type ObjectKey } from '@driftless/apimachinery'
import { decodeInventory, type InventoryEntry, type RequestResult, type SyncState } from '@driftless/engine'
import type { LiveCache, LiveChange } from '@driftless/kube'
import type { DesiredState, Predictions } from '@driftless/planner'

/** A sync that is being driven; lost with the process and rebuilt from `status.operationState` and the live objects. */
export interface RunningSync {
  /** Names the operation on its hooks; stays the same over a restart. */
  operationId: string
  state: SyncState
  /** Answers that the machine has not heard yet. */
  results: RequestResult[]
  /** How often each request was refused in a way that may pass. */
  refused: Map<string, number>
}

/** What is remembered of an application between two passes. All of it can be lost at any moment. */
export interface ApplicationRuntime {
  uid: string | undefined
  /** Newest version of the Application that we saw as the answer to our own write. */
  latest: Application | undefined
  desired: DesiredState | undefined
  inventory: Map<string, InventoryEntry>
  /** Version of the Application that the inventory was read from. */
  inventoryVersion: string | undefined
  /** Answers of our own writes that the watch may not have brought yet; null for what we deleted. */
  written: Map<string, KubeObject | null>
  /** The cluster that `written` and `predictions` are about. */
  cluster: string | undefined
  /** Answers of dry runs. */
  predictions: Predictions
  /** Owners of pods that may yet say why something is Degraded. */
  unexplained: ReadonlySet<string>
  sync: RunningSync | undefined
  /** Passes in a row that failed. */
  failures: number
  /** Since this life began the server itself said how the Application is: to a read, or to a write bound to its version. */
  confirmed: boolean
}

export function createRuntime(application: Application): ApplicationRuntime {
  return {
    uid: application.metadata.uid,
    latest: undefined,
    desired: undefined,
    inventory: inventoryOf(application),
    inventoryVersion: application.metadata.resourceVersion,
    written: new Map(),
    cluster: undefined,
    predictions: new Map(),
    unexplained: new Set(),
    sync: undefined,
    failures: 0,
    confirmed: false,
  }
}

function inventoryOf({ status }: Application): Map<string, InventoryEntry> {
  const entries = decodeInventory(status?.driftless?.inventory)
  return new Map(entries.map((entry) => [formatKey(entry.key), entry]))
}

/**
 * Until the server itself said how the Application is, the inventory is that of the newest version seen: the first one may
 * have been old, and would bring back what was pruned since.
 */
export function followInventory(runtime: ApplicationRuntime, application: Application): void {
  const { resourceVersion } = application.metadata
  if (runtime.inventoryVersion === resourceVersion) return
  runtime.inventory = inventoryOf(application)
  runtime.inventoryVersion = resourceVersion
}

/**
 * Remembers the answer of our own write, null for what was deleted, unless the watch was faster: it may have brought what
 * somebody else wrote since, and would not bring it again.
 */
export function noteWritten(runtime: ApplicationRuntime, live: LiveCache, written: Written): void {
  if (isOvertaken(live, written)) runtime.written.delete(formatKey(written.key))
  else runtime.written.set(formatKey(written.key), written.answer)
}

interface Written {
  key: ObjectKey
  uid: string
  answer: KubeObject | null
}

function isOvertaken(live: LiveCache, { key, uid, answer }: Written): boolean {
  const seen = live.get(key)
  if (answer === null) return seen?.uid !== uid
  const { resourceVersion } = answer.metadata
  if (seen !== undefined) return !isOlder(seen.resourceVersion, resourceVersion)
  return isReadUpTo(live.kindState(key).version, resourceVersion)
}

/**
 * Takes a watch event into account; false when it is only the echo of our own write, which needs no pass.
 */
export function noteLiveObject(runtime: ApplicationRuntime, cluster: string, change: LiveChange): boolean {
  if (runtime.cluster !== cluster) return true
  const id = formatKey(change.key)
  const written = runtime.written.get(id)
  if (written === undefined) return true
  if (written === null) {
    if (change.type !== 'MODIFIED') runtime.written.delete(id)
    return true
  }
  if (change.type === 'DELETED' && change.object.uid === written.metadata.uid) {
    // However old the version it was last seen with, as when its whole kind goes: an incarnation does not come back.
    runtime.written.delete(id)
    return true
  }
  if (isOlder(change.object.resourceVersion, written.metadata.resourceVersion)) return false
  const echo = change.object.resourceVersion === written.metadata.resourceVersion && change.type !== 'DELETED'
  runtime.written.delete(id)
  return !echo
}

/**
 * Every object of a kind as of `version` was read: what we wrote up to then is either held or gone. True when something
 * that no event told of is settled by that.
 */
export function noteKindRead(
  runtime: ApplicationRuntime,
  cluster: string,
  read: { kind: { group: string; kind: string }; version: string },
): boolean {
  if (runtime.cluster !== cluster) return false
  let settled = false
  for (const [id, written] of runtime.written) {
    if (written === null) continue
    const { group, kind } = gvkOf(written)
    if (group !== read.kind.group || kind !== read.kind.kind) continue
    if (!isReadUpTo(read.version, written.metadata.resourceVersion)) continue
    runtime.written.delete(id)
    settled = true
  }
  return settled
}

/** What is remembered of one cluster says nothing of another. */
export function followCluster(runtime: ApplicationRuntime, cluster: string): void {
  if (runtime.cluster === cluster) return
  runtime.written.clear()
  runtime.predictions.clear()
  runtime.cluster = cluster
}

/** Resource versions of one kind are ordered numbers since Kubernetes 1.35 (KEP-5504); others count as newer. */
export function isOlder(version: string | undefined, than: string | undefined): boolean {
  const [left, right] = [numberOf(version), numberOf(than)]
  return left !== undefined && right !== undefined && left < right
}

/** Whether a kind that was read up to `version` was read past `written`; of versions that are no numbers nobody knows. */
function isReadUpTo(version: string | undefined, written: string | undefined): boolean {
  const [left, right] = [numberOf(version), numberOf(written)]
  return left !== undefined && right !== undefined && left >= right
}

function numberOf(version: string | undefined): bigint | undefined {
  return version !== undefined && /^\d+$/.test(version) ? BigInt(version) : undefined
}

/** The newer of what the informer holds and what our own last write answered. */
export function newestApplication(runtime: ApplicationRuntime, seen: Application): Application {
  const { latest } = runtime
  if (latest !== undefined && isOlder(seen.metadata.resourceVersion, latest.metadata.resourceVersion))
    return latest
  runtime.latest = undefined
  return seen
}
