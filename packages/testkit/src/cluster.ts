import { startApiServer } from '@driftless/apiserver'
import { createClient, type ClientOptions, type ClusterConfig, type KubeClient } from '@driftless/kube'
import { createTestNamespaces } from './test-namespaces.ts'

type ServerOptions = NonNullable<Parameters<typeof startApiServer>[0]>
export type ApiServer = Awaited<ReturnType<typeof startApiServer>>

/** A cluster that a suite may use as it likes inside namespaces of its own. */
export interface TestCluster {
  /** A client with the administrator's rights. */
  client: KubeClient
  config: ClusterConfig
  /** Makes a namespace that nobody else has; it goes when the cluster is closed. */
  createNamespace(purpose: string): Promise<string>
  /** Leaves a real cluster as it was found, and ends an embedded one. */
  close(): Promise<void>
}

/** The embedded server, in this process. */
export interface EmbeddedCluster extends TestCluster {
  server: ApiServer
}

export interface ClusterOptions {
  /** For the embedded server: `dataDir` to survive a restart, `port` to come back at the same address, `simulate`. */
  server?: ServerOptions
  client?: ClientOptions
}

/** The embedded API server on a random port, in memory unless it is given a folder. Closing it checks its store. */
export async function startCluster(options: ClusterOptions = {}): Promise<EmbeddedCluster> {
  const server = await startApiServer({ checkOnClose: true, ...options.server })
  const config: ClusterConfig = { server: server.url, caCert: server.caCert, token: server.adminToken }
  const client = createClient(config, options.client)
  return {
    client,
    config,
    server,
    createNamespace: createTestNamespaces(client).create,
    async close() {
      await client.close()
      await server.close()
    },
  }
}
