import type { Application, PlanView } from '@driftless/api'
import type { ObjectKey } from '@driftless/apimachinery'
import type { SyncPlan } from '@driftless/engine'
import type { CommitLine } from '@driftless/source'
import { createResourceActions, type ResourceActions } from './actions.ts'
import { checkApplication } from './check-application.ts'
import { commitsOf } from './commits-of.ts'
import type { ClusterConnection } from './clusters.ts'
import { type CompareRequest, type Comparison, compareWithLive } from './compare.ts'
import type { CustomHealth } from './custom-health.ts'
import type { DesiredState, DesiredStateRequest } from './desired-state.ts'
import { planApplication } from './plan-view.ts'
import { permitsLive } from './project-limits.ts'
import { readDesired } from './read-desired.ts'
import { type LocalRender, renderLocal } from './render-local.ts'
import { createPlannerContext } from './planner-context.ts'
import type { PodReasons } from './pod-reasons.ts'
import type { PlannerOptions, PlanRequest } from './planner-options.ts'
import { subjectOf } from './revision-subject.ts'
import type { Settings } from './settings.ts'
import { planOperation, type SyncPlanRequest } from './sync-plan.ts'

export interface Planner {
  /** What a sync would do now; the application need not exist. */
  plan(request: PlanRequest): Promise<PlanView>
  /** Destination, project and their permissions. @throws AppError `Invalid` or `Forbidden`. */
  check(application: Application): ClusterConnection
  readDesired(request: DesiredStateRequest): Promise<DesiredState>
  /** Manifests of files that a person sent, for `operation.sync.manifests`. */
  renderLocal(request: LocalRender): Promise<string[]>
  compare(request: CompareRequest): Promise<Comparison>
  planOperation(request: SyncPlanRequest): SyncPlan
  /** Whether the project lets the application touch the live object; `undefined` when the project is gone. */
  permitsLive(application: Application, key: ObjectKey): boolean | undefined
  /** Health with the administrator's scripts and rules; `prepare` first. */
  health: CustomHealth
  /** Why an object is Degraded, from its pods; `prepare` first. */
  podReasons: PodReasons
  actions: ResourceActions
  /** Of the administrator's settings. */
  settings(): Settings
  /** First line of the commit message; empty when it cannot be read. */
  subjectOf(application: Application, revision: string): Promise<string>
  /** The commits that history and last operation name, by id, as far as they are on this disk; nothing is fetched. */
  commitsOf(application: Application, signal?: AbortSignal): Promise<Record<string, CommitLine>>
}

export function createPlanner(given: PlannerOptions): Planner {
  const options = createPlannerContext(given)
  return {
    plan: (request) => planApplication(options, request),
    check: (application) => checkApplication(options, application),
    readDesired: (request) => readDesired(options, request),
    renderLocal: (request) => renderLocal(options, request),
    compare: (request) => compareWithLive(options, request),
    planOperation: (request) => planOperation(options, request),
    permitsLive: (application, key) => permitsLive(options, application, key),
    health: options.health,
    podReasons: options.podReasons,
    actions: createResourceActions(options),
    settings: options.settings,
    subjectOf: (application, revision) => subjectOf(options, application, revision),
    commitsOf: (application, signal) => commitsOf(options, application, signal),
  }
}
