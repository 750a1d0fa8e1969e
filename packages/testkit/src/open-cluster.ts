import { createClient, loadKubeconfig } from '@driftless/kube'
import { type ClusterOptions, startCluster, type TestCluster } from './cluster.ts'
import { createTestNamespaces } from './test-namespaces.ts'

/** The real cluster that the tier `kubernetes` runs on; only the set-up of that tier sets these. */
export const realClusterVariables = {
  kubeconfig: 'DRIFTLESS_TEST_REAL_KUBECONFIG',
  context: 'DRIFTLESS_TEST_REAL_CONTEXT',
  run: 'DRIFTLESS_TEST_RUN',
} as const

/**
 * The cluster that this run of the tests is about: a real one in the tier `kubernetes`, the embedded server otherwise.
 * A suite that opens its cluster here runs on both.
 */
export async function openCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const path = process.env[realClusterVariables.kubeconfig]
  if (path === undefined) return startCluster(options)
  const context = process.env[realClusterVariables.context]
  const config = await loadKubeconfig({ path, ...(context === undefined ? {} : { context }) })
  const client = createClient(config, options.client)
  const namespaces = createTestNamespaces(client, process.env[realClusterVariables.run])
  return {
    client,
    config,
    createNamespace: namespaces.create,
    async close() {
      await namespaces.remove()
      await client.close()
    },
  }
}
