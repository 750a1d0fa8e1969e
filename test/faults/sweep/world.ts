import { customResourceDefinitions } from '@driftless/api/schemas'
import { type Clock, createWire, type Wire } from '@driftless/kube'
import { type EmbeddedCluster, startCluster, waitFor } from '@driftless/testkit'
import { createFastClock } from './fast-clock.ts'

/** The server of a sweep and what all its places share. */
export interface World {
  cluster: EmbeddedCluster
  /** Connections that outlive the controllers, so that a new life costs no handshakes. */
  wire: Wire
  clock: Clock
  close(): Promise<void>
}

export async function startWorld(): Promise<World> {
  const cluster = await startCluster({ server: { simulate: { delayMs: 1 } } })
  const { client } = cluster
  for (const definition of customResourceDefinitions()) await client.apply(definition, { manager: 'test' })
  client.discovery.invalidate()
  const projects = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject' }
  await waitFor(async () => (await client.list(projects)).items.length === 0, { what: 'the definitions' })
  const wire = createWire(cluster.config, 16)
  return {
    cluster,
    wire,
    clock: createFastClock(),
    close: async () => {
      wire.close()
      await cluster.close()
    },
  }
}
