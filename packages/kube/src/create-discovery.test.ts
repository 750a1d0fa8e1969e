import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KubeClient } from './client.ts'
import { createClient } from './create-client.ts'
import { startScriptedApi, type ScriptedApi } from './testing/scripted-api.ts'

let api: ScriptedApi
let client: KubeClient

beforeEach(async () => {
  api = await startScriptedApi()
  client = createClient(api.config)
})

afterEach(async () => {
  await client.close()
  await api.close()
})

const widget = { group: 'example.com', version: 'v1', kind: 'Widget' }

test('questions that come together share one reading', async () => {
  await Promise.all([
    client.discovery.resourceFor({ group: '', version: 'v1', kind: 'ConfigMap' }),
    client.discovery.kindOf({ group: '', version: 'v1', resource: 'configmaps' }),
    client.discovery.resourceFor(widget),
  ])
  expect(client.stats().requests).toBe(2)
})

test('what was invalidated is read again', async () => {
  expect(await client.discovery.resourceFor(widget)).toBeUndefined()
  api.serve('example.com/v1', { resource: 'widgets', kind: 'Widget', namespaced: true })
  client.discovery.invalidate()
  expect(await client.discovery.resourceFor(widget)).toMatchObject({ resource: 'widgets', preferred: true })
})

test('a write to a definition makes the next question read again', async () => {
  const kind = 'CustomResourceDefinition'
  api.serve('apiextensions.k8s.io/v1', { resource: 'customresourcedefinitions', kind, namespaced: false })
  expect(await client.discovery.resourceFor(widget)).toBeUndefined()
  api.serve('example.com/v1', { resource: 'widgets', kind: 'Widget', namespaced: true })
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind,
    metadata: { name: 'widgets.example.com' },
  }
  api.script((request) => (request.method === 'PATCH' ? ok(definition) : undefined))
  await client.apply(definition, { manager: 'm' })
  expect(await client.discovery.resourceFor(widget)).toMatchObject({ resource: 'widgets' })
})

test('servers without aggregation are asked group by group, and one that fails hurts only its kinds', async () => {
  api.script(({ path }) => legacy[path])
  const { discovery } = client
  expect(await discovery.resourceFor({ group: 'apps', version: 'v1', kind: 'Deployment' })).toMatchObject({
    resource: 'deployments',
    subresources: ['scale'],
    preferred: true,
  })
  expect(
    await discovery.resourceFor({ group: 'apps', version: 'v1beta1', kind: 'Deployment' }),
  ).toMatchObject({
    preferred: false,
  })
  expect(discovery.failures()).toEqual([
    { groupVersion: 'metrics.example.com/v1', message: 'backend is down' },
  ])
  await expect(
    discovery.resourceFor({ group: 'metrics.example.com', version: 'v1', kind: 'Metric' }),
  ).rejects.toMatchObject({ code: 'ServiceUnavailable' })
  expect(await discovery.resourceFor(widget)).toBeUndefined()
})

test('a group that becomes unreachable keeps what was known of it', async () => {
  api.serve('example.com/v1', { resource: 'widgets', kind: 'Widget', namespaced: true })
  await client.discovery.refresh()
  const stale = [
    { metadata: { name: 'example.com' }, versions: [{ version: 'v1', freshness: 'Stale', resources: [] }] },
  ]
  api.script(({ path }) =>
    path === '/apis' ? ok({ kind: 'APIGroupDiscoveryList', items: stale }) : undefined,
  )
  await client.discovery.refresh()
  expect(await client.discovery.resourceFor(widget)).toMatchObject({ resource: 'widgets' })
})

test('a schema is found by kind, without descriptions, and read again only when its hash changes', async () => {
  let hash = 'h1'
  const schema = {
    description: 'text',
    'x-kubernetes-group-version-kind': [widget],
    properties: { description: { type: 'string', description: 'text' } },
  }
  api.script(({ path, query }) => {
    if (path !== '/openapi/v3' && !path.startsWith('/openapi/v3/')) return undefined
    if (query.has('hash')) return ok({ components: { schemas: { 'com.example.v1.Widget': schema } } })
    return ok({
      paths: { 'apis/example.com/v1': { serverRelativeURL: `/openapi/v3/apis/example.com/v1?hash=${hash}` } },
    })
  })
  const documents = () => api.requests.filter((request) => request.query.has('hash')).length
  const found = await client.openapi.schemaFor(widget)
  expect(found).toMatchObject({ hash: 'h1' })
  expect(found?.schema['description']).toBeUndefined()
  expect(found?.schema['properties']).toEqual({ description: { type: 'string' } })
  client.openapi.invalidate()
  await client.openapi.schemaFor(widget)
  expect(documents()).toBe(1)
  hash = 'h2'
  client.openapi.invalidate()
  expect(await client.openapi.schemaFor(widget)).toMatchObject({ hash: 'h2' })
  expect(documents()).toBe(2)
  expect(await client.openapi.schemaFor({ ...widget, kind: 'Other' })).toBeUndefined()
})

function ok(body: unknown): { status: number; body: unknown } {
  return { status: 200, body }
}

function deployments(subresources: string[]) {
  const names = ['deployments', ...subresources.map((name) => `deployments/${name}`)]
  return ok({
    resources: names.map((name) => ({ name, kind: 'Deployment', namespaced: true, verbs: ['get'] })),
  })
}

const legacy: Record<string, { status: number; body: unknown }> = {
  '/api': ok({ kind: 'APIVersions', versions: ['v1'] }),
  '/apis': ok({
    kind: 'APIGroupList',
    groups: [
      {
        name: 'apps',
        versions: [{ version: 'v1beta1' }, { version: 'v1' }],
        preferredVersion: { version: 'v1' },
      },
      { name: 'metrics.example.com', versions: [{ version: 'v1' }] },
    ],
  }),
  '/api/v1': ok({ resources: [{ name: 'pods', kind: 'Pod', namespaced: true, verbs: ['get'] }] }),
  '/apis/apps/v1': deployments(['scale']),
  '/apis/apps/v1beta1': deployments([]),
  '/apis/metrics.example.com/v1': {
    status: 503,
    body: {
      kind: 'Status',
      status: 'Failure',
      code: 503,
      reason: 'ServiceUnavailable',
      message: 'backend is down',
    },
  },
}
