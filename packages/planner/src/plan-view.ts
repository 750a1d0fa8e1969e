import type { Operation, PlannedResource, PlanView } from '@driftless/api'
import { formatKey, gvkOf, type KubeObject, parseApiVersion } from '@driftless/apimachinery'
import { diffObjects, foreignAdditions, maskSecrets, type PlannedItem } from '@driftless/engine'
import { formatYaml } from './format-yaml.ts'
import { type Comparison, compareWithLive } from './compare.ts'
import { readDesiredState } from './desired-state.ts'
import { checkApplication, checkTargets } from './check-application.ts'
import { decodeInventory } from '@driftless/engine'
import type { PlannerContext } from './planner-context.ts'
import type { PlannerOptions, PlanRequest } from './planner-options.ts'
import { checkNamespaces, planOperation } from './sync-plan.ts'

/** What a sync would do now, for people: in order, field by field, secrets hidden. */
export async function planApplication(options: PlannerContext, request: PlanRequest): Promise<PlanView> {
  const { application } = request
  const connection = checkApplication(options, application)
  await connection.live.ready
  const wanted = request.revision
  const desired = await readDesiredState(options, {
    application,
    connection,
    maxAgeMs: 10_000,
    signal: request.signal,
    ...(wanted === undefined ? {} : { revisions: [wanted] }),
  })
  checkTargets(options, { application, connection, targets: desired.targets })
  checkNamespaces(options, {
    application,
    connection,
    namespaces: desired.targets.map((target) => target.key.namespace).filter((namespace) => namespace !== ''),
  })
  const inventory = decodeInventory(application.status?.driftless?.inventory)
  const comparison = await compareWithLive(options, {
    application,
    connection,
    desired,
    inventory: new Map(inventory.map((entry) => [formatKey(entry.key), entry])),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  })
  const operation: Operation = {
    sync: { prune: true, syncOptions: application.spec.syncPolicy?.syncOptions },
  }
  const plan = planOperation(options, {
    application,
    connection,
    desired,
    comparison,
    operation,
    startedAt: new Date(0).toISOString(),
  })
  return {
    hash: plan.hash,
    revision: desired.revisions[0] ?? '',
    revisionSubject: await readSubject(options, request, desired.revisions[0] ?? ''),
    resources: plan.items.map((item) => viewOf(item, comparison)),
    counts: plan.counts,
    warnings: [
      ...desired.warnings.map(({ message }) => message),
      ...(plan.guard === undefined ? [] : [plan.guard.message]),
      ...(plan.items.length === 0 ? ['Git holds no objects at this path.'] : []),
    ],
  }
}

function viewOf(item: PlannedItem, comparison: Comparison): PlannedResource {
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
    liveYaml: live === undefined ? '' : manifestYaml(live),
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

/** As YAML for people: without what the server keeps for itself, secret values as `***`. */
export function manifestYaml(object: KubeObject): string {
  const { managedFields: _managedFields, ...metadata } = object.metadata
  return formatYaml(maskSecrets({ ...object, metadata: metadata }))
}

async function readSubject(options: PlannerOptions, request: PlanRequest, revision: string): Promise<string> {
  const { application } = request
  const source = application.spec.sources?.[0] ?? application.spec.source
  if (source === undefined || revision === '') return ''
  const access = await options.accessFor(application.metadata.namespace ?? '', source.repoURL)
  const commit = await options.source.commit(access, revision)
  return commit.subject
}
