import { labels } from '@driftless/api'
import type { KubeClient } from '@driftless/kube'
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
    await client.apply(clusterSecret(cluster, { name: secretName, namespace: input.controlNamespace }), {
      manager,
      force: true,
    })
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

function clusterSecret(cluster: EmbeddedCluster, at: { name: string; namespace: string }) {
  const config = {
    bearerToken: cluster.adminToken,
    tlsClientConfig: { caData: Buffer.from(cluster.caCert).toString('base64') },
  }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { ...at, labels: { [labels.secretType]: 'cluster', [labels.embedded]: 'true' } },
    stringData: { name: cluster.name, server: cluster.url, config: JSON.stringify(config) },
  }
}
