import { startApiServer } from '@driftless/apiserver'
import { createClient, type ClientOptions, type ClusterConfig, type KubeClient } from '@driftless/kube'

type ServerOptions = NonNullable<Parameters<typeof startApiServer>[0]>
export type ApiServer = Awaited<ReturnType<typeof startApiServer>>

export interface TestCluster {
  /** A client with the administrator's rights. */
  client: KubeClient
  config: ClusterConfig
  server: ApiServer
  close(): Promise<void>
}

export interface ClusterOptions {
  /** For the embedded server: `dataDir` to survive a restart, `port` to come back at the same address, `simulate`. */
  server?: ServerOptions
  client?: ClientOptions
}

/** The embedded API server on a random port, in memory unless it is given a folder. Closing it checks its store. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const server = await startApiServer({ checkOnClose: true, ...options.server })
  const config: ClusterConfig = { server: server.url, caCert: server.caCert, token: server.adminToken }
  const client = createClient(config, options.client)
  return {
    client,
    config,
    server,
    async close() {
      await client.close()
      await server.close()
    },
  }
}
