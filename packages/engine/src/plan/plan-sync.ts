import { annotations as keys, type HookType, type PlanAction, type SyncPhase } from '@driftless/api'
import { formatKey, type KubeObject, type ObjectKey, stableHash } from '@driftless/apimachinery'
import type { ComparedResource } from '../compare/compare-application.ts'
import type { Target } from '../normalize/prepare-targets.ts'
import { resourceOptionsOf, type ResourceOptions } from '../normalize/sync-options.ts'
import { trackAs } from '../normalize/tracking.ts'
import { orderTasks } from '../order/order-tasks.ts'
import type { SyncTask } from '../order/sync-task.ts'
import { namespaceTask } from './namespace-task.ts'
import type { PlanInput, SyncRequestOptions } from './plan-input.ts'
import { pruneGuard, type PruneGuard } from './prune-guard.ts'
import { respectIgnored } from './respect-ignored.ts'

export interface PlannedItem {
  action: PlanAction
  key: ObjectKey
  apiVersion: string
  phase: SyncPhase
  wave: number
  message: string
  live: KubeObject | undefined
  target: KubeObject | undefined
}

export interface SyncPlan {
  /** In the order in which they are done. */
  items: PlannedItem[]
  /** Phase by phase and wave by wave; SyncFail hooks are the last groups. */
  groups: SyncTask[][]
  /** Of everything that the plan would do. */
  hash: string
  /** Set when the plan deletes so much that a person should look (decision 12). */
  guard: PruneGuard | undefined
  /** Why the sync must not begin: two applications under one field manager would erase each other's fields. */
  refusal: string | undefined
  /** Hooks, several waves or custom resources: a server dry run goes first (decision 7). */
  needsDryRun: boolean
  counts: Record<PlanAction, number>
}

const corePhases: readonly HookType[] = ['PreSync', 'Sync', 'PostSync', 'SyncFail']

/** What a sync would do, in order. */
export function planSync(input: PlanInput): SyncPlan {
  const compared = new Map(input.comparison.resources.map((entry) => [formatKey(entry.key), entry]))
  const tasks = [...applyTasks(input, compared), ...hookTasks(input), ...pruneTasks(input)]
  const namespace = namespaceTask(input)
  if (namespace !== undefined) tasks.push(namespace)
  const groups = orderTasks(tasks)
  const items = groups.flatMap(asDone).map((task) => itemOf(task, compared.get(formatKey(task.key))))
  const counts: Record<PlanAction, number> = {
    create: 0,
    update: 0,
    prune: 0,
    replace: 0,
    unchanged: 0,
    hook: 0,
  }
  for (const item of items) counts[item.action] += 1
  return {
    items,
    groups,
    hash: planHash(items, input),
    refusal: sharedRefusal(input),
    guard: pruneGuard(input, groups.flat()),
    needsDryRun: needsDryRun(groups),
    counts,
  }
}

/** Inside a wave what is pruned goes before anything is applied (Argo CD behaviour). */
function asDone(group: SyncTask[]): SyncTask[] {
  return [...group.filter(({ verb }) => verb === 'prune'), ...group.filter(({ verb }) => verb !== 'prune')]
}

/** Whether an entry of `operation.sync.resources` names the object. */
export function isSelected(key: ObjectKey, selection: SyncRequestOptions['resources']): boolean {
  if (selection === undefined || selection.length === 0) return true
  return selection.some(
    (entry) =>
      (entry.group ?? '') === key.group &&
      entry.kind === key.kind &&
      entry.name === key.name &&
      (entry.namespace === undefined || entry.namespace === '' || entry.namespace === key.namespace),
  )
}

function applyTasks(input: PlanInput, compared: ReadonlyMap<string, ComparedResource>): SyncTask[] {
  return input.targets
    .filter((target) => target.hook.length === 0 && isSelected(target.key, input.request.resources))
    .map((target) => ({ target, row: compared.get(formatKey(target.key)) }))
    .filter(({ row }) => !(input.syncOptions.applyOutOfSyncOnly && row?.sync === 'Synced'))
    .map(({ target, row }) => applyTask(target, input, row))
}

function applyTask(target: Target, input: PlanInput, row: ComparedResource | undefined): SyncTask {
  const { syncOptions, request } = input
  const own = resourceOptionsOf(target.object, syncOptions, row?.live)
  const options = { ...own, force: own.force || request.force === true }
  const state = row?.comparison.state
  return {
    id: `apply ${formatKey(target.key)}`,
    verb: 'apply',
    phase: 'Sync',
    wave: target.wave,
    key: target.key,
    apiVersion: target.object.apiVersion,
    deletePolicies: [],
    options,
    object: syncOptions.respectIgnoreDifferences
      ? respectIgnored(target.object, row?.live, input)
      : target.object,
    // What was touched or is unowned is right, but an apply makes it ours again.
    unchanged: state === 'clean' && !options.replace && request.force !== true,
  }
}

/** With `FailOnSharedResource`, or where the other application exists. Otherwise the object is taken over. */
function sharedRefusal(input: PlanInput): string | undefined {
  const shared = input.comparison.shared.find(
    ({ application }) =>
      input.syncOptions.failOnSharedResource || input.applicationExists?.(application) === true,
  )
  if (shared === undefined) return undefined
  return `${shared.key.kind} ${shared.key.name} is part of the applications ${input.comparison.instance} and ${shared.application}`
}

/** Hooks run once in each phase they name; not in partial syncs, nor with the apply strategy. */
function hookTasks(input: PlanInput): SyncTask[] {
  if (input.request.applyOnly === true || (input.request.resources?.length ?? 0) > 0) return []
  return input.targets.flatMap((target) => {
    if (target.hook.includes('Skip')) return []
    const phases = target.hook.filter((hook): hook is SyncPhase => corePhases.includes(hook))
    return phases.map((phase) => hookTask(target, phase, input))
  })
}

function hookTask(target: Target, phase: SyncPhase, { naming, syncOptions }: PlanInput): SyncTask {
  const { generateName } = target.object.metadata
  const generated = `${generateName ?? ''}${naming.revision.slice(0, 7)}-${phase.toLowerCase()}-${naming.startedAtSeconds}`
  const name = target.key.name === '' ? generated : target.key.name
  const key = { ...target.key, name }
  return {
    id: `hook ${phase} ${formatKey(key)}`,
    verb: 'apply',
    phase,
    wave: target.wave,
    key,
    apiVersion: target.object.apiVersion,
    hook: phase,
    deletePolicies: target.deletePolicies,
    options: resourceOptionsOf(target.object, syncOptions),
    object: target.key.name === '' ? named(target.object, name) : target.object,
    unchanged: false,
  }
}

/** The tracking id tells the name too: without it no event of the object would find its application. */
function named(object: KubeObject, name: string): KubeObject {
  const { generateName: _replaced, ...metadata } = object.metadata
  return trackAs({ ...object, metadata: { ...metadata, name } })
}

function pruneTasks(input: PlanInput): SyncTask[] {
  const tasks: SyncTask[] = []
  for (const resource of input.comparison.resources) {
    if (!resource.requiresPruning || !isSelected(resource.key, input.request.resources)) continue
    const { live } = resource
    // Those of the operation, which may be others than the comparison knew.
    const options = live === undefined ? resource.options : resourceOptionsOf(live, input.syncOptions)
    const skip = pruneSkipped(resource, options, input)
    const uid = live?.metadata.uid
    tasks.push({
      id: `prune ${formatKey(resource.key)}`,
      verb: 'prune',
      phase: 'Sync',
      wave: resource.wave,
      key: resource.key,
      apiVersion: resource.apiVersion,
      deletePolicies: [],
      options,
      unchanged: false,
      ...(uid === undefined ? {} : { uid }),
      ...(skip === undefined ? {} : { skip }),
      ...(skip === undefined && options.prune === 'confirm' && input.confirmed !== true
        ? { needsConfirmation: true }
        : {}),
    })
  }
  return tasks
}

function pruneSkipped(
  resource: ComparedResource,
  options: ResourceOptions,
  { request }: PlanInput,
): string | undefined {
  if (options.prune === 'no') return 'ignored (no prune)'
  if (!request.prune) return 'ignored (requires pruning)'
  if (!resource.prunable) return 'ignored (seen for the first time; can be pruned by the next sync)'
  return undefined
}

function itemOf(task: SyncTask, row: ComparedResource | undefined): PlannedItem {
  return {
    action: actionOf(task, row),
    key: task.key,
    apiVersion: task.apiVersion,
    phase: task.phase,
    wave: task.wave,
    message: task.skip ?? row?.comparison.reason ?? '',
    live: row?.live,
    target: task.object,
  }
}

function actionOf(task: SyncTask, row: ComparedResource | undefined): PlanAction {
  if (task.hook !== undefined) return 'hook'
  if (task.skip !== undefined) return 'unchanged'
  if (task.verb === 'prune') return 'prune'
  if (row?.live === undefined) return 'create'
  if (task.unchanged || row.sync === 'Synced') return 'unchanged'
  return task.options.replace ? 'replace' : 'update'
}

/**
 * Of what the plan does and of what it does it to: the objects as rendered, and the live ones without what their controllers write.
 * Generated hook names hold a time and do not count.
 */
function planHash(items: readonly PlannedItem[], input: PlanInput): string {
  const generated = new Set(
    input.targets
      .filter(({ key }) => key.name === '')
      .map(({ object }) => object.metadata.generateName ?? ''),
  )
  const steady = (name: string): string => [...generated].find((prefix) => name.startsWith(prefix)) ?? name
  const lines = items
    .filter((item) => item.action !== 'unchanged')
    .map(({ action, key, phase, wave, target, live }) => {
      if (action !== 'hook') return [action, formatKey(key), phase, wave, target ?? null, substanceOf(live)]
      return [
        action,
        formatKey({ ...key, name: steady(key.name) }),
        phase,
        wave,
        hookSubstance(target, steady),
      ]
    })
  return stableHash(lines)
}

function hookSubstance(target: KubeObject | undefined, steady: (name: string) => string): unknown {
  if (target === undefined) return null
  const { annotations: given = {}, ...metadata } = target.metadata
  const { [keys.trackingId]: _names, ...annotations } = given
  return { ...target, metadata: { ...metadata, name: steady(metadata.name), annotations } }
}

function substanceOf(live: KubeObject | undefined): unknown {
  if (live === undefined) return null
  const { status: _status, ...object } = live as KubeObject & { status?: unknown }
  const {
    managedFields: _fields,
    resourceVersion: _version,
    generation: _generation,
    ...metadata
  } = live.metadata
  return { ...object, metadata }
}

const builtInGroup = /^$|^(apps|batch|autoscaling|policy|extensions)$|\.k8s\.io$/

function needsDryRun(groups: readonly SyncTask[][]): boolean {
  const main = groups.filter((group) => group[0]?.phase !== 'SyncFail')
  const applied = main.flat().filter((task) => task.verb === 'apply' && !task.unchanged)
  if (applied.length === 0) return false
  const waves = main.filter((group) => group.some((task) => task.verb === 'apply')).length
  return waves > 1 || applied.some((task) => task.hook !== undefined || !builtInGroup.test(task.key.group))
}
