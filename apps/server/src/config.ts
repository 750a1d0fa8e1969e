import { homedir } from 'node:os'
import { join } from 'node:path'
import { AppError, controlNamespace } from '@driftless/api'

/** Everything that can be set. Each field: flag of `driftless up` or `driftless server`, else environment, else default. */
export interface ServerConfig {
  /** `--data-dir`, `DRIFTLESS_DATA_DIR`; default `~/.local/share/driftless`. One folder, 0700. */
  dataDir: string
  /** `--host`, `DRIFTLESS_HOST`; default 127.0.0.1. */
  host: string
  /** `--port`, `DRIFTLESS_PORT`; default 7080. 0 takes any free port. */
  port: number
  /** `--api-port`, `DRIFTLESS_API_PORT`; default 7443. Port of the embedded Kubernetes API. */
  apiPort: number
  /** `--clusters`, `DRIFTLESS_CLUSTERS`; default 1. Embedded clusters of `driftless up`; their APIs take the ports after `apiPort`. */
  clusters: number
  /** `--namespace`, `DRIFTLESS_NAMESPACE`; default driftless-system. */
  namespace: string
  /** `--kubeconfig`, `KUBECONFIG`; only for `driftless server`. Absent: the in-cluster account. */
  kubeconfig: string | undefined
  /** `--context`; only for `driftless server`. */
  context: string | undefined
  /** `--log-level`, `DRIFTLESS_LOG_LEVEL`: debug, info, warn, error, silent. Default warn for `up`, info for `server`. */
  logLevel: string
  /** `--no-sample`: do not create the sample workspace and repository. */
  sample: boolean
  /** `DRIFTLESS_ADMIN_PASSWORD`: password of `admin` on the first start instead of a random one. */
  adminPassword: string | undefined
  /** `--tls-cert`, `--tls-key`: PEM files for the console's address. */
  tlsCertFile: string | undefined
  tlsKeyFile: string | undefined
  /** `--trust-proxy`: a proxy in front ends TLS. */
  trustProxy: boolean
  /**
   * `--allow-local <host:port>` (repeated), `DRIFTLESS_ALLOW_LOCAL` (comma list): addresses of this machine or link-local
   * ones that repositories may be at. Default none: what listens here is nobody's repository (decision 23).
   */
  localHosts: string[]
  /** `PATH`: where tools are looked for. */
  searchPath: string
  /** Configured paths of the tools; absent: found on PATH or in the optional package. */
  tools: { git?: string; helm?: string; kubectl?: string; kustomize?: string; jsonnet?: string }
}

/** Flags as the CLI parses them; all optional. */
export interface ServerFlags {
  dataDir?: string
  host?: string
  port?: string
  apiPort?: string
  clusters?: string
  namespace?: string
  kubeconfig?: string
  context?: string
  logLevel?: string
  sample?: boolean
  tlsCert?: string
  tlsKey?: string
  trustProxy?: boolean
  allowLocal?: string[]
}

/**
 * Flags, then environment, then defaults. The only place of this app that reads the environment.
 * @throws AppError `BadRequest` that names the flag.
 */
export function serverConfig(flags: ServerFlags, mode: 'up' | 'server'): ServerConfig {
  const env = process.env
  const dataHome = env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share')
  return {
    dataDir: flags.dataDir ?? env['DRIFTLESS_DATA_DIR'] ?? join(dataHome, 'driftless'),
    host: flags.host ?? env['DRIFTLESS_HOST'] ?? '127.0.0.1',
    port: portOf('--port', flags.port ?? env['DRIFTLESS_PORT'], 7080),
    apiPort: portOf('--api-port', flags.apiPort ?? env['DRIFTLESS_API_PORT'], 7443),
    clusters: clustersOf(flags.clusters ?? env['DRIFTLESS_CLUSTERS']),
    namespace: flags.namespace ?? env['DRIFTLESS_NAMESPACE'] ?? controlNamespace,
    kubeconfig: flags.kubeconfig ?? env['KUBECONFIG'],
    context: flags.context,
    logLevel: flags.logLevel ?? env['DRIFTLESS_LOG_LEVEL'] ?? (mode === 'up' ? 'warn' : 'info'),
    sample: flags.sample ?? true,
    adminPassword: env['DRIFTLESS_ADMIN_PASSWORD'],
    tlsCertFile: flags.tlsCert,
    tlsKeyFile: flags.tlsKey,
    trustProxy: flags.trustProxy ?? false,
    localHosts: localHostsOf(flags.allowLocal ?? (env['DRIFTLESS_ALLOW_LOCAL'] ?? '').split(',')),
    searchPath: env['PATH'] ?? '',
    tools: definedOnly({
      git: env['DRIFTLESS_GIT'],
      helm: env['DRIFTLESS_HELM'],
      kubectl: env['DRIFTLESS_KUBECTL'],
      kustomize: env['DRIFTLESS_KUSTOMIZE'],
      jsonnet: env['DRIFTLESS_JSONNET'],
    }),
  }
}

function portOf(flag: string, value: string | undefined, fallback: number): number {
  if (value === undefined || value === '') return fallback
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new AppError('BadRequest', `${flag} ${value} is not a port`, {
    remedy: 'Give a number from 0 to 65535.',
  })
}

/** Each is a thread with a store of its own; more than a few are no use on one machine. */
const mostClusters = 9

function clustersOf(value: string | undefined): number {
  if (value === undefined || value === '') return 1
  const count = Number(value)
  if (Number.isInteger(count) && count >= 1 && count <= mostClusters) return count
  throw new AppError('BadRequest', `--clusters ${value} is not a number of clusters`, {
    remedy: `Give a number from 1 to ${mostClusters}.`,
  })
}

function localHostsOf(values: string[]): string[] {
  const hosts = values.map((value) => value.trim().toLowerCase()).filter((value) => value !== '')
  const wrong = hosts.find((host) => !/^[a-z0-9.:[\]-]+:\d+$/.test(host))
  if (wrong === undefined) return hosts
  throw new AppError('BadRequest', `--allow-local ${wrong} is not host:port`, {
    remedy: 'Give host and port as they are in the address of the repository, such as 127.0.0.1:8081.',
  })
}

function definedOnly(tools: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tools).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
