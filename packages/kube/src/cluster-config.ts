/** How to reach one cluster and who we are there. Never printed: it carries credentials. */
export interface ClusterConfig {
  /** Base URL, e.g. `https://10.0.0.1:6443`, with a path prefix where the API sits behind one. */
  server: string
  /** PEM of the authorities that may sign the server's certificate; the system's when absent. */
  caCert?: string
  insecureSkipVerify?: boolean
  /** Name expected in the server's certificate when it differs from the host of `server`. */
  serverName?: string
  /** A bearer token, or a function that is asked before every request and may answer from a cache. */
  token?: string | (() => Promise<string>)
  /** PEM. */
  clientCert?: string
  /** PEM. */
  clientKey?: string
  username?: string
  password?: string
  /** Namespace of the kubeconfig context or of the pod. */
  namespace?: string
  impersonate?: Impersonation
  exec?: ExecPlugin
  /** HTTP proxy for everything that goes to this cluster. */
  proxyUrl?: string
}

export interface Impersonation {
  user: string
  groups?: string[]
  extra?: Record<string, string[]>
}

/** A credential plugin as a kubeconfig describes it (`client.authentication.k8s.io`). */
export interface ExecPlugin {
  apiVersion: string
  command: string
  args?: string[]
  env?: { name: string; value: string }[]
  installHint?: string
  provideClusterInfo?: boolean
  /** Handed to the plugin as `spec.cluster.config`. */
  config?: unknown
}
