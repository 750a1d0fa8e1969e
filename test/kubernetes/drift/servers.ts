import { createClient, type KubeClient } from '@driftless/kube'
import { startCluster } from '@driftless/testkit'
import { hasRealServer, startRealServer } from '../../contract/real-server.ts'

export interface ServerUnderTest {
  client: KubeClient
  close(): Promise<void>
}

async function startEmbedded(): Promise<ServerUnderTest> {
  const { client, close } = await startCluster({ server: { simulate: false } })
  return { client, close }
}

/** etcd and kube-apiserver without any controller. */
export async function startReal(): Promise<ServerUnderTest> {
  const server = await startRealServer()
  const config = { server: server.url, token: server.token, insecureSkipVerify: true }
  const client = createClient(config, { connections: 12 })
  return {
    client,
    async close() {
      await client.close()
      await server.close()
    },
  }
}

/** The servers that a test of both runs on: the real one where its binaries are there. */
export const servers: readonly { name: string; start(): Promise<ServerUnderTest> }[] = [
  { name: 'the embedded server', start: startEmbedded },
  ...(hasRealServer() ? [{ name: 'kube-apiserver', start: startReal }] : []),
]
