import type { JsonObject, KubeObject, ManagedFieldsEntry } from '@driftless/apimachinery'
import { handOverManager, type KubeClient } from '@driftless/kube'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defineKinds } from './define-kinds.ts'
import { handMadeNamespace, ManagedObject } from './managed-object.ts'
import { servers, type ServerUnderTest } from './servers.ts'

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Who owns what around our apply: fields that Git drops, objects that others applied before, entries that block. */
describe.each(servers)('ownership on $name', ({ start }) => {
  let server: ServerUnderTest
  let client: KubeClient
  let count = 0
  const nextName = (): string => {
    count += 1
    return `owned-${count}`
  }

  beforeAll(async () => {
    server = await start()
    client = server.client
    await client.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: handMadeNamespace } },
      { manager: 'test' },
    )
  })
  afterAll(() => server.close())

  describe('fields that Git drops', () => {
    const twoKeys = (name: string) => configMap(name, { kept: '1', dropped: '1' })
    const oneKey = (name: string) => configMap(name, { kept: '1' })

    test('that are ours alone go with the apply', async () => {
      const name = nextName()
      const object = await ManagedObject.applied(client, twoKeys(name))
      object.change(oneKey(name))
      expect(await object.apply()).toBe(1)
      expect((await object.live())['data']).toEqual({ kept: '1' })
    })

    test('that another applier owns too stay, and it is said who keeps them', async () => {
      const name = nextName()
      const object = await ManagedObject.applied(client, twoKeys(name))
      await object.applyAs('flux', { data: { dropped: '1' } })
      object.change(oneKey(name))
      expect(await object.apply()).toBe(1)
      expect((await object.live())['data']).toEqual({ kept: '1', dropped: '1' })
      expect(object.notes).toEqual(['data.dropped is no longer in Git; flux keeps it'])
    })

    test('that kubectl edit changed are taken away with a second write', async () => {
      const name = nextName()
      const object = await ManagedObject.applied(client, twoKeys(name))
      await object.patch({ data: { dropped: '2' } })
      expect(await object.verdict()).toBe('dirty')
      object.change(oneKey(name))
      expect(await object.apply()).toBe(2)
      expect((await object.live())['data']).toEqual({ kept: '1' })
      expect(await object.verdict()).toBe('clean')
    })

    test('after all entries were cleared are taken away too', async () => {
      const name = nextName()
      const object = await ManagedObject.applied(client, twoKeys(name))
      await object.replace((live) => {
        live.metadata.managedFields = [{}]
      })
      expect(await object.verdict()).toBe('unowned')
      object.change(oneKey(name))
      expect(await object.apply()).toBe(2)
      expect((await object.live())['data']).toEqual({ kept: '1' })
    })

    test('items of a list go one by one, others stay', async () => {
      const name = nextName()
      const env = ['A', 'B', 'C', 'D'].map((key) => ({ name: key, value: '1' }))
      const object = await ManagedObject.applied(client, deployment(name, { replicas: 1 }, env))
      await object.replace((live) => envOf(live).splice(0))
      const containers = [{ name: 'app', env: env.map((item) => ({ ...item, value: '2' })) }]
      await object.patch({ spec: { template: { spec: { containers } } } }, { type: 'strategic' })
      expect(await object.verdict()).toBe('dirty')
      object.change(deployment(name, { replicas: 1 }, env.slice(1, 2)))
      expect(await object.apply()).toBe(2)
      expect(envOf(await object.live())).toEqual([{ name: 'B', value: '1' }])
    })

    test('replicas that nobody else owns are handed over, so that the number stays', async () => {
      const name = nextName()
      const object = await ManagedObject.applied(client, deployment(name, { replicas: 3 }))
      object.change(deployment(name, {}))
      expect(await object.apply()).toBe(2)
      const live = await object.live()
      expect(replicasOf(live)).toBe(3)
      expect(entryOf(live, handOverManager)).toBeDefined()
      expect(object.notes).toEqual(['spec.replicas is no longer in Git; 3 stays until somebody scales it'])
      await object.patch({ spec: { replicas: 5 } }, { manager: 'hpa', subresource: 'scale' })
      expect(await object.verdict()).toBe('clean')
    })

    test('replicas that an autoscaler owns stay with one write', async () => {
      const name = nextName()
      const object = await ManagedObject.applied(client, deployment(name, { replicas: 3 }))
      await object.patch({ spec: { replicas: 5 } }, { manager: 'hpa', subresource: 'scale' })
      expect(await object.verdict()).toBe('dirty')
      object.change(deployment(name, {}))
      expect(await object.apply()).toBe(1)
      expect(replicasOf(await object.live())).toBe(5)
      expect(object.notes).toEqual(['spec.replicas is no longer in Git; hpa keeps it'])
    })
  })

  describe('take-over with two writes', () => {
    test.each([
      ['kubectl apply', 'kubectl-client-side-apply', 'Update'],
      ['Argo CD', 'argocd-controller', 'Update'],
      ['Argo CD with server-side apply', 'argocd-controller', 'Apply'],
      ['Helm', 'helm', 'Update'],
      ['Helm with server-side apply', 'helm', 'Apply'],
    ])(
      'of an object of %s: stale fields go, what the server and others set stays',
      async (_name, manager, operation) => {
        const name = nextName()
        const before = service(name, { app: 'web', stale: 'x' })
        if (operation === 'Apply') await client.apply(before, { manager })
        else await client.create(withLastApplied(before), { manager })
        const object = new ManagedObject(client, service(name, { app: 'web' }))
        await object.patch({ metadata: { labels: { others: 'x' } } }, { manager: 'mesh' })
        const { clusterIP } = (await object.live())['spec'] as JsonObject
        expect(await object.apply()).toBe(2)
        const live = await object.live()
        expect((live['spec'] as JsonObject)['selector']).toEqual({ app: 'web' })
        expect((live['spec'] as JsonObject)['clusterIP']).toBe(clusterIP)
        expect(live.metadata.labels).toEqual({ others: 'x' })
        expect(live.metadata.annotations).not.toHaveProperty([lastApplied])
        expect(entryOf(live, manager)).toBeUndefined()
        expect(await object.verdict()).toBe('clean')
      },
    )
  })

  describe('kinds that change', () => {
    test('another schema makes an object unknown, one dry run settles it, and the next change is seen', async () => {
      await defineKinds(client, [definition('Gizmo', ['v1'])])
      const name = nextName()
      const object = await ManagedObject.applied(client, custom('Gizmo', 'v1', name))
      expect(await object.verdict()).toBe('clean')
      await defineKinds(client, [definition('Gizmo', ['v1'], { added: { type: 'string' } })])
      await untilUnknown(client, object)
      expect(await object.settled()).toBe('clean')
      expect(await object.verdict()).toBe('clean')
      await object.patch({ spec: { a: 'other' } })
      expect(await object.verdict()).toBe('dirty')
    })

    test('an entry of ours in a version that is served no more is rewritten', async () => {
      await defineKinds(client, [definition('Doodad', ['v1', 'v2'])])
      const name = nextName()
      const object = await ManagedObject.applied(client, custom('Doodad', 'v1', name))
      await defineKinds(client, [definition('Doodad', ['v2'])])
      object.change(custom('Doodad', 'v2', name, 'new'))
      expect(await object.apply()).toBeGreaterThan(0)
      const live = await object.live()
      expect((live['spec'] as JsonObject)['a']).toBe('new')
      expect(entryOf(live, 'driftless')?.apiVersion).toBe('drift.example.org/v2')
      expect(await object.verdict()).toBe('clean')
    })
  })
})

/** The server publishes the schema some time after it took the definition. */
async function untilUnknown(client: KubeClient, object: ManagedObject): Promise<void> {
  do client.openapi.invalidate()
  while ((await object.verdict()) !== 'unknown')
}

function configMap(name: string, data: JsonObject): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

function deployment(name: string, spec: JsonObject, env: JsonObject[] = []): KubeObject {
  const labels = { app: 'web' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app:1', env }] } }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { ...spec, selector: { matchLabels: labels }, template },
  }
}

function service(name: string, selector: JsonObject): KubeObject {
  const ports = [{ name: 'http', port: 80 }]
  const metadata = { name, namespace: handMadeNamespace }
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector, ports } }
}

function withLastApplied(object: KubeObject): KubeObject {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { [lastApplied]: JSON.stringify(object) } },
  }
}

function custom(kind: string, version: string, name: string, a = 'x'): KubeObject {
  return { apiVersion: `drift.example.org/${version}`, kind, metadata: { name }, spec: { a } }
}

function definition(kind: string, versions: string[], more: JsonObject = {}): KubeObject {
  const plural = `${kind.toLowerCase()}s`
  const spec = { type: 'object', properties: { a: { type: 'string' }, ...more } }
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.drift.example.org` },
    spec: {
      group: 'drift.example.org',
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: versions.map((name) => ({ name, served: true, storage: name === versions.at(-1), schema })),
    },
  }
}

function replicasOf(live: KubeObject): unknown {
  return (live['spec'] as JsonObject)['replicas']
}

function envOf(live: KubeObject): JsonObject[] {
  const { template } = live['spec'] as { template: { spec: { containers: { env: JsonObject[] }[] } } }
  return template.spec.containers[0]?.env ?? []
}

function entryOf(live: KubeObject, wanted: string): ManagedFieldsEntry | undefined {
  return live.metadata.managedFields?.find(({ manager }) => manager === wanted)
}
