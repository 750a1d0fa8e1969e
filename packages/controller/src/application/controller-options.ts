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
    settings: Informer
  }
  clusters: ClusterRegistry
  planner: Planner
  source: SourceService
  accessFor(namespace: string, repoURL: string): Promise<RepositoryAccess>
  now(): Date
  signal: AbortSignal
  log: Logger
}
