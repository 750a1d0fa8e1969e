import { customResourceDefinitions } from '@driftless/api/schemas'
import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import { describeUnkept, type UnkeptField } from '@driftless/engine'
import type { KubeClient } from '@driftless/kube'
import { waitFor } from '@driftless/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gadgetDefinition, widgetDefinition } from './custom-manifests.ts'
import { defineKinds } from './define-kinds.ts'
import { isRefusal } from './foreign-writes.ts'
import { handMadeNamespace, ManagedObject } from './managed-object.ts'
import { makeManifest, type ManifestKind, manifestKinds } from './manifests.ts'
import { normalForms } from './normal-forms.ts'
import { seededRandom } from './seeded-random.ts'
import { servers, type ServerUnderTest, startReal } from './servers.ts'

/** "Accepted, not kept": silent about everything that a server writes in a form of its own, and about nothing else. */
describe.each(servers)('what $name keeps', ({ start }) => {
  let server: ServerUnderTest
  let client: KubeClient

  beforeAll(async () => {
    server = await start()
    client = server.client
    await client.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: handMadeNamespace } },
      { manager: 'test' },
    )
    await defineKinds(client, [widgetDefinition, gadgetDefinition])
    const account = { name: 'default', namespace: handMadeNamespace }
    await client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account }, { manager: 'test' })
  })
  afterAll(() => server.close())

  test.each(manifestKinds.map((kind) => [kind.kind, kind] as const))(
    'nothing is told of a %s, made and changed',
    async (_name, kind) => {
      let applies = 0
      for (let seed = 1; seed <= 12; seed += 1) {
        const life = await changes(client, kind, seed)
        expect(life.told, `seed ${seed}`).toEqual([])
        applies += life.applies
      }
      expect(applies).toBeGreaterThanOrEqual(12)
    },
  )

  test.each(normalForms.map((form) => [`${form.apiVersion} ${form.kind}`, form] as const))(
    'nothing is told of the normal form of a %s',
    async (_name, form) => {
      const object = await ManagedObject.applied(client, form)
      expect(object.unkept).toEqual([])
    },
  )

  test('nothing is told of definitions of kinds', async () => {
    for (const definition of customResourceDefinitions()) {
      const object = await ManagedObject.applied(client, definition)
      expect(object.unkept).toEqual([])
    }
  })

  test('nothing is told of a list into which others put items, before and between', async () => {
    const names = (...all: string[]) => all.map((name) => ({ name, value: '1' }))
    const object = await ManagedObject.applied(client, deployment('mixed', { env: names('A', 'B') }))
    const containers = [{ name: 'app', env: names('X', 'A', 'Y', 'B') }]
    const order = [{ name: 'mesh' }, { name: 'app' }]
    await object.patch(
      {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'mesh', image: 'mesh:1' }, ...containers],
              '$setElementOrder/containers': order,
            },
          },
        },
      },
      { type: 'strategic', manager: 'mesh' },
    )
    object.change(deployment('mixed', { env: names('A', 'C', 'B') }))
    await object.apply()
    expect(object.unkept).toEqual([])
  })

  test('what the server sets by a rule of its own is told, with one request, and is no drift', async () => {
    const manifest = deployment('accounts', {}, { serviceAccount: 'one', serviceAccountName: 'two' })
    const object = new ManagedObject(client, manifest)
    expect(await object.apply()).toBe(1)
    expect(describeUnkept(object.unkept)).toBe(
      'the cluster did not keep spec.template.spec.serviceAccount (Git: "one", cluster: "two")',
    )
    expect(await object.verdict()).toBe('clean')
  })
})

test('kube-apiserver: what a policy of admission rewrites, adds and takes away', async () => {
  const { client, close } = await startReal()
  try {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: handMadeNamespace } }
    await client.apply(namespace, { manager: 'test' })
    for (const object of policy) await client.apply(object, { manager: 'test' })
    let count = 0
    const env = ['A', 'B'].map((name) => ({ name, value: '1' }))
    // A policy begins to work some time after it was made.
    const object = await waitFor(
      async () => {
        count += 1
        const more = { nodeSelector: { disk: 'ssd' } }
        const applied = await ManagedObject.applied(client, deployment(`capped-${count}`, { env }, more))
        return applied.unkept.length === 0 ? undefined : applied
      },
      { what: 'the policy to work' },
    )
    expect(object.unkept).toEqual([
      { path: 'spec.replicas', values: 'Git: 3, cluster: 1' },
      { path: 'spec.template.spec.nodeSelector.pool', values: 'Git: nothing, cluster: "shared"' },
      {
        path: 'spec.template.spec.containers[name="app"].env[name="A"]',
        values: 'Git: {"name":"A","value":"1"}, cluster: nothing',
      },
    ])
    expect(await object.verdict()).toBe('clean')
    await object.patch({ metadata: { labels: { others: 'x' } } })
    expect(await object.verdict()).toBe('clean')
  } finally {
    await close()
  }
})

/** Applies one object and changes it twice. */
async function changes(
  client: KubeClient,
  kind: ManifestKind,
  seed: number,
): Promise<{ told: UnkeptField[]; applies: number }> {
  const random = seededRandom(seed)
  const manifest = () => makeManifest(kind, `kept-${seed}`, random)
  const object = await ManagedObject.applied(client, manifest())
  const told = [...object.unkept]
  let applies = 1
  for (let round = 0; round < 2; round += 1) {
    object.change(manifest())
    try {
      await object.apply()
    } catch (error) {
      // Some kinds refuse to be changed.
      if (!isRefusal(error)) throw error
      continue
    }
    told.push(...object.unkept)
    applies += 1
  }
  return { told, applies }
}

/** Replicas 1, no first variable of the first container, and a pool for every pod. */
const policy: KubeObject[] = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: 'cap' },
    spec: {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] },
        ],
      },
      mutations: [
        {
          patchType: 'JSONPatch',
          jsonPatch: {
            expression: `[
              JSONPatch{op: "replace", path: "/spec/replicas", value: 1},
              JSONPatch{op: "remove", path: "/spec/template/spec/containers/0/env/0"},
              JSONPatch{op: "add", path: "/spec/template/spec/nodeSelector/pool", value: "shared"}
            ]`,
          },
        },
      ],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: 'cap' },
    spec: { policyName: 'cap' },
  },
]

function deployment(name: string, container: JsonObject, more: JsonObject = {}): KubeObject {
  const labels = { app: 'web' }
  const containers = [{ name: 'app', image: 'app:1', ...container }]
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { ...more, containers } },
    },
  }
}
