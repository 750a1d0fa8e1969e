import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, createInformer } from '@driftless/kube'
import { describe, expect, test } from 'vitest'
import { startCluster } from './cluster.ts'
import { ownServerSuite } from './testing/own-server-suite.ts'
import { waitFor } from './wait-for.ts'

describe('the embedded server with a folder', () => {
  ownServerSuite(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'driftless-own-server-'))
    let running = await startCluster({ server: { simulate: false, dataDir } })
    const port = Number(new URL(running.server.url).port)
    return {
      config: { ...running.config, caCert: running.server.caCert },
      kill: () => running.close(),
      async startAgain() {
        running = await startCluster({ server: { simulate: false, dataDir, port } })
      },
      // Nothing older than its start is known after a restart.
      compact: () => Promise.resolve(),
      async close() {
        await running.close()
        await rm(dataDir, { recursive: true, force: true })
      },
    }
  })
})

test('an informer notices that a server came back with nothing of what it had', async () => {
  const first = await startCluster({ server: { simulate: false } })
  const port = Number(new URL(first.server.url).port)
  let token = first.server.adminToken
  // The address stays while certificate and token of a server without a folder do not.
  const client = createClient({
    server: first.server.url,
    insecureSkipVerify: true,
    token: async () => token,
  })
  const stopping = new AbortController()
  const events: string[] = []
  const configMaps = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' }
  const informer = createInformer(client, configMaps, {
    signal: stopping.signal,
    onEvent: (event) => events.push(`${event.type} ${event.object.metadata.name}`),
  })
  await informer.ready
  const before = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'before', namespace: 'default' } }
  // Versions that the second server does not reach at once.
  for (let at = 0; at < 30; at += 1)
    await client.apply({ ...before, data: { at: `${at}` } }, { manager: 'm' })
  await waitFor(() => informer.get('default', 'before'), { what: 'the first object' })
  await first.close()
  const second = await startCluster({ server: { simulate: false, port } })
  token = second.server.adminToken
  await second.client.create({ ...before, metadata: { ...before.metadata, name: 'after' } })
  await waitFor(() => informer.get('default', 'after'), { what: 'the object made after the restart' })
  await waitFor(() => informer.get('default', 'before') === undefined, { what: 'the truth' })
  expect(events.filter((event) => event === 'DELETED before')).toHaveLength(1)
  stopping.abort()
  await client.close()
  await second.close()
})
