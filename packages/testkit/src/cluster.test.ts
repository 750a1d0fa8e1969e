import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KubeObject } from '@driftless/apimachinery'
import {
  applyManaged,
  createClient,
  createInformer,
  createLiveCache,
  deleteManaged,
  isConflict,
  KubeApiError,
  type LiveChange,
  replaceManaged,
  takeOverManaged,
} from '@driftless/kube'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startCluster, type TestCluster } from './cluster.ts'
import { waitFor } from './wait-for.ts'

const configMaps = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default' }

function configMap(name: string, data: Record<string, string>, labels?: Record<string, string>): KubeObject {
  const metadata = { name, namespace: 'default', ...(labels === undefined ? {} : { labels }) }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }
}

const refTo = (name: string) => ({ ...configMaps, name })

describe('the client and the embedded server', () => {
  let cluster: TestCluster
  let stopping: AbortController
  beforeAll(async () => {
    cluster = await startCluster({ server: { simulate: false } })
  })
  afterAll(() => cluster.close())
  beforeEach(() => {
    stopping = new AbortController()
  })
  afterEach(() => stopping.abort())

  test('server-side apply keeps owners apart, and an unforced one is refused with the fields in conflict', async () => {
    const { client } = cluster
    await client.apply(configMap('ssa', { a: '1' }), { manager: 'other' })
    const refused = await client
      .apply(configMap('ssa', { a: '2' }), { manager: 'driftless', force: false })
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(KubeApiError)
    expect(refused).toMatchObject({ code: 'Conflict', fields: [{ field: '.data.a' }] })
    const applied = await applyManaged(client, configMap('ssa', { a: '2' }), { manager: 'driftless' })
    expect(applied['data']).toEqual({ a: '2' })
    const again = await applyManaged(client, configMap('ssa', { a: '2' }), { manager: 'driftless' })
    expect(again.metadata.resourceVersion).toBe(applied.metadata.resourceVersion)
  })

  test('what a client-side apply left behind is pruned after the take-over', async () => {
    const { client } = cluster
    const created = await client.create(configMap('old', { keep: '1', drop: '1' }), {
      manager: 'kubectl-client-side-apply',
    })
    const plain = await applyManaged(client, configMap('old', { keep: '1' }), {
      manager: 'driftless',
      dryRun: true,
    })
    expect(plain['data']).toEqual({ keep: '1', drop: '1' })
    await takeOverManaged(client, created, { manager: 'driftless' })
    const applied = await applyManaged(client, configMap('old', { keep: '1' }), { manager: 'driftless' })
    expect(applied['data']).toEqual({ keep: '1' })
    expect(await takeOverManaged(client, applied, { manager: 'driftless' })).toBe(applied)
    await expect(takeOverManaged(client, created, { manager: 'driftless' })).rejects.toSatisfy(isConflict)
  })

  test('a delete takes only the incarnation that was recorded', async () => {
    const { client } = cluster
    const first = await client.create(configMap('twice', {}))
    expect(await deleteManaged(client, { object: first, dryRun: true })).toBeUndefined()
    expect(await deleteManaged(client, { object: first, propagationPolicy: 'Background' })).toBeUndefined()
    const second = await replaceManaged(client, configMap('twice', { b: '1' }), { manager: 'driftless' })
    expect(await deleteManaged(client, { object: first })).toBeUndefined()
    expect(await client.find(refTo('twice'))).toMatchObject({ metadata: { uid: second.metadata.uid } })
    const held = { ...second, metadata: { ...second.metadata, finalizers: ['example.com/hold'] } }
    const replaced = await replaceManaged(client, held, { manager: 'driftless' })
    expect(await deleteManaged(client, { object: replaced })).toMatchObject({
      metadata: { uid: second.metadata.uid, deletionTimestamp: expect.any(String) },
    })
  })

  test('an informer follows a selector, and a list reads pages', async () => {
    const { client } = cluster
    const informer = createInformer(
      client,
      { ...configMaps, labelSelector: 'set=one' },
      { signal: stopping.signal },
    )
    await informer.ready
    for (let i = 0; i < 7; i += 1) {
      await client.apply(configMap(`page-${i}`, {}, { set: i < 5 ? 'one' : 'two' }), { manager: 'm' })
    }
    await waitFor(() => informer.list().length === 5, { what: 'five objects in the informer' })
    await client.patch(refTo('page-0'), { type: 'merge', body: { metadata: { labels: { set: 'two' } } } })
    await waitFor(() => informer.get('default', 'page-0') === undefined, {
      what: 'page-0 to leave the selection',
    })
    const { items } = await client.list(configMaps, { pageSize: 2, labelSelector: 'set' })
    expect(items.map((item) => item.metadata.name)).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `page-${i}`))
  })

  test('a user is impersonated and the authorizer asked', async () => {
    const { client } = cluster
    const nobody = client.as({ user: 'driftless:nobody', groups: ['driftless:users'] })
    await expect(nobody.list(configMaps)).rejects.toMatchObject({ code: 'Forbidden' })
    const spec = { verb: 'get', group: '', resource: 'configmaps', namespace: 'default' }
    expect(await client.subjectAccessReview({ ...spec, user: 'driftless:nobody' })).toMatchObject({
      allowed: false,
    })
    expect(await client.canI(spec)).toMatchObject({ allowed: true })
    expect(await nobody.canI(spec)).toMatchObject({ allowed: false })
  })

  test('a schema with its components', async () => {
    const found = await cluster.client.openapi.schemaFor({ group: 'apps', version: 'v1', kind: 'Deployment' })
    expect(found?.schema['properties']).toMatchObject({ spec: {} })
    expect(Object.keys(found?.components ?? {}).some((name) => name.endsWith('PodSpec'))).toBe(true)
  })

  test('the live cache reads every kind, takes in a new CRD and lets it go', async () => {
    const changes: LiveChange[] = []
    const cache = createLiveCache(cluster.client, {
      signal: stopping.signal,
      trackingOf: (object) => object.metadata.labels?.['app'],
      onChange: (change) => changes.push(change),
    })
    await cache.ready
    expect(cache.kindState({ group: 'apps', kind: 'Deployment' })).toEqual({ state: 'synced', message: '' })
    await cluster.client.apply(widgetDefinition, { manager: 'm' })
    const widget = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'default', labels: { app: 'shop' } },
    }
    await waitFor(() => cluster.client.apply(widget, { manager: 'm' }), { what: 'the new kind to be served' })
    await waitFor(() => cache.managedBy('shop').length === 1, { what: 'the widget in the live cache' })
    await cluster.client.delete({ ...widgetDefinition, name: widgetDefinition.metadata.name })
    await waitFor(() => cache.managedBy('shop').length === 0, { what: 'the widget to leave the live cache' })
    expect(changes.filter((change) => change.key.kind === 'Widget').at(-1)?.type).toBe('DELETED')
  })
})

describe('an informer over a restart of the server', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'driftless-restart-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test.each([{ durable: true }, { durable: false }])('state kept: $durable', async ({ durable }) => {
    const server = { simulate: false, ...(durable ? { dataDir: folder } : {}) }
    const first = await startCluster({ server })
    const port = Number(new URL(first.server.url).port)
    // An address that stays while certificate and token of a server without a folder do not.
    const client = createClient({
      server: first.server.url,
      insecureSkipVerify: true,
      token: async () => token,
    })
    let token = first.server.adminToken
    const stopping = new AbortController()
    const events: string[] = []
    const informer = createInformer(client, configMaps, {
      signal: stopping.signal,
      onEvent: (event) => events.push(`${event.type} ${event.object.metadata.name}`),
    })
    await informer.ready
    for (let i = 0; i < 30; i += 1) await client.apply(configMap('before', { i: `${i}` }), { manager: 'm' })
    await waitFor(() => informer.get('default', 'before'), { what: 'the first object' })
    await first.close()
    const second = await startCluster({ server: { ...server, port } })
    token = second.server.adminToken
    await second.client.apply(configMap('after', {}), { manager: 'm' })
    await waitFor(() => informer.get('default', 'after'), { what: 'the object made after the restart' })
    await waitFor(() => (informer.get('default', 'before') !== undefined) === durable, { what: 'the truth' })
    expect(events.filter((event) => event === 'DELETED before')).toHaveLength(durable ? 0 : 1)
    stopping.abort()
    await client.close()
    await second.close()
  })
})

const widgetDefinition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
}
