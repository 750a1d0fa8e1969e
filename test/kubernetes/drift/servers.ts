import { type ClusterConfig, createClient, type KubeClient } from '@driftless/kube'
import { startCluster } from '@driftless/testkit'
import { missingBinaries } from '../binaries/folder.mjs'
import { startControlPlane } from '../control-plane/start-control-plane.ts'

export interface ServerUnderTest {
  config: ClusterConfig
  client: KubeClient
  close(): Promise<void>
}

function startEmbedded(): Promise<ServerUnderTest> {
  return startCluster({ server: { simulate: false } })
}

/** etcd and kube-apiserver without any controller. */
export async function startReal(): Promise<ServerUnderTest> {
  const plane = await startControlPlane({ workloads: false })
  const client = createClient(plane.config, { connections: 12 })
  return {
    config: plane.config,
    client,
    async close() {
      await client.close()
      await plane.close()
    },
  }
}

/** The servers that a test of both runs on: the real one where its binaries are there. */
export const servers: readonly { name: string; start(): Promise<ServerUnderTest> }[] = [
  { name: 'the embedded server', start: startEmbedded },
  ...(missingBinaries().length === 0 ? [{ name: 'kube-apiserver', start: startReal }] : []),
]
