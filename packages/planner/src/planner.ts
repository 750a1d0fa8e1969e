import type { Application, PlanView } from '@driftless/api'
import type { SyncPlan } from '@driftless/engine'
import { createResourceActions, type ResourceActions } from './actions.ts'
import { checkApplication, checkSources, checkTargets } from './check-application.ts'
import type { ClusterConnection } from './clusters.ts'
import { type CompareRequest, type Comparison, compareWithLive } from './compare.ts'
import type { CustomHealth } from './custom-health.ts'
import { type DesiredState, type DesiredStateRequest, readDesiredState } from './desired-state.ts'
import { planApplication } from './plan-view.ts'
import { withLocalManifests } from './local-manifests.ts'
import { createPlannerContext } from './planner-context.ts'
import type { PlannerOptions, PlanRequest } from './planner-options.ts'
import { subjectOf } from './revision-subject.ts'
import type { Settings } from './settings.ts'
import { checkNamespaces, planOperation, type SyncPlanRequest } from './sync-plan.ts'

export interface Planner {
  /** What a sync would do now; the application need not exist. */
  plan(request: PlanRequest): Promise<PlanView>
  /** Destination, project and their permissions. @throws AppError `Invalid` or `Forbidden`. */
  check(application: Application): ClusterConnection
  readDesired(request: DesiredStateRequest): Promise<DesiredState>
  compare(request: CompareRequest): Promise<Comparison>
  planOperation(request: SyncPlanRequest): SyncPlan
  /** Health with the administrator's scripts and rules; `prepare` first. */
  health: CustomHealth
  actions: ResourceActions
  /** Of the administrator's settings. */
  settings(): Settings
  /** First line of the commit message; empty when it cannot be read. */
  subjectOf(application: Application, revision: string): Promise<string>
}

export function createPlanner(given: PlannerOptions): Planner {
  const options = createPlannerContext(given)
  return {
    plan: (request) => planApplication(options, request),
    check: (application) => checkApplication(options, application),
    readDesired: async (request) => {
      if (request.sources !== undefined) checkSources(options, request.application, request.sources)
      const rendered = await readDesiredState(options, request)
      const desired = await withLocalManifests(options, request, rendered)
      checkTargets(options, { ...request, targets: desired.targets })
      checkNamespaces(options, {
        application: request.application,
        connection: request.connection,
        namespaces: namespacesOf(desired),
      })
      return desired
    },
    compare: (request) => compareWithLive(options, request),
    planOperation: (request) => planOperation(options, request),
    health: options.health,
    actions: createResourceActions(options),
    settings: options.settings,
    subjectOf: (application, revision) => subjectOf(options, application, revision),
  }
}

function namespacesOf(desired: DesiredState): string[] {
  return desired.targets.map((target) => target.key.namespace).filter((namespace) => namespace !== '')
}
