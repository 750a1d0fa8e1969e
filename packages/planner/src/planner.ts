import type { Application, AppProject, PlanView } from '@driftless/api'
import type { RepositoryAccess, SourceService } from '@driftless/source'
import type { ClusterRegistry } from './clusters.ts'

export interface PlannerOptions {
  source: SourceService
  clusters: ClusterRegistry
  controlNamespace: string
  /** AppProject by name, from the control namespace. */
  findProject(name: string): AppProject | undefined
  /** Address and credentials of a repository as an application of `namespace` may use it. */
  accessFor(namespace: string, repoURL: string): Promise<RepositoryAccess>
}

export interface PlanRequest {
  application: Application
  /** Default: the application's target revision. */
  revision?: string
  signal?: AbortSignal
}

export interface Planner {
  /** What a sync would do now; the application need not exist. */
  plan(request: PlanRequest): Promise<PlanView>
}
