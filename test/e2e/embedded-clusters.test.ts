import { createClient } from '@driftless/kube'
import { afterAll, expect, it } from 'vitest'
import { type EmbeddedCluster, startEmbeddedClusters } from '../../apps/server/src/embedded-clusters.ts'
import { makeFolder } from './instance.ts'

const folder = await makeFolder('embedded-clusters')
const stop = new AbortController()

afterAll(async () => {
  stop.abort()
  await folder.remove()
})

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'mark' }

const clientOf = (cluster: EmbeddedCluster) =>
  createClient({ server: cluster.url, caCert: cluster.caCert, token: cluster.adminToken })

it('stops and starts one embedded cluster; the other goes on, nothing is lost and no credential is shared', async () => {
  const clusters = await startEmbeddedClusters({
    dataDir: folder.path,
    count: 2,
    host: '127.0.0.1',
    port: 0,
    log,
    signal: stop.signal,
  })
  const [first, second] = clusters.running
  if (second === undefined) throw new Error('one cluster only')
  expect([first.name, second.name]).toEqual(['in-cluster', 'cluster-2'])
  expect(second.adminToken).not.toBe(first.adminToken)

  const one = clientOf(first)
  const two = clientOf(second)
  const created = await two.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'mark', namespace: 'default' },
    data: { kept: 'yes' },
  })
  expect(await one.find(configMap)).toBeUndefined()

  await second.stop()
  await expect(two.get(configMap)).rejects.toThrow()
  expect((await one.list({ apiVersion: 'v1', kind: 'Namespace' })).items.length).toBeGreaterThan(0)

  await second.start()
  expect((await two.get(configMap)).metadata.uid).toBe(created.metadata.uid)
  await one.close()
  await two.close()
  await clusters.close()
})
