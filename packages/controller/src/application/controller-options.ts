import type { Informer, KubeClient } from '@driftless/kube'
import type { ClusterRegistry, Planner } from '@driftless/planner'
import type { RepositoryAccess, SourceService } from '@driftless/source'
import type { Logger } from '../logger.ts'

export interface ApplicationControllerOptions {
  client: KubeClient
  controlNamespace: string
  informers: {
    applications: Informer
    projects: Informer
    repositories: Informer
    namespaces: Informer
    pushes: Informer
  }
  clusters: ClusterRegistry
  planner: Planner
  source: SourceService
  accessFor(namespace: string, repoURL: string): Promise<RepositoryAccess>
  now(): Date
  /** How long an operation may take, milliseconds; 0 or absent: as long as it needs. */
  syncTimeoutMs?(): number
  signal: AbortSignal
  log: Logger
}
