import type { ApplicationDestination, ClusterView } from '@driftless/api'
import type { KubeClient, LiveCache } from '@driftless/kube'

/** A destination cluster that is connected. */
export interface ClusterConnection {
  name: string
  server: string
  client: KubeClient
  live: LiveCache
}

/** The clusters that this process knows; made by the server, read by planner, controller and HTTP. */
export interface ClusterRegistry {
  get(name: string): ClusterConnection | undefined
  /** By `name` or `server`; exactly one of them. Undefined when no such cluster is known. */
  find(destination: ApplicationDestination): ClusterConnection | undefined
  list(): ClusterView[]
}

/** Name of the control cluster as a destination, as in Argo CD. */
export const inClusterName = 'in-cluster'
export const inClusterServer = 'https://kubernetes.default.svc'
