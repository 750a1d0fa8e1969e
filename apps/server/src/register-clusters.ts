import { labels } from '@driftless/api'
import { type KubeClient, secretFromClusterConfig } from '@driftless/kube'
import type { EmbeddedCluster } from './embedded-clusters.ts'

const manager = 'driftless-up'

/**
 * Makes the embedded clusters beside the first one known as deployment locations: a Secret as Argo CD reads it and a
 * Cluster that refers to it. Their addresses may be others than at the last start.
 */
export async function registerClusters(
  client: KubeClient,
  input: { clusters: readonly EmbeddedCluster[]; controlNamespace: string },
): Promise<void> {
  for (const cluster of input.clusters) {
    const secretName = `cluster-${cluster.name}`
    const config = { server: cluster.url, caCert: cluster.caCert, token: cluster.adminToken }
    const secret = secretFromClusterConfig(
      { name: cluster.name, config },
      {
        name: secretName,
        namespace: input.controlNamespace,
        labels: { [labels.embedded]: 'true' },
      },
    )
    await client.apply(secret, { manager, force: true })
    await client.apply(
      {
        apiVersion: 'driftless.dev/v1alpha1',
        kind: 'Cluster',
        metadata: { name: cluster.name, labels: { [labels.embedded]: 'true' } },
        spec: { server: cluster.url, description: 'Embedded cluster', secretRef: { name: secretName } },
      },
      { manager, force: true },
    )
  }
}
