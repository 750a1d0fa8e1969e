import type {
  Application,
  ApplicationSource,
  HealthStatusCode,
  IgnoreDifference,
  ResourceStatus,
  SyncStatusCode,
} from '@driftless/api'
import { fieldManager, messageOf } from '@driftless/api'
import { formatKey, gvkOf, type KubeObject, keyOf, type ObjectKey } from '@driftless/apimachinery'
import {
  type ApplicationComparison,
  aggregateHealth,
  type ComparedResource,
  compareApplication,
  dropUndeclared,
  type InventoryEntry,
  inventoryAfter,
  instanceName,
  type KindFacts,
  parseSyncOptions,
  type PathSelector,
  recordOf,
  recordOfAgreed,
  type Target,
} from '@driftless/engine'
import { applyManaged } from '@driftless/kube'
import type { ClusterConnection } from './clusters.ts'
import { sourcesOf } from './application-sources.ts'
import type { DesiredState } from './desired-state.ts'
import { readKindFacts } from './kind-facts.ts'
import { conditionsOf } from './comparison-conditions.ts'
import { imagesOf, judge, linksOf, rowOf } from './comparison-rows.ts'
import type { PlannerContext } from './planner-context.ts'
import { isPermittedLive, namespaceDrift } from './project-limits.ts'
import { isExcluded } from './settings.ts'

export interface CompareRequest {
  application: Application
  connection: ClusterConnection
  desired: DesiredState
  inventory: ReadonlyMap<string, InventoryEntry>
  /** Answers of our own writes that the watch may not have brought yet; null for what was deleted. */
  written?: ReadonlyMap<string, KubeObject | null>
  /** Answers of earlier dry runs, kept by the caller between passes. */
  predictions?: Predictions
  signal?: AbortSignal
}

/** Dry-run answers by object, each good for one version of the live object and one desired object. */
export type Predictions = Map<string, { of: string; predicted: KubeObject | undefined; message: string }>

export interface Comparison {
  sync: SyncStatusCode
  health: { status: HealthStatusCode; message: string }
  /** Rows for `status.resources`. */
  resources: ResourceStatus[]
  conditions: { type: string; message: string }[]
  images: string[]
  /** Owners of pods that may yet say why something is Degraded. */
  unexplained: string[]
  /** Addresses under which people reach what is deployed. */
  externalURLs: string[]
  /** Whether it deploys Applications. */
  isAppOfApps: boolean
  sources: ApplicationSource[]
  compared: ApplicationComparison
  /** The inventory as it is after looking, before any write. */
  inventory: InventoryEntry[]
  facts(gvk: { group: string; version: string; kind: string }): KindFacts
  /** Those of Git that the administrator did not exclude. */
  targets: Target[]
  /** The application's and the administrator's. */
  ignoreDifferences: IgnoreDifference[]
  selectPaths: PathSelector
  /** What to remember of an apply, from its answer. */
  record(target: Target, answer: KubeObject): Promise<InventoryEntry>
}

/** Compares without a request where ownership and values tell; asks for a dry run only where they do not. */
export async function compareWithLive(context: PlannerContext, request: CompareRequest): Promise<Comparison> {
  const { application, connection } = request
  const view = await viewOf(context, request)
  const { targets, ignoreDifferences, facts } = view
  const predicted = new Map<string, KubeObject>()
  const compareOnce = () =>
    compareApplication({
      ...view,
      records: [...request.inventory.values()],
      kindFacts: facts,
      predicted,
      unreadable: (key) => unreadable(request, key),
      syncOptions: parseSyncOptions(application.spec.syncPolicy?.syncOptions),
      selectPaths: context.jq.select,
    })
  let compared = compareOnce()
  if (compared.undecided.length > 0) {
    await predict(request, compared.undecided, predicted)
    await context.jq.prepare(ignoreDifferences, predicted.values())
    if (predicted.size > 0) compared = compareOnce()
  }
  const drift = namespaceDrift(application, connection)
  const judged = await judge(context, compared.resources, connection)
  const record = recorder(context, view)
  return {
    sync: drift !== undefined && compared.sync === 'Synced' ? 'OutOfSync' : compared.sync,
    health: aggregateHealth(judged.filter(({ live }) => !isItself(application, live))),
    resources: judged.map((row) => rowOf(row, schemaOf(facts, row))),
    conditions: conditionsOf({
      request,
      targets,
      compared,
      drift,
      problems: view.problems,
      project: view.project,
    }),
    images: imagesOf(compared.resources),
    unexplained: judged.flatMap(({ health, live }) =>
      health === undefined || live === undefined
        ? []
        : context.podReasons.unexplained(health, live, connection),
    ),
    ...linksOf(compared.resources),
    sources: sourcesOf(application),
    compared,
    targets,
    ignoreDifferences,
    selectPaths: context.jq.select,
    record: async (target, live) => {
      await context.jq.prepare(ignoreDifferences, [live])
      return record.ofApplied(target, live)
    },
    inventory: learnt(compared, { record: record.ofAgreed, predicted }),
    facts,
  }
}

/** An application that manages itself would wait for its own health. */
function isItself({ kind, metadata }: Application, live: KubeObject | undefined): boolean {
  return live?.kind === kind && metadata.uid !== undefined && live.metadata.uid === metadata.uid
}

/** What is compared: the targets and live objects that settings and project leave, and what is known of their kinds. */
async function viewOf(context: PlannerContext, request: CompareRequest) {
  const { application, connection, desired } = request
  const instance = instanceOf(application, context.controlNamespace)
  const project = context.findProject(application.spec.project)
  const settings = context.settings()
  const seen = (key: ObjectKey): boolean => !isExcluded(settings, key, connection.name)
  const managed = liveObjectsOf(request, instance).filter((object) => {
    const key = keyOf(object)
    return seen(key) && isPermittedLive(project, connection, key)
  })
  const ignoreDifferences = [...(application.spec.ignoreDifferences ?? []), ...settings.ignoreDifferences]
  const facts = await readKindFacts(connection.client, kindsOf(desired, managed))
  const targets = desired.targets
    .filter(({ key }) => seen(key))
    .map((target) => dropUndeclared(target, facts(gvkOf(target.object)).schema))
  const foreign = await readForeign(request, instance)
  const live = (key: ObjectKey) => foreign.get(formatKey(key)) ?? liveObject(request, key)
  const problems = await context.jq.prepare(ignoreDifferences, objectsOf(targets, live))
  return { instance, project, targets, managed, ignoreDifferences, facts, live, problems }
}

function schemaOf(facts: Comparison['facts'], { live, target }: ComparedResource) {
  const object = target?.object ?? live
  return object === undefined ? undefined : facts(gvkOf(object)).schema
}

function recorder(
  context: PlannerContext,
  view: { facts: Comparison['facts']; ignoreDifferences: IgnoreDifference[] },
) {
  const contextOf = (target: Target) => {
    const { schema, epoch } = view.facts(gvkOf(target.object))
    const { ignoreDifferences } = view
    return { target, schema, schemaEpoch: epoch, ignoreDifferences, selectPaths: context.jq.select }
  }
  return {
    ofApplied: (target: Target, answer: KubeObject) => recordOf(answer, contextOf(target)),
    ofAgreed: (target: Target, live: KubeObject) => recordOfAgreed(live, contextOf(target)),
  }
}

export function instanceOf(application: Application, controlNamespace: string): string {
  const { namespace, name } = application.metadata
  return instanceName({ namespace: namespace ?? controlNamespace, name }, controlNamespace)
}

/** The newest that is known of a live object: what our own write answered, or what the watch brought. */
function liveObject(request: CompareRequest, key: ObjectKey): KubeObject | undefined {
  const written = request.written?.get(formatKey(key))
  if (written === null) return undefined
  return written ?? request.connection.live.get(key)?.object
}

function liveObjectsOf(request: CompareRequest, instance: string): KubeObject[] {
  const objects = new Map<string, KubeObject>()
  for (const live of request.connection.live.managedBy(instance))
    objects.set(formatKey(live.key), live.object)
  for (const [id, written] of request.written ?? []) {
    if (written === null) objects.delete(id)
    else objects.set(id, written)
  }
  return [...objects.values()]
}

function* kindsOf(desired: DesiredState, managed: KubeObject[]) {
  for (const target of desired.targets) yield gvkOf(target.object)
  for (const object of managed) yield gvkOf(object)
}

/** The cache holds whole objects only of applications; what somebody else made is read before it is compared. */
async function readForeign(request: CompareRequest, instance: string): Promise<Map<string, KubeObject>> {
  const found = new Map<string, KubeObject>()
  const { connection, desired, written } = request
  await Promise.all(
    desired.targets.map(async ({ key, object, hook }) => {
      const id = formatKey(key)
      if (hook.length > 0 || written?.has(id)) return
      const live = connection.live.get(key)
      if (live === undefined || live.application === instance || live.application !== undefined) return
      const whole = await connection.client.find({
        apiVersion: object.apiVersion,
        kind: object.kind,
        name: key.name,
        ...(key.namespace === '' ? {} : { namespace: key.namespace }),
      })
      if (whole !== undefined) found.set(id, whole)
    }),
  )
  return found
}

/** Why an object cannot be judged; undefined when it can, or when its kind is yet to be defined. */
function unreadable({ connection, written }: CompareRequest, key: ObjectKey): string | undefined {
  // Of a kind that is followed only since our own write, the answer to that write is what is known.
  if (written?.has(formatKey(key))) return undefined
  const { state, message } = connection.live.kindState(key)
  if (state === 'synced' || state === 'absent') return undefined
  return message === '' ? `objects of kind ${key.kind} were not read yet` : message
}

async function predict(
  request: CompareRequest,
  undecided: ComparedResource[],
  predicted: Map<string, KubeObject>,
): Promise<void> {
  const known = request.predictions
  await Promise.all(
    undecided.map(async ({ key, target, live, comparison }) => {
      if (target === undefined || live === undefined || comparison.needs !== 'dry-run') return
      const id = formatKey(key)
      const of = `${live.metadata.resourceVersion ?? ''} ${target.hash}`
      let answer = known?.get(id)
      if (answer?.of !== of) {
        answer = { of, ...(await dryRun(request, target.object)) }
        known?.set(id, answer)
      }
      if (answer.predicted !== undefined) predicted.set(id, answer.predicted)
    }),
  )
}

/** A dry run that is refused decides nothing: the sync itself will say why. */
async function dryRun(
  request: CompareRequest,
  object: KubeObject,
): Promise<{ predicted: KubeObject | undefined; message: string }> {
  try {
    const predicted = await applyManaged(request.connection.client, object, {
      manager: fieldManager,
      dryRun: true,
      validate: false,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    })
    return { predicted, message: '' }
  } catch (error) {
    return { predicted: undefined, message: messageOf(error) }
  }
}

/** An object that an apply would leave as it is gets its record now, so that the next look costs nothing. */
function learnt(
  compared: ApplicationComparison,
  input: {
    record(target: Target, live: KubeObject): InventoryEntry
    predicted: Map<string, KubeObject>
  },
): InventoryEntry[] {
  const entries = new Map(inventoryAfter(compared).map((entry) => [formatKey(entry.key), entry]))
  for (const { key, target, live, record, comparison } of compared.resources) {
    if (comparison.state !== 'clean' || target === undefined || live === undefined) continue
    if (!input.predicted.has(formatKey(key)) || !(isOurs(live) || wasApplied(record))) continue
    entries.set(formatKey(key), input.record(target, live))
  }
  return [...entries.values()]
}

/** Of this very object: one of another uid is `replaced`, never `clean`. */
function wasApplied(record: InventoryEntry | undefined): boolean {
  return record !== undefined && record.desiredHash !== ''
}

function isOurs(live: KubeObject): boolean {
  return (live.metadata.managedFields ?? []).some(
    ({ manager, operation }) => manager === fieldManager && operation === 'Apply',
  )
}

function* objectsOf(
  targets: readonly Target[],
  liveOf: (key: ObjectKey) => KubeObject | undefined,
): Iterable<KubeObject> {
  for (const target of targets) {
    yield target.object
    const live = liveOf(target.key)
    if (live !== undefined) yield live
  }
}
