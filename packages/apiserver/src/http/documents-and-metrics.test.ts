import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ApiServer } from '../index.ts'
import { startTestServer, TestClient } from '../test-client.ts'

let server: ApiServer
let client: TestClient

beforeAll(async () => {
  server = await startTestServer({ simulate: false })
  client = new TestClient(server)
})
afterAll(async () => {
  await client.close()
  await server.close()
})

function definition(description: string): object {
  const schema = { openAPIV3Schema: { type: 'object', description } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.shop.example' },
    spec: {
      group: 'shop.example',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  }
}

async function hashes(): Promise<Record<string, string>> {
  const { body } = await client.send('GET', '/openapi/v3')
  const entries = Object.entries(body['paths'] as Record<string, { serverRelativeURL: string }>)
  return Object.fromEntries(entries.map(([path, { serverRelativeURL }]) => [path, serverRelativeURL]))
}

it('names each OpenAPI document by its content, so a definition changes one hash only', async () => {
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const before = await hashes()
  await client.send('POST', definitions, { body: definition('one') })
  const added = await hashes()
  const { 'apis/shop.example/v1': first, ...others } = added
  expect(first).toBeDefined()
  expect(others).toEqual(before)
  const patch = { type: 'application/merge-patch+json', body: definition('two') }
  await client.send('PATCH', `${definitions}/widgets.shop.example`, patch)
  const changed = await hashes()
  expect(changed['apis/shop.example/v1']).not.toBe(first)
  expect(changed['apis/apps/v1']).toBe(before['apis/apps/v1'])
})

it('counts requests by verb, resource and code, for those who may read /metrics', async () => {
  await client.send('GET', '/api/v1/namespaces/default/configmaps/nothing')
  const { body } = await client.send('GET', '/metrics')
  expect(body['text']).toMatch(
    /^apiserver_request_total\{code="404",component="apiserver",.*resource="configmaps",scope="resource",subresource="",verb="GET",version="v1"\} 1$/m,
  )
  const stranger = new TestClient(server, server.addToken({ user: 'jane', groups: [] }))
  expect((await stranger.send('GET', '/metrics')).code).toBe(403)
  await stranger.close()
})
