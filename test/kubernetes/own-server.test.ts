import { createClient, createLiveCache } from '@driftless/kube'
import { waitFor } from '@driftless/testkit'
import { describe, expect, test } from 'vitest'
import { ownServerSuite } from '../../packages/testkit/src/testing/own-server-suite.ts'
import { startControlPlane } from './control-plane/start-control-plane.ts'

describe('kube-apiserver', () => {
  ownServerSuite(async () => {
    const controlPlane = await startControlPlane({ workloads: false })
    return {
      config: controlPlane.config,
      kill: () => controlPlane.killApiServer(),
      startAgain: () => controlPlane.startApiServer(),
      compact: () => controlPlane.compact(),
      close: () => controlPlane.close(),
    }
  })
})

test('an aggregated API that is down hurts its own kinds only', async () => {
  const controlPlane = await startControlPlane({ workloads: false })
  const client = createClient(controlPlane.config)
  const stopping = new AbortController()
  const spec = {
    group: 'down.example.com',
    version: 'v1',
    service: { name: 'nobody', namespace: 'default' },
    groupPriorityMinimum: 1000,
    versionPriority: 10,
    insecureSkipTLSVerify: true,
  }
  const metadata = { name: 'v1.down.example.com' }
  await client.create({ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata, spec })
  await waitFor(
    async () => {
      await client.discovery.refresh()
      return client.discovery.failures().length > 0
    },
    { what: 'the server to say that the group is down', timeoutMs: 30_000 },
  )
  expect(client.discovery.failures().map(({ groupVersion }) => groupVersion)).toEqual(['down.example.com/v1'])
  const unknown = client.discovery.resourceFor({ group: 'down.example.com', version: 'v1', kind: 'Thing' })
  await expect(unknown).rejects.toMatchObject({ code: 'ServiceUnavailable' })
  const cache = createLiveCache(client, {
    signal: stopping.signal,
    trackingOf: () => undefined,
    onChange: () => undefined,
  })
  await cache.ready
  expect(cache.kindState({ group: 'apps', kind: 'Deployment' }).state).toBe('synced')
  expect(cache.kindState({ group: 'down.example.com', kind: 'Thing' }).state).toBe('failed')
  expect(cache.kindState({ group: 'other.example.com', kind: 'Thing' }).state).toBe('absent')
  stopping.abort()
  await client.close()
  await controlPlane.close()
})
