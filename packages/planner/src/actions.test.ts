import type { KubeObject } from '@driftless/apimachinery'
import { startCluster, type TestCluster } from '@driftless/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createResourceActions } from './actions.ts'
import { runScript } from './scripts/run-script.ts'
import { parseSettings } from './settings.ts'

let cluster: TestCluster

beforeAll(async () => {
  cluster = await startCluster({ server: { simulate: false } })
})

afterAll(() => cluster.close())

const scripted = parseSettings({
  'resource.customizations.actions.ConfigMap': `
discovery.lua: |
  actions = {}
  actions["stamp"] = { ["disabled"] = obj.data.stamp ~= nil, displayName = "Stamp", params = {{ name = "value", default = "x" }} }
  return actions
definitions:
- name: stamp
  action.lua: |
    obj.data.stamp = actionParams["value"]
    local copy = { apiVersion = "v1", kind = "ConfigMap", metadata = { name = obj.metadata.name .. "-copy", namespace = obj.metadata.namespace } }
    return {{ operation = "patch", resource = obj }, { operation = "create", resource = copy }}
`,
})

// The scripts of this test end by themselves, so they run here; the thread has its own test.
const actions = createResourceActions({
  settings: () => scripted,
  scripts: { run: runScript, close: () => Promise.resolve() },
})

const now = '2026-11-01T00:00:00Z'

function create(object: KubeObject): Promise<KubeObject> {
  return cluster.client.create(object, { manager: 'test' })
}

test('a Lua action is discovered, patches its object and creates another', async () => {
  const object = await create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'scripted', namespace: 'default', annotations: {} },
    data: { a: '1' },
  })
  expect(await actions.list(object)).toEqual([
    {
      name: 'stamp',
      disabled: false,
      displayName: 'Stamp',
      parameters: [{ name: 'value', description: '', default: 'x' }],
    },
  ])
  const request = { client: cluster.client, object, name: 'stamp', parameters: { value: 'v' }, now }
  expect(await actions.run(request)).toEqual([
    'ConfigMap scripted changed',
    'ConfigMap scripted-copy created',
  ])
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'scripted' }
  const after = await cluster.client.get(ref)
  expect(after['data']).toEqual({ a: '1', stamp: 'v' })
  expect((await actions.list(after))[0]?.disabled).toBe(true)
  await expect(actions.run({ ...request, object: after })).rejects.toMatchObject({ code: 'NotFound' })
})

test('a built-in action writes one patch bound to the version that was read', async () => {
  const labels = { app: 'web' }
  const object = await create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } },
    },
  })
  const request = { client: cluster.client, object, name: 'scale', parameters: { replicas: '4' }, now }
  expect(await actions.run(request)).toEqual(['Deployment web changed'])
  await expect(actions.run({ ...request, parameters: { replicas: '9' } })).rejects.toMatchObject({
    code: 'Conflict',
  })
  const after = await cluster.client.get({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'default',
    name: 'web',
  })
  expect(after['spec']).toMatchObject({ replicas: 4 })
})
