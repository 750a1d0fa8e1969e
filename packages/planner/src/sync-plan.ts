import { type Application, annotations, AppError, labels, type Operation } from '@driftless/api'
import {
  applicationOfInstance,
  type NamespaceRequest,
  parseSyncOptions,
  planSync,
  type SyncPlan,
  type SyncOptions,
} from '@driftless/engine'
import type { ClusterConnection } from './clusters.ts'
import type { Comparison } from './compare.ts'
import type { DesiredState } from './desired-state.ts'
import type { PlannerOptions } from './planner-options.ts'

export interface SyncPlanRequest {
  application: Application
  connection: ClusterConnection
  desired: DesiredState
  comparison: Comparison
  operation: Operation
  /** When the operation began, RFC 3339. */
  startedAt: string
}

/** Options of one sync: the operation's own replace the application's when it names any (Argo CD behaviour). */
export function syncOptionsOf(application: Application, operation: Operation): SyncOptions {
  const own = operation.sync?.syncOptions
  return parseSyncOptions(
    own !== undefined && own.length > 0 ? own : application.spec.syncPolicy?.syncOptions,
  )
}

/** The steps of an operation, in order. */
export function planOperation(options: PlannerOptions, request: SyncPlanRequest): SyncPlan {
  const { application, comparison, desired, operation } = request
  const sync = operation.sync ?? {}
  const strategy = sync.syncStrategy
  const syncOptions = syncOptionsOf(application, operation)
  const pruneLimit = application.metadata.annotations?.[annotations.pruneLimit]
  const namespace = namespaceRequest(options, request)
  return planSync({
    targets: comparison.targets,
    ignoreDifferences: comparison.ignoreDifferences,
    selectPaths: comparison.selectPaths,
    comparison: comparison.compared,
    syncOptions,
    request: {
      prune: sync.prune ?? false,
      dryRun: sync.dryRun ?? false,
      applyOnly: strategy?.apply !== undefined,
      force: strategy?.apply?.force ?? strategy?.hook?.force ?? false,
      ...(sync.resources === undefined ? {} : { resources: sync.resources as SelectedResources }),
    },
    ...(namespace === undefined ? {} : { namespace }),
    naming: {
      revision: desired.revisions[0] ?? '',
      startedAtSeconds: Math.floor(Date.parse(request.startedAt) / 1000),
    },
    applicationExists: (instance) => deploysTo(options, instance, request.connection),
    allowEmpty: application.spec.syncPolicy?.automated?.allowEmpty ?? false,
    ...(pruneLimit === undefined ? {} : { pruneLimit }),
  })
}

/** Whether there is an application of this instance name that deploys to the cluster: what it left elsewhere is free. */
function deploysTo(
  { clusters, controlNamespace, findApplication }: PlannerOptions,
  instance: string,
  connection: ClusterConnection,
): boolean {
  const { namespace, name } = applicationOfInstance(instance, controlNamespace)
  const application = findApplication(namespace, name)
  return application !== undefined && clusters.find(application.spec.destination)?.name === connection.name
}

type SelectedResources = { group?: string; kind: string; name: string; namespace?: string }[]

function namespaceRequest(options: PlannerOptions, request: SyncPlanRequest): NamespaceRequest | undefined {
  const { application, connection } = request
  const name = application.spec.destination.namespace
  if (name === undefined || name === '') return undefined
  const exists = namespaceObject(connection, name) !== undefined
  const managed = application.spec.syncPolicy?.managedNamespaceMetadata
  const workspace = exists ? undefined : options.workspaceOf(application.metadata.namespace ?? '')
  return {
    name,
    exists,
    labels: { ...managed?.labels, ...(workspace === undefined ? {} : { [labels.workspace]: workspace }) },
    annotations: { ...managed?.annotations },
  }
}

function namespaceObject(connection: ClusterConnection, name: string) {
  return connection.live.get({ group: '', kind: 'Namespace', namespace: '', name })?.object
}

/**
 * Every namespace that the application touches belongs to its workspace or does not exist yet (ADR 4). Applications of
 * the control namespace are the administrators' own and are not limited.
 * @throws AppError `Forbidden` that names the namespace and how to hand it over.
 */
export function checkNamespaces(
  options: PlannerOptions,
  input: { application: Application; connection: ClusterConnection; namespaces: Iterable<string> },
): void {
  const { application, connection } = input
  const home = application.metadata.namespace ?? ''
  if (home === options.controlNamespace || home === '') return
  const workspace = options.workspaceOf(home)
  if (workspace === undefined) {
    throw new AppError('Invalid', `namespace "${home}" is not a DevOps project`, {
      remedy: `Create the application in the namespace of a DevOps project, or in "${options.controlNamespace}".`,
    })
  }
  for (const name of new Set(input.namespaces)) {
    const live = namespaceObject(connection, name)
    const owner = live?.metadata.labels?.[labels.workspace]
    if (live === undefined || owner === workspace) continue
    throw new AppError(
      'Forbidden',
      `project "${name}" on cluster "${connection.name}" does not belong to workspace "${workspace}"`,
      {
        fields: [{ field: 'spec.destination.namespace', message: 'belongs to another workspace' }],
        remedy: `Choose a project of the workspace; an administrator hands this one over with: kubectl label namespace ${name} ${labels.workspace}=${workspace}`,
      },
    )
  }
}
