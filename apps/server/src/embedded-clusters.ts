import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startApiServerThread, type ThreadServer } from '@driftless/apiserver'
import { inClusterName } from '@driftless/planner'
import type { Logger } from './wire/logger.ts'

/** One embedded cluster: a thread with an address, a store and a life of its own. */
export interface EmbeddedCluster {
  /** As deployments name it: `in-cluster`, `cluster-2`, `cluster-3`, … */
  name: string
  /** True when its folder was made by this start. */
  isNew: boolean
  url: string
  caCert: string
  adminToken: string
  /** Ends its thread; its state stays on disk, the other clusters go on. */
  stop(): Promise<void>
  /** Starts it again on the same address. */
  start(): Promise<void>
}

export interface EmbeddedClusters {
  /** The first holds the control objects. */
  running: readonly [EmbeddedCluster, ...EmbeddedCluster[]]
  /** Names of clusters that have a folder from an earlier start with a higher number and do not run now. */
  resting: string[]
  close(): Promise<void>
}

export interface EmbeddedClustersInput {
  dataDir: string
  count: number
  host: string
  /** Port of the first one; the others take the next ones. 0: any free ports. */
  port: number
  log: Logger
  signal: AbortSignal
}

/**
 * Starts `count` embedded clusters side by side. All of them or none: when one cannot start, the others are stopped.
 * @throws AppError for a port or folder that cannot be used.
 */
export async function startEmbeddedClusters(input: EmbeddedClustersInput): Promise<EmbeddedClusters> {
  // The first one before the others: it holds the lock of the data dir, so that a second process ends with one sentence.
  const first = await startCluster(input, 0)
  const started = await Promise.allSettled(
    Array.from({ length: input.count - 1 }, (_, at) => startCluster(input, at + 1)),
  )
  const others = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const close = async () => {
    await Promise.allSettled([first, ...others].map((cluster) => cluster.stop()))
  }
  const failed = started.find((result) => result.status === 'rejected')
  if (failed !== undefined) {
    await close()
    throw failed.reason
  }
  const running = [first, ...others] as const
  return { running, resting: await restingClusters(input.dataDir, running), close }
}

/** What kubectl calls them: the first one by the product's name. */
export function contextNameOf(cluster: Pick<EmbeddedCluster, 'name'>): string {
  return cluster.name === inClusterName ? 'driftless' : cluster.name
}

async function startCluster(input: EmbeddedClustersInput, at: number): Promise<EmbeddedCluster> {
  const name = at === 0 ? inClusterName : `cluster-${at + 1}`
  const dataDir = at === 0 ? join(input.dataDir, 'cluster') : join(clustersFolder(input.dataDir), name)
  const isNew = !existsSync(dataDir)
  const startThread = (port: number) =>
    startApiServerThread({
      dataDir,
      host: input.host,
      port,
      simulate: true,
      clusterName: contextNameOf({ name }),
      workerUrl: workerEntry(),
      log: (line) => input.log.info(line, { component: 'apiserver', cluster: name }),
      signal: input.signal,
    })
  let thread: ThreadServer | undefined = await startThread(input.port === 0 ? 0 : input.port + at)
  const { url, caCert, adminToken } = thread
  return {
    name,
    isNew,
    url,
    caCert,
    adminToken,
    stop: async () => {
      await thread?.close()
      thread = undefined
    },
    start: async () => {
      thread ??= await startThread(Number(new URL(url).port))
    },
  }
}

const clustersFolder = (dataDir: string) => join(dataDir, 'clusters')

async function restingClusters(dataDir: string, running: readonly EmbeddedCluster[]): Promise<string[]> {
  const folder = clustersFolder(dataDir)
  const names = existsSync(folder) ? await readdir(folder) : []
  return names.filter((name) => !running.some((cluster) => cluster.name === name)).sort()
}

function workerEntry(): URL {
  const here = dirname(fileURLToPath(import.meta.url))
  const candidates = [join(here, 'apiserver-worker.mjs'), join(here, '..', 'apiserver-worker.mjs')]
  const found =
    candidates.find((file) => existsSync(file)) ?? join(here, '../../../dist/apiserver-worker.mjs')
  return new URL(`file://${found}`)
}
