import { type Cluster, type ClusterView, labels, messageOf } from '@driftless/api'
import {
  clusterConfigFromSecret,
  createClient,
  createLiveCache,
  type KubeClient,
  type LiveCache,
  type LiveChange,
  type RequestRecord,
} from '@driftless/kube'
import { selfTrackingOf } from '@driftless/engine'
import {
  type ClusterConnection,
  type ClusterRegistry,
  inClusterName,
  inClusterServer,
} from '@driftless/planner'
import type { ControlInformers } from './informers.ts'
import type { Logger } from './logger.ts'

export interface ClusterRegistryOptions {
  control: KubeClient
  informers: ControlInformers
  signal: AbortSignal
  log: Logger
  embedded: boolean
  /** Clusters that do not run now, with the sentence that says so. */
  resting?: ReadonlyMap<string, string>
  onChange(cluster: string, change: LiveChange): void
  onKindRead(cluster: string, kind: { group: string; kind: string }, version: string): void
  /** A cluster appeared, changed its credentials or went away. */
  onClusters(): void
  onRequest?(record: RequestRecord): void
}

interface Entry extends ClusterConnection {
  /** resourceVersions of what the connection was made from. */
  madeFrom: string
  stop: AbortController
  owned: boolean
}

/** Connects every Cluster object: a client and a live cache each, made anew when its Secret changes. */
export function createClusterRegistry(
  options: ClusterRegistryOptions,
): ClusterRegistry & { ready(): Promise<void>; close(): Promise<void> } {
  const entries = new Map<string, Entry>()
  const problems = new Map<string, string>()

  const update = () => {
    let changed = false
    const wanted = new Set<string>()
    for (const object of options.informers.clusters.list()) {
      const cluster = object as unknown as Cluster
      wanted.add(cluster.metadata.name)
      changed = connect(cluster) || changed
    }
    for (const [name, entry] of entries) {
      if (wanted.has(name)) continue
      void disconnect(entry)
      entries.delete(name)
      changed = true
    }
    if (changed) options.onClusters()
  }

  const connect = (cluster: Cluster): boolean => {
    const { name } = cluster.metadata
    const secretName = cluster.spec.secretRef?.name
    const secret =
      secretName === undefined
        ? undefined
        : options.informers.clusterSecrets.list().find((candidate) => candidate.metadata.name === secretName)
    const madeFrom = `${cluster.spec.server} ${secretName ?? ''} ${secret?.metadata.resourceVersion ?? ''}`
    const known = entries.get(name)
    if (known?.madeFrom === madeFrom) return false
    if (known !== undefined) void disconnect(known)
    entries.delete(name)
    problems.delete(name)
    try {
      if (secretName !== undefined && secret === undefined)
        throw new Error(`its Secret "${secretName}" does not exist`)
      const client =
        secret === undefined
          ? options.control
          : createClient(
              clusterConfigFromSecret(secret),
              options.onRequest === undefined ? {} : { onRequest: options.onRequest },
            )
      entries.set(name, open({ cluster, client, madeFrom, owned: secret !== undefined }))
    } catch (error) {
      problems.set(name, messageOf(error))
    }
    return true
  }

  const open = (input: { cluster: Cluster; client: KubeClient; madeFrom: string; owned: boolean }): Entry => {
    const { name } = input.cluster.metadata
    const stop = new AbortController()
    const signal = AbortSignal.any([stop.signal, options.signal])
    const live: LiveCache = createLiveCache(input.client, {
      signal,
      trackingOf: selfTrackingOf,
      onChange: (change) => options.onChange(name, change),
      onKindRead: (kind, version) => options.onKindRead(name, kind, version),
      // It is known not to answer; said once in the list of clusters, not at every try.
      log: options.resting?.has(name) === true ? silent : options.log,
    })
    live.ready.then(options.onClusters, (error: unknown) => problems.set(name, messageOf(error)))
    return {
      name,
      server: input.cluster.spec.server,
      client: input.client,
      live,
      madeFrom: input.madeFrom,
      stop,
      owned: input.owned,
    }
  }

  for (const informer of [options.informers.clusters, options.informers.clusterSecrets]) {
    const unsubscribe = informer.subscribe(update)
    options.signal.addEventListener('abort', unsubscribe, { once: true })
  }
  update()

  return {
    get: (name) => entries.get(name),
    find: (destination) => {
      if (destination.name !== undefined && destination.name !== '') return entries.get(destination.name)
      const server = trimSlash(destination.server ?? '')
      return [...entries.values()].find((entry) => trimSlash(entry.server) === server)
    },
    list: () =>
      options.informers.clusters
        .list()
        .map((object) => viewOf(object as unknown as Cluster, problems, options)),
    ready: async () => {
      await Promise.all([...entries.values()].map((entry) => entry.live.ready))
    },
    // A connection that is kept alive would keep the process alive.
    close: async () => {
      await Promise.all([...entries.values()].map(disconnect))
    },
  }
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

async function disconnect(entry: Entry): Promise<void> {
  entry.stop.abort()
  if (entry.owned) await entry.client.close()
}

function viewOf(
  cluster: Cluster,
  problems: Map<string, string>,
  options: ClusterRegistryOptions,
): ClusterView {
  const { metadata, status } = cluster
  const state = status?.state === 'Connected' || status?.state === 'Failed' ? status.state : 'Unknown'
  const isEmbedded = metadata.name === inClusterName || metadata.labels?.[labels.embedded] === 'true'
  const rests = options.resting?.get(metadata.name)
  return {
    name: metadata.name,
    server: cluster.spec.server,
    embedded: options.embedded && isEmbedded,
    state: rests === undefined ? state : 'Failed',
    message: rests ?? problems.get(metadata.name) ?? status?.message ?? '',
    version: status?.version ?? '',
  }
}

function trimSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url
}

/** The control cluster is a destination too, as in Argo CD. */
export async function ensureInCluster(control: KubeClient, embedded: boolean): Promise<void> {
  const ref = { apiVersion: 'driftless.dev/v1alpha1', kind: 'Cluster', name: inClusterName }
  if ((await control.find(ref)) !== undefined) return
  await control.create({
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name: inClusterName },
    spec: { server: inClusterServer, ...(embedded ? { description: 'Embedded cluster' } : {}) },
  })
}
