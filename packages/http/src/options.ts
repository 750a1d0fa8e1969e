import type { Informer, KubeClient } from '@driftless/kube'
import type { ClusterRegistry, Planner } from '@driftless/planner'
import type { SourceService } from '@driftless/source'
import type { SystemIdentity } from './system-identities.ts'

/** What the server says while it works; fields never hold secrets. */
export interface HttpLogger {
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/** Collections of the control cluster that lists and views are made from. */
export interface HttpInformers {
  applications: Informer
  /** AppProjects of the control namespace. */
  projects: Informer
  devopsProjects: Informer
  workspaces: Informer
  repositories: Informer
  clusters: Informer
  users: Informer
  namespaces: Informer
}

export interface HttpOptions {
  /** Port 0 takes a free one. Outside of loopback `tls` or `trustProxy` is required. */
  listen: { host: string; port: number; tls?: { cert: string; key: string } }
  /** A proxy in front terminates TLS; its `X-Forwarded-*` headers are believed. Default false. */
  trustProxy?: boolean
  /** The server's own identity in the control cluster. */
  control: KubeClient
  systemClient(identity: SystemIdentity): KubeClient
  informers: HttpInformers
  clusters: Pick<ClusterRegistry, 'get' | 'find' | 'list'>
  source: SourceService
  planner: Pick<Planner, 'plan' | 'renderLocal' | 'actions' | 'commitsOf'>
  /** Default `driftless-system`. */
  controlNamespace?: string
  /** Folder of the built console; without it `/` says how to reach the API. */
  consoleDir?: string
  /** Folder of the bare repositories that are served as `/git/<DevOps project>/<name>.git`. */
  gitRoot?: string
  /** Called after a push whose objects are stored, before its answer ends. */
  onPush?(repository: { project: string; name: string; url: string }): Promise<void>
  /** Text of a kubeconfig that uses the token. Absent where people do not reach the Kubernetes API through Driftless. */
  kubeconfigFor?(user: string, token: string): string
  /** Requests made to Kubernetes so far, by verb and resource (`apply configmaps`); shown in the metrics. */
  kubeRequests?: () => Record<string, number>
  version: string
  embedded: boolean
  log: HttpLogger
  signal: AbortSignal
}
