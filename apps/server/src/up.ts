import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient, type KubeClient } from '@driftless/kube'
import type { ServerConfig } from './config.ts'
import { prepareDataDir, readIfThere, writePrivately } from './data-dir.ts'
import {
  contextNameOf,
  type EmbeddedCluster,
  type EmbeddedClusters,
  startEmbeddedClusters,
} from './embedded-clusters.ts'
import { adminKubeconfig, userKubeconfig } from './kubeconfig.ts'
import { followOwnAddress } from './own-address.ts'
import { registerClusters } from './register-clusters.ts'
import { createSample, createSampleNamespace } from './sample/sample.ts'
import { type RunningServer, startServer } from './start-server.ts'
import { createLogger, type Logger } from './wire/logger.ts'

export interface RunningUp extends RunningServer {
  /** The embedded clusters, the one with the control objects first. */
  clusters: readonly EmbeddedCluster[]
  adminKubeconfig: string
  adminPasswordFile: string
  dataDir: string
}

/**
 * `driftless up`: the embedded clusters in threads, and the daemon on the first of them, all state in one folder.
 * @throws AppError for a data dir or port that cannot be used.
 */
export async function startUp(config: ServerConfig, signal: AbortSignal): Promise<RunningUp> {
  const dataDir = await prepareDataDir(config.dataDir)
  const log = createLogger(config.logLevel)
  const clusters = await startEmbeddedClusters({
    dataDir,
    count: config.clusters,
    host: config.host,
    port: config.apiPort,
    log,
    signal,
  })
  try {
    return await startOn(clusters, { config: { ...config, dataDir }, log, signal })
  } catch (error) {
    await clusters.close()
    throw error
  }
}

/** The password that was printed at the first start, while its file is kept. */
export async function knownAdminPassword(file: string): Promise<string | undefined> {
  return (await readIfThere(file))?.trim()
}

async function startOn(
  clusters: EmbeddedClusters,
  { config, log, signal }: { config: ServerConfig; log: Logger; signal: AbortSignal },
): Promise<RunningUp> {
  const { dataDir } = config
  const [control, ...others] = clusters.running
  const kubeconfigFile = join(dataDir, 'kubeconfig')
  await writePrivately(kubeconfigFile, adminKubeconfig(clusters.running.map(kubeconfigEntry)))
  await mkdir(join(dataDir, 'git'), { recursive: true, mode: 0o700 })
  const server = await startServer({
    config,
    cluster: { server: control.url, caCert: control.caCert, token: control.adminToken },
    embedded: true,
    signal,
    log,
    resting: new Map(clusters.resting.map((name) => [name, restingSentence(name)])),
    prepare: (client) => prepareClusters(client, { others, config }),
    onAddress: (client, url) => followOwnAddress({ client, dataDir, url }),
    kubeconfigFor: (user, token) =>
      userKubeconfig({ server: control.url, caCert: control.caCert, user, token }),
  })
  const adminPasswordFile = join(dataDir, 'admin-password')
  if (server.admin.created && server.admin.password !== undefined) {
    await writePrivately(adminPasswordFile, `${server.admin.password}\n`)
  }
  if (config.sample) {
    const { client, url, gitRoot } = server
    await createSample({ client, url, gitRoot, git: config.tools.git })
  }
  return {
    ...server,
    clusters: clusters.running,
    adminKubeconfig: kubeconfigFile,
    adminPasswordFile,
    dataDir,
    close: async () => {
      await server.close()
      await clusters.close()
    },
  }
}

async function prepareClusters(
  control: KubeClient,
  { others, config }: { others: readonly EmbeddedCluster[]; config: ServerConfig },
): Promise<void> {
  await registerClusters(control, { clusters: others, controlNamespace: config.namespace })
  for (const cluster of config.sample ? others : []) {
    if (!cluster.isNew) continue
    const client = createClient({ server: cluster.url, caCert: cluster.caCert, token: cluster.adminToken })
    try {
      await createSampleNamespace(client)
    } finally {
      await client.close()
    }
  }
}

function kubeconfigEntry(cluster: EmbeddedCluster) {
  const { url, caCert, adminToken } = cluster
  return { name: contextNameOf(cluster), server: url, caCert, token: adminToken }
}

function restingSentence(name: string): string {
  const count = /^cluster-(\d+)$/.exec(name)?.[1]
  const way = count === undefined ? '' : ` Start with --clusters ${count} or more.`
  return `This embedded cluster is not started; its data is kept.${way}`
}
