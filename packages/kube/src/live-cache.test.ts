import type { KubeObject } from '@driftless/apimachinery'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KubeClient } from './client.ts'
import { createClient } from './create-client.ts'
import { createLiveCache } from './create-live-cache.ts'
import type { LiveCache, LiveChange } from './live-cache.ts'
import { startScriptedApi, type ScriptedApi } from './testing/scripted-api.ts'

let api: ScriptedApi
let client: KubeClient
let stopping: AbortController
let changes: LiveChange[]
let reads: string[]

beforeEach(async () => {
  api = await startScriptedApi()
  client = createClient(api.config)
  stopping = new AbortController()
  changes = []
  reads = []
  api.serve('apiextensions.k8s.io/v1', {
    resource: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
  })
  api.serve('apps/v1', { resource: 'deployments', kind: 'Deployment', namespaced: true })
  api.serve('coordination.k8s.io/v1', { resource: 'leases', kind: 'Lease', namespaced: true })
})

afterEach(async () => {
  stopping.abort()
  await client.close()
  await api.close()
})

function start(): LiveCache {
  return createLiveCache(client, {
    signal: stopping.signal,
    trackingOf: (object) => object.metadata.labels?.['app'],
    onChange: (change) => changes.push(change),
    onKindRead: ({ kind }, version) => reads.push(`${kind}@${version}`),
  })
}

function object(kind: string, name: string, more: Partial<KubeObject['metadata']> = {}): KubeObject {
  const metadata = { name, namespace: 'a', uid: `uid-${name}`, managedFields: [{ manager: 'm' }], ...more }
  const apiVersion = kind === 'Deployment' ? 'apps/v1' : 'v1'
  return {
    apiVersion,
    kind,
    metadata,
    spec: { replicas: 2, template: {} },
    data: { k: 'v' },
    status: { s: 1 },
  }
}

test('managed objects are kept whole and found by application, owner and namespace; others are trimmed', async () => {
  api.put('deployments', object('Deployment', 'web', { labels: { app: 'shop' } }))
  api.put('configmaps', object('ConfigMap', 'other', { ownerReferences: [owner('uid-web')] }))
  const cache = start()
  await cache.ready
  const [web] = cache.managedBy('shop')
  expect(web?.object).toMatchObject({
    spec: { template: {} },
    metadata: { managedFields: [{ manager: 'm' }] },
  })
  const [other] = cache.childrenOf('uid-web')
  expect(other?.object['spec']).toEqual({ replicas: 2 })
  expect(other?.object['status']).toEqual({ s: 1 })
  expect(other?.object['data']).toBeUndefined()
  expect(other?.object.metadata.managedFields).toBeUndefined()
  expect(cache.namespacesObjects('a')).toHaveLength(2)
  expect(cache.kindState({ group: 'apps', kind: 'Deployment' }).state).toBe('synced')
  expect(cache.kindState({ group: 'coordination.k8s.io', kind: 'Lease' }).state).toBe('failed')
  expect(cache.kindState({ group: 'example.com', kind: 'Widget' }).state).toBe('absent')
})

test('an object that changes its application leaves the old one, and the change says so', async () => {
  api.put('deployments', object('Deployment', 'web', { labels: { app: 'shop' } }))
  const cache = start()
  await cache.ready
  api.put('deployments', object('Deployment', 'web', { labels: { app: 'store' } }))
  await until(() => cache.managedBy('store').length === 1)
  expect(cache.managedBy('shop')).toEqual([])
  expect(changes.at(-1)).toMatchObject({
    type: 'MODIFIED',
    application: 'store',
    previousApplication: 'shop',
  })
  api.remove('deployments', 'a/web')
  await until(() => changes.at(-1)?.type === 'DELETED')
  expect(cache.namespacesObjects('a')).toEqual([])
})

test('a kind that cannot be read fails alone', async () => {
  const refusal = { kind: 'Status', status: 'Failure', reason: 'Forbidden', code: 403, message: 'not you' }
  api.script((request) => (request.path.endsWith('/configmaps') ? { status: 403, body: refusal } : undefined))
  api.put('deployments', object('Deployment', 'web', { labels: { app: 'shop' } }))
  const cache = start()
  await cache.ready
  expect(cache.kindState({ group: '', kind: 'ConfigMap' })).toEqual({ state: 'failed', message: 'not you' })
  expect(cache.managedBy('shop')).toHaveLength(1)
  api.script(undefined)
  await until(() => cache.kindState({ group: '', kind: 'ConfigMap' }).state === 'synced')
})

test('a new CRD is picked up and a removed one dropped with its objects', async () => {
  const cache = start()
  await cache.ready
  api.serve('example.com/v1', { resource: 'widgets', kind: 'Widget', namespaced: true })
  api.put('widgets', { ...object('Widget', 'w', { labels: { app: 'shop' } }), apiVersion: 'example.com/v1' })
  api.put('customresourcedefinitions', definition(1))
  await until(() => cache.managedBy('shop').length === 1)
  api.unserve('example.com/v1', 'widgets')
  api.remove('customresourcedefinitions', '/widgets.example.com')
  await until(() => cache.managedBy('shop').length === 0)
  expect(changes.filter((change) => change.key.kind === 'Widget').map((change) => change.type)).toEqual([
    'ADDED',
    'DELETED',
  ])
})

test('it says up to which version a kind was read: by a list, by events, and by the end of its definition', async () => {
  api.put('deployments', object('Deployment', 'web'))
  const cache = start()
  await cache.ready
  const deployments = { group: 'apps', kind: 'Deployment' }
  const listed = cache.kindState(deployments).version
  expect(reads).toContain(`Deployment@${listed}`)
  api.put('deployments', object('Deployment', 'web', { labels: { app: 'shop' } }))
  await until(() => cache.managedBy('shop').length === 1)
  expect(cache.kindState(deployments).version).toBe(cache.managedBy('shop')[0]?.resourceVersion)
  expect(Number(cache.kindState(deployments).version)).toBeGreaterThan(Number(listed))

  // A kind that came and went before it could be followed.
  const widgets = { group: 'example.com', kind: 'Widget' }
  api.put('customresourcedefinitions', { ...definition(1), status: { acceptedNames: { kind: 'Widget' } } })
  api.remove('customresourcedefinitions', '/widgets.example.com')
  await until(() => reads.some((read) => read.startsWith('Widget@')))
  expect(cache.kindState(widgets).state).toBe('absent')
  expect(Number(cache.kindState(widgets).version)).toBeGreaterThan(Number(listed))
})

test('a CRD with a new schema has its objects listed anew', async () => {
  api.serve('example.com/v1', { resource: 'widgets', kind: 'Widget', namespaced: true })
  api.put('customresourcedefinitions', definition(1))
  const cache = start()
  await cache.ready
  const before = lists('widgets')
  api.put('customresourcedefinitions', definition(2))
  await until(() => lists('widgets') === before + 1)
})

function definition(generation: number): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com', uid: 'crd', generation },
  }
}

function owner(uid: string) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid }
}

function lists(resource: string): number {
  return api.requests.filter(
    (request) => request.path.endsWith(`/${resource}`) && !request.query.has('watch'),
  ).length
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
