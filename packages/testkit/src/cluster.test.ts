import type { KubeObject } from '@driftless/apimachinery'
import {
  applyManaged,
  createInformer,
  deleteManaged,
  isConflict,
  KubeApiError,
  replaceManaged,
  takeOverManaged,
} from '@driftless/kube'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TestCluster } from './cluster.ts'
import { openCluster } from './open-cluster.ts'
import { waitFor } from './wait-for.ts'

let namespace: string
const configMaps = () => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace })

function configMap(name: string, data: Record<string, string>, labels?: Record<string, string>): KubeObject {
  const metadata = { name, namespace, ...(labels === undefined ? {} : { labels }) }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }
}

const refTo = (name: string) => ({ ...configMaps(), name })

describe('the client and a server', () => {
  let cluster: TestCluster
  let stopping: AbortController
  beforeAll(async () => {
    cluster = await openCluster({ server: { simulate: false } })
    namespace = await cluster.createNamespace('client')
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

  test('a field that two managers apply stays until both drop it', async () => {
    const { client } = cluster
    await client.apply(configMap('shared', { both: '1', one: '1' }), { manager: 'one' })
    await client.apply(configMap('shared', { both: '1', two: '1' }), { manager: 'two' })
    const dropped = await client.apply(configMap('shared', {}), { manager: 'one' })
    expect(dropped['data']).toEqual({ both: '1', two: '1' })
    const taken = await client.apply(configMap('shared', { both: '2' }), { manager: 'three', force: true })
    expect(taken['data']).toEqual({ both: '2', two: '1' })
    const last = await client.apply(configMap('shared', {}), { manager: 'three' })
    expect(last['data']).toEqual({ two: '1' })
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
    // In the foreground it goes by way of a finalizer, which a dry run shows and does not keep.
    expect(await deleteManaged(client, { object: first, dryRun: true })).toMatchObject({
      metadata: { uid: first.metadata.uid },
    })
    expect((await client.get(refTo('twice'))).metadata.deletionTimestamp).toBeUndefined()
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
      { ...configMaps(), labelSelector: 'set=one' },
      { signal: stopping.signal },
    )
    await informer.ready
    for (let i = 0; i < 7; i += 1) {
      await client.apply(configMap(`page-${i}`, {}, { set: i < 5 ? 'one' : 'two' }), { manager: 'm' })
    }
    await waitFor(() => informer.list().length === 5, { what: 'five objects in the informer' })
    await client.patch(refTo('page-0'), { type: 'merge', body: { metadata: { labels: { set: 'two' } } } })
    await waitFor(() => informer.get(namespace, 'page-0') === undefined, {
      what: 'page-0 to leave the selection',
    })
    const { items } = await client.list(configMaps(), { pageSize: 2, labelSelector: 'set' })
    expect(items.map((item) => item.metadata.name)).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `page-${i}`))
  })

  test('a user is impersonated and the authorizer asked', async () => {
    const { client } = cluster
    const nobody = client.as({ user: 'driftless:nobody', groups: ['driftless:users'] })
    await expect(nobody.list(configMaps())).rejects.toMatchObject({ code: 'Forbidden' })
    const spec = { verb: 'get', group: '', resource: 'configmaps', namespace }
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
})
