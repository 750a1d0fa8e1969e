import type { Operation, PlannedDependent, PlannedResource, PlanView } from '@driftless/api'
import { formatKey, gvkOf, type JsonValue, type KubeObject, parseApiVersion } from '@driftless/apimachinery'
import {
  decodeInventory,
  diffObjects,
  foreignAdditions,
  maskSecrets,
  type PlannedItem,
} from '@driftless/engine'
import { checkApplication } from './check-application.ts'
import type { ClusterConnection } from './clusters.ts'
import { type Comparison, compareWithLive } from './compare.ts'
import { formatYaml } from './format-yaml.ts'
import { inOrderOf } from './in-order-of.ts'
import type { PlannerContext } from './planner-context.ts'
import type { PlanRequest } from './planner-options.ts'
import { readDesired } from './read-desired.ts'
import { subjectOf } from './revision-subject.ts'
import { planOperation, syncOptionsOf } from './sync-plan.ts'

/** What a sync would do now, for people: in order, field by field, secrets hidden. */
export async function planApplication(options: PlannerContext, request: PlanRequest): Promise<PlanView> {
  const { application, signal, local } = request
  const connection = checkApplication(options, application)
  await connection.live.ready
  const revisions = request.revisions ?? (request.revision === undefined ? undefined : [request.revision])
  const desired = await readDesired(options, {
    application,
    connection,
    maxAgeMs: 10_000,
    signal,
    local,
    ...(revisions === undefined ? {} : { revisions }),
  })
  const inventory = decodeInventory(application.status?.driftless?.inventory)
  const comparison = await compareWithLive(options, {
    application,
    connection,
    desired,
    inventory: new Map(inventory.map((entry) => [formatKey(entry.key), entry])),
    ...(signal === undefined ? {} : { signal }),
  })
  const operation = operationOf(request)
  const plan = planOperation(options, {
    application,
    connection,
    desired,
    comparison,
    operation,
    startedAt: new Date(0).toISOString(),
  })
  const policy = syncOptionsOf(application, operation).prunePropagationPolicy
  const revision = desired.revisions[0] ?? ''
  return {
    hash: plan.hash,
    revision,
    revisions: desired.revisions,
    revisionSubject: local === undefined ? await subjectOf(options, application, revision) : 'local files',
    prunePropagationPolicy: policy,
    resources: plan.items.map((item) => ({
      ...viewOf(item, comparison),
      dependents: item.action === 'prune' && policy !== 'Orphan' ? dependentsOf(connection, item) : [],
    })),
    counts: plan.counts,
    warnings: [
      ...desired.warnings.map(({ message }) => message),
      ...(plan.refusal === undefined ? [] : [plan.refusal]),
      ...(plan.guard === undefined ? [] : [plan.guard.message]),
      ...(plan.items.length === 0
        ? [`${local === undefined ? 'Git' : 'The folder'} holds no objects at this path.`]
        : []),
    ],
  }
}

function operationOf({ application, prune = true, applyOnly = false }: PlanRequest): Operation {
  const syncOptions = application.spec.syncPolicy?.syncOptions
  return { sync: { prune, syncOptions, ...(applyOnly ? { syncStrategy: { apply: {} } } : {}) } }
}

const maxDependents = 1000

/** What goes with an object by owner references, nearest first; with the policy `Orphan` it all stays. */
function dependentsOf(connection: ClusterConnection, item: PlannedItem): PlannedDependent[] {
  const found = new Map<string, PlannedDependent>()
  const todo = [item.live?.metadata.uid]
  for (let uid = todo.shift(); uid !== undefined && found.size < maxDependents; uid = todo.shift()) {
    for (const child of connection.live.childrenOf(uid)) {
      if (found.has(child.uid)) continue
      const { group, kind, namespace, name } = child.key
      found.set(child.uid, { group, kind, namespace, name })
      todo.push(child.uid)
    }
  }
  return [...found.values()]
}

function viewOf(item: PlannedItem, comparison: Comparison): Omit<PlannedResource, 'dependents'> {
  const { group, version } = parseApiVersion(item.apiVersion)
  const live = item.live
  return {
    action: item.action,
    group,
    version,
    kind: item.key.kind,
    namespace: item.key.namespace,
    name: item.key.name,
    phase: item.phase,
    wave: item.wave,
    changes: changesOf(item, comparison),
    ...additionsOf(item, comparison),
    liveYaml: live === undefined ? '' : manifestYaml(live, item.target),
    targetYaml: item.target === undefined ? '' : manifestYaml(item.target),
    message: item.message,
  }
}

function changesOf({ action, live, target }: PlannedItem, comparison: Comparison) {
  if (live === undefined || target === undefined || action === 'unchanged') return []
  const { schema } = comparison.facts(gvkOf(target))
  return diffObjects({ live, target, schema })
}

function additionsOf({ live, target }: PlannedItem, comparison: Comparison) {
  if (live === undefined || target === undefined) return {}
  const { schema } = comparison.facts(gvkOf(target))
  const additions = foreignAdditions({ live, target, schema })
  return additions.length === 0 ? {} : { additions }
}

/**
 * As YAML for people: in the usual order or that of `pattern`, without what the server keeps for itself, secret values
 * as `***`.
 */
export function manifestYaml(object: KubeObject, pattern?: KubeObject): string {
  const { apiVersion, kind, metadata: whole, ...rest } = object
  const { managedFields: _managedFields, ...metadata } = whole
  const shown = maskSecrets({ apiVersion, kind, metadata, ...rest })
  return formatYaml(inOrderOf(shown as unknown as JsonValue, pattern as unknown as JsonValue | undefined))
}
