import type { KubeObject } from '@driftless/apimachinery'
import { createLiveCache, isUnappliable, type LiveChange } from '@driftless/kube'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestCluster } from './cluster.ts'
import { openCluster } from './open-cluster.ts'
import { waitFor } from './wait-for.ts'

let cluster: TestCluster
let namespace: string
/** Of this run alone: a definition is the one thing here that lies in no namespace. */
let group: string

beforeAll(async () => {
  cluster = await openCluster({ server: { simulate: false } })
  namespace = await cluster.createNamespace('definitions')
  group = `${namespace}.example.com`
})

afterAll(() => cluster.close())

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

function definition(plural: string, kind: string, versions: object[]): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names: { plural, kind }, versions },
  }
}

function version(name: string, more: { storage?: boolean; schema?: object } = {}): object {
  const { storage = true, schema = anything } = more
  return { name, served: true, storage, schema: { openAPIV3Schema: schema } }
}

function object(kind: string, name: string, more: object = {}): KubeObject {
  return { apiVersion: `${group}/v1`, kind, metadata: { name, namespace, labels: { app: group } }, ...more }
}

async function remove({ apiVersion, kind, metadata }: KubeObject): Promise<void> {
  const ref = { apiVersion, kind, name: metadata.name }
  await cluster.client.delete(ref)
  await waitFor(async () => (await cluster.client.find(ref)) === undefined, {
    what: `${ref.name} to be gone`,
    timeoutMs: 30_000,
  })
}

test('the live cache reads every kind, takes in a new one and lets it go', async () => {
  const stopping = new AbortController()
  const changes: LiveChange[] = []
  const cache = createLiveCache(cluster.client, {
    signal: stopping.signal,
    trackingOf: ({ metadata }) => metadata.labels?.['app'],
    onChange: (change) => changes.push(change),
  })
  await cache.ready
  expect(cache.kindState({ group: 'apps', kind: 'Deployment' }).state).toBe('synced')
  const widgets = definition('widgets', 'Widget', [version('v1')])
  await cluster.client.apply(widgets, { manager: 'm' })
  const widget = object('Widget', 'w')
  await waitFor(() => cluster.client.apply(widget, { manager: 'm' }), { what: 'the new kind to be served' })
  await waitFor(() => cache.managedBy(group).length === 1, { what: 'the widget in the live cache' })
  await remove(widgets)
  await waitFor(() => cache.managedBy(group).length === 0, { what: 'the widget to leave the live cache' })
  expect(changes.filter((change) => change.key.kind === 'Widget').at(-1)?.type).toBe('DELETED')
  stopping.abort()
})

test('the life of a definition: served, a second version, another schema, gone with its objects', async () => {
  const { client } = cluster
  const gear = (versions: object[]) => definition('gears', 'Gear', versions)
  await expect(client.find({ ...object('Gear', 'g'), namespace, name: 'g' })).rejects.toThrow('no kind Gear')
  await client.apply(gear([version('v1')]), { manager: 'm' })
  await waitFor(() => client.apply(object('Gear', 'g', { spec: { teeth: '8' } }), { manager: 'm' }), {
    what: 'Gear to be served',
  })
  const gvk = { group, kind: 'Gear' }
  expect(await client.discovery.resourceFor({ ...gvk, version: 'v1' })).toMatchObject({
    resource: 'gears',
    namespaced: true,
    preferred: true,
  })

  await client.apply(gear([version('v1'), version('v2', { storage: false })]), { manager: 'm' })
  const ref = { kind: 'Gear', namespace, name: 'g' }
  const renewed = await waitFor(() => client.find({ ...ref, apiVersion: `${group}/v2` }), { what: 'v2' })
  expect(renewed).toMatchObject({ apiVersion: `${group}/v2`, spec: { teeth: '8' } })
  expect(await client.discovery.resourceFor({ ...gvk, version: 'v1' })).toMatchObject({ preferred: false })

  const properties = { spec: { type: 'object', properties: { size: { type: 'integer', default: 3 } } } }
  const strict = gear([version('v1', { schema: { type: 'object', properties } })])
  await client.apply(strict, { manager: 'm' })
  await waitFor(
    async () => {
      const warnings: string[] = []
      const created = await client.create(object('Gear', 'new', { spec: { teeth: '8' } }), {
        dryRun: true,
        fieldValidation: 'Warn',
        onWarning: (warning) => warnings.push(warning),
      })
      return JSON.stringify([created['spec'], warnings]) === '[{"size":3},["unknown field \\"spec.teeth\\""]]'
    },
    { what: 'the new schema: what it does not know is dropped with a warning, the default comes' },
  )
  await expect(
    client.apply(object('Gear', 'g', { spec: { teeth: '8' } }), { manager: 'm' }),
  ).rejects.toSatisfy(isUnappliable)
  const applied = await client.apply(object('Gear', 'g', { spec: { size: 4 } }), { manager: 'm' })
  expect(applied['spec']).toEqual({ size: 4 })
  const schema = await waitFor(
    async () => {
      client.openapi.invalidate()
      const found = await client.openapi.schemaFor({ ...gvk, version: 'v1' })
      return JSON.stringify(found?.schema).includes('"size"') ? found : undefined
    },
    { what: 'the published schema' },
  )
  expect(JSON.stringify(schema?.schema)).not.toContain('teeth')

  await remove(gear([]))
  client.discovery.invalidate()
  await waitFor(
    async () => {
      client.discovery.invalidate()
      return (await client.discovery.resourceFor({ ...gvk, version: 'v1' })) === undefined
    },
    { what: 'Gear to be served no more' },
  )
})
