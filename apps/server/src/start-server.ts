import { setMaxListeners } from 'node:events'
import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@driftless/api'
import {
  type ApplicationController,
  startApplicationController,
  startClusterController,
  startDevOpsProjectController,
  startRepositoryController,
} from '@driftless/controller'
import { bootstrapRoles, ensureAdmin, startHttp, systemIdentities } from '@driftless/http'
import { type ClusterConfig, createClient, type KubeClient } from '@driftless/kube'
import { createPlanner, createScriptRunner } from '@driftless/planner'
import { createSourceService } from '@driftless/source'
import type { ServerConfig } from './config.ts'
import { requireGit } from './require-git.ts'
import { version } from './version.ts'
import { createClusterRegistry, ensureInCluster } from './wire/cluster-registry.ts'
import { prepareControlPlane } from './wire/control-plane.ts'
import { type ControlInformers, createControlInformers, informersReady } from './wire/informers.ts'
import { createRequestCounter } from './wire/request-counter.ts'
import { settingsFrom } from './wire/settings.ts'
import { createLogger, type Logger } from './wire/logger.ts'
import { createRepositoryAccess } from './wire/repository-access.ts'
import { isListedHost, ownRepositories } from './wire/local-repositories.ts'

export interface ServerInput {
  config: ServerConfig
  /** Where the control objects live. */
  cluster: ClusterConfig
  embedded: boolean
  signal: AbortSignal
  log?: Logger
  /** Runs when CRDs and roles are there and nothing else does yet. */
  prepare?(client: KubeClient): Promise<void>
  /** Runs when the console's address is known, before anything is reconciled. */
  onAddress?(client: KubeClient, url: string): Promise<void>
  /** Registered clusters that are known not to run: what the list of clusters says of each, by name. */
  resting?: ReadonlyMap<string, string>
  /** A kubeconfig for a person, with the token given. */
  kubeconfigFor?(user: string, token: string): string
}

export interface RunningServer {
  url: string
  admin: { created: boolean; password?: string }
  /** Runs after the console's address is known and before it is announced. */
  client: ReturnType<typeof createClient>
  gitRoot: string
  stats(): { requests: number; writes: number }
  close(): Promise<void>
}

/**
 * The whole daemon on one Kubernetes API: the same for the embedded server and for a real cluster. When it cannot start,
 * nothing of it goes on.
 */
export async function startServer(input: ServerInput): Promise<RunningServer> {
  const stop = new AbortController()
  const closing: (() => Promise<void>)[] = []
  try {
    return await start(input, { stop, closing })
  } catch (error) {
    stop.abort()
    await Promise.allSettled(closing.map((close) => close()))
    throw error
  }
}

interface Start {
  stop: AbortController
  /** What has to be closed when a later part cannot start. */
  closing: (() => Promise<void>)[]
}

async function start(input: ServerInput, { stop, closing }: Start): Promise<RunningServer> {
  const { config } = input
  const log = input.log ?? createLogger(config.logLevel)
  await requireGit(config.tools.git)
  const signal = AbortSignal.any([input.signal, stop.signal])
  // everything that runs listens for the one end
  setMaxListeners(0, signal, input.signal)
  const requests = createRequestCounter()
  const { onRequest } = requests
  const client = createClient(input.cluster, { onRequest })
  closing.push(() => client.close())
  await prepareControlPlane(client, {
    namespace: config.namespace,
    roles: bootstrapRoles({ namespace: config.namespace }),
  })
  await ensureInCluster(client, input.embedded)
  await input.prepare?.(client)
  const admin = await ensureAdmin(client, {
    namespace: config.namespace,
    ...(config.adminPassword === undefined ? {} : { password: config.adminPassword }),
  })

  const informers = createControlInformers(client, { namespace: config.namespace, signal })
  await informersReady(informers)

  const gitRoot = join(config.dataDir, 'git')
  const own = ownRepositories(gitRoot)
  const source = createSourceService({
    dataDir: config.dataDir,
    tools: config.tools,
    searchPath: config.searchPath,
    allowLoopback: (url) => own.folderOf(url) !== undefined || isListedHost(url, config.localHosts),
    localRepositories: own.folderOf,
  })
  closing.push(async () => source.close())
  const accessFor = createRepositoryAccess({
    client,
    controlNamespace: config.namespace,
    informers,
    now: () => performance.now(),
    ownerOf: own.ownerOf,
  })

  // What changes before it starts it sees at its start.
  let applications: ApplicationController | undefined
  const clusters = createClusterRegistry({
    control: client,
    informers,
    signal,
    log,
    embedded: input.embedded,
    ...(input.resting === undefined ? {} : { resting: input.resting }),
    onChange: (cluster, change) => applications?.onLiveChange(cluster, change),
    onKindRead: (cluster, kind, version) => applications?.onKindRead(cluster, kind, version),
    onClusters: () => applications?.onClusters(),
    onRequest,
  })
  closing.push(() => clusters.close())
  const scripts = createScriptRunner()
  closing.push(() => scripts.close())
  const planner = createPlanner({
    settings: settingsFrom(informers.settings, config.namespace),
    scripts,
    source,
    clusters,
    controlNamespace: config.namespace,
    findProject: (name) => informers.projects.get(config.namespace, name) as never,
    findApplication: (namespace, name) => informers.applications.get(namespace, name) as never,
    accessFor,
    workspaceOf: (namespace) => workspaceOf(informers, namespace),
  })

  const http = await startHttp({
    listen: { host: config.host, port: config.port, ...(await tlsOf(config)) },
    control: client,
    controlNamespace: config.namespace,
    systemClient: (identity) => client.as(systemIdentities[identity]),
    informers,
    clusters,
    source,
    planner,
    ...consoleFolder(),
    gitRoot,
    ...(input.kubeconfigFor === undefined ? {} : { kubeconfigFor: input.kubeconfigFor }),
    kubeRequests: requests.byKind,
    version,
    embedded: input.embedded,
    log,
    signal,
    trustProxy: config.trustProxy,
  })
  own.startAt(http.url)
  await input.onAddress?.(client, http.url)

  const now = () => new Date()
  const loopOptions = { client, signal, log }
  applications = startApplicationController({
    ...loopOptions,
    controlNamespace: config.namespace,
    informers,
    clusters,
    planner,
    source,
    accessFor,
    now,
  })
  const loops = [
    startDevOpsProjectController({ ...loopOptions, ...informers, controlNamespace: config.namespace, now }),
    startRepositoryController({
      ...loopOptions,
      repositories: informers.repositories,
      source,
      accessFor,
      now,
    }),
    startClusterController({
      ...loopOptions,
      clusters: informers.clusters,
      connected: (name) => clusters.get(name)?.client,
    }),
  ]

  return {
    url: http.url,
    admin,
    client,
    gitRoot,
    stats: requests.totals,
    close: async () => {
      stop.abort()
      await http.close()
      await Promise.allSettled([applications.finished, ...loops.map((loop) => loop.finished)])
      await source.close()
      await scripts.close()
      await clusters.close()
      await client.close()
    },
  }
}

/** Workspace of the DevOps project whose namespace this is. */
function workspaceOf(informers: ControlInformers, namespace: string): string | undefined {
  const project = informers.devopsProjects.get('', namespace) as { spec?: { workspace?: string } } | undefined
  return project?.spec?.workspace
}

async function tlsOf(config: ServerConfig): Promise<{ tls?: { cert: string; key: string } }> {
  const { tlsCertFile, tlsKeyFile } = config
  if (tlsCertFile === undefined && tlsKeyFile === undefined) return {}
  if (tlsCertFile === undefined || tlsKeyFile === undefined) {
    throw new AppError('BadRequest', '--tls-cert and --tls-key belong together')
  }
  const [cert, key] = await Promise.all([readFile(tlsCertFile, 'utf8'), readFile(tlsKeyFile, 'utf8')])
  return { tls: { cert, key } }
}

/** The built console: beside the bundle (`dist/`), or in the workspace when run from source. */
function consoleFolder(): { consoleDir?: string } {
  const here = dirname(fileURLToPath(import.meta.url))
  const candidates = [
    join(here, 'console'),
    join(here, '..', 'apps/console/dist'),
    join(here, '..', '..', 'apps/console/dist'),
    join(here, '..', '..', 'console/dist'),
  ]
  const found = candidates.find((folder) => existsSync(join(folder, 'index.html')))
  return found === undefined ? {} : { consoleDir: found }
}
