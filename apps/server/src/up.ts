import { mkdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startApiServerThread } from '@driftless/apiserver'
import type { ServerConfig } from './config.ts'
import { prepareDataDir, readIfThere, writePrivately } from './data-dir.ts'
import { userKubeconfig } from './kubeconfig.ts'
import { createSample } from './sample/sample.ts'
import { type RunningServer, startServer } from './start-server.ts'
import { createLogger } from './wire/logger.ts'

export interface RunningUp extends RunningServer {
  apiUrl: string
  adminKubeconfig: string
  adminPasswordFile: string
  dataDir: string
}

/**
 * `driftless up`: the embedded Kubernetes API in a thread, and the daemon on it, all state in one folder.
 * @throws AppError for a data dir or port that cannot be used.
 */
export async function startUp(config: ServerConfig, signal: AbortSignal): Promise<RunningUp> {
  const dataDir = await prepareDataDir(config.dataDir)
  const log = createLogger(config.logLevel)
  const api = await startApiServerThread({
    dataDir: join(dataDir, 'cluster'),
    host: config.host,
    port: config.apiPort,
    simulate: true,
    workerUrl: workerEntry(),
    log: (line) => log.info(line, { component: 'apiserver' }),
    signal,
  })
  try {
    const kubeconfigFile = join(dataDir, 'kubeconfig')
    await writePrivately(kubeconfigFile, api.adminKubeconfig())
    await mkdir(join(dataDir, 'git'), { recursive: true, mode: 0o700 })
    const server = await startServer({
      config: { ...config, dataDir },
      cluster: { server: api.url, caCert: api.caCert, token: api.adminToken },
      embedded: true,
      signal,
      log,
      kubeconfigFor: (user, token) => userKubeconfig({ server: api.url, caCert: api.caCert, user, token }),
    })
    const adminPasswordFile = join(dataDir, 'admin-password')
    if (server.admin.created && server.admin.password !== undefined) {
      await writePrivately(adminPasswordFile, `${server.admin.password}\n`)
    }
    if (config.sample) await createSample({ client: server.client, url: server.url, gitRoot: server.gitRoot })
    return {
      ...server,
      apiUrl: api.url,
      adminKubeconfig: kubeconfigFile,
      adminPasswordFile,
      dataDir,
      close: async () => {
        await server.close()
        await api.close()
      },
    }
  } catch (error) {
    await api.close()
    throw error
  }
}

/** The password that was printed at the first start, while its file is kept. */
export async function knownAdminPassword(file: string): Promise<string | undefined> {
  return (await readIfThere(file))?.trim()
}

function workerEntry(): URL {
  const here = dirname(fileURLToPath(import.meta.url))
  const candidates = [join(here, 'apiserver-worker.mjs'), join(here, '..', 'apiserver-worker.mjs')]
  const found =
    candidates.find((file) => existsSync(file)) ?? join(here, '../../../dist/apiserver-worker.mjs')
  return new URL(`file://${found}`)
}
