import type { Application, AppProject } from '@driftless/api'
import type { RepositoryAccess, SourceService } from '@driftless/source'
import type { ClusterRegistry } from './clusters.ts'
import type { LocalFiles } from './local-files.ts'
import type { ScriptRunner } from './scripts/script-runner.ts'
import type { Settings } from './settings.ts'

export interface PlannerOptions {
  source: SourceService
  clusters: Pick<ClusterRegistry, 'get' | 'find' | 'list'>
  controlNamespace: string
  /** AppProject by name, from the control namespace. */
  findProject(name: string): AppProject | undefined
  findApplication(namespace: string, name: string): Application | undefined
  /** Address and credentials of a repository as an application of `namespace` may use it. */
  accessFor(namespace: string, repoURL: string): Promise<RepositoryAccess>
  /** Workspace of the DevOps project whose namespace this is. */
  workspaceOf(namespace: string): string | undefined
  /** What the administrator changes for all applications; default nothing. */
  settings?(): Settings
  /** Default: a thread of its own, started with the first script. */
  scripts?: ScriptRunner
}

export interface PlanRequest {
  application: Application
  /** Default: the application's target revision. */
  revision?: string
  /** One for each source. */
  revisions?: string[]
  /** Files that a person sent instead of the repository's. */
  local?: LocalFiles
  /** Whether what Git no longer has is deleted; default true. */
  prune?: boolean
  /** Without hooks, as a rollback; default false. */
  applyOnly?: boolean
  signal?: AbortSignal
}
