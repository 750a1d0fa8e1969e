import { type JsonObject, type KubeObject, parseJson } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { widgetDefinition } from './custom-manifests.ts'
import { defineKinds } from './define-kinds.ts'
import { handMadeNamespace, ManagedObject } from './managed-object.ts'
import { servers, type ServerUnderTest, startReal } from './servers.ts'

/** The embedded server reads numbers as JavaScript does; Kubernetes keeps 64 bits. */
test('drift on kube-apiserver: an int64 beyond 2^53 that changes by one', async () => {
  const { client, close } = await startReal()
  try {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: handMadeNamespace } }
    await client.apply(namespace, { manager: 'test' })
    await defineKinds(client, [widgetDefinition])
    const manifest = (amount: string) =>
      parseJson(
        `{"apiVersion":"drift.example.org/v1","kind":"Widget","metadata":{"name":"big"},"spec":{"amount":${amount}}}`,
      ) as KubeObject
    const object = await ManagedObject.applied(client, manifest('9007199254740993'))
    expect(await object.verdict()).toBe('clean')
    await object.patch(parseJson('{"spec":{"amount":9007199254740992}}'))
    expect(await object.verdict()).toBe('dirty')
    await object.patch(parseJson('{"spec":{"amount":9007199254740993}}'))
    expect(await object.verdict()).toBe('touched')
  } finally {
    await close()
  }
})

/** The cases that `kubernetes.md` §4 names, one by one; random ones are in `drift.test.ts`. */
describe.each(servers)('drift on $name', ({ start }) => {
  let server: ServerUnderTest
  let client: KubeClient
  let count = 0
  const named = (kind: string, fields: Partial<KubeObject>): KubeObject => {
    count += 1
    return {
      apiVersion: apiVersions[kind] ?? 'v1',
      kind,
      ...fields,
      metadata: { ...fields.metadata, name: `case-${count}` },
    }
  }
  const apply = (kind: string, fields: Partial<KubeObject>) =>
    ManagedObject.applied(client, named(kind, fields))

  beforeAll(async () => {
    server = await start()
    client = server.client
    await client.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: handMadeNamespace } },
      { manager: 'test' },
    )
    await defineKinds(client, [widgetDefinition])
  })
  afterAll(() => server.close())

  describe('what is drift', () => {
    test('another order of env', async () => {
      const object = await apply('Deployment', deployment())
      await object.replace((live) => turnRound(container(live).env))
      expect(await object.verdict()).toBe('dirty')
    })
    test('another order of initContainers', async () => {
      const object = await apply('Deployment', deployment())
      await object.replace((live) => turnRound(podSpec(live).initContainers))
      expect(await object.verdict()).toBe('dirty')
    })
    test('another order of finalizers', async () => {
      const finalizers = ['example.org/a', 'example.org/b']
      const object = await apply('ConfigMap', { metadata: { name: '', finalizers } })
      await object.replace((live) => turnRound(live.metadata.finalizers))
      expect(await object.verdict()).toBe('dirty')
    })
    test('an item that was copied', async () => {
      const object = await apply('Deployment', deployment())
      await object.replace((live) => container(live).env?.push({ name: 'A', value: '1' }))
      expect(await object.verdict()).toBe('dirty')
    })
    test('data of a Secret that Git gives as stringData', async () => {
      const object = await apply('Secret', { stringData: { password: 'one' } })
      expect(await object.verdict()).toBe('clean')
      await object.patch({ data: { password: 'dHdv' } })
      expect(await object.verdict()).toBe('dirty')
    })
    test('a change by an Update in our own name', async () => {
      const object = await apply('ConfigMap', { data: { a: '1' } })
      await object.patch({ data: { a: '2' } }, { manager: 'driftless' })
      expect(await object.verdict()).toBe('dirty')
    })
    test('an apply in our own name with other values', async () => {
      const object = await apply('ConfigMap', { data: { a: '1' } })
      await object.applyAs('driftless', { data: { a: '2' } })
      expect(await object.verdict()).toBe('dirty')
    })
    test('an apply in our own name with one field more: undecided, and a dry run sees it', async () => {
      const object = await apply('ConfigMap', { data: { a: '1' } })
      const { annotations = {} } = (await object.live()).metadata
      await object.applyAs('driftless', { metadata: { name: '', annotations }, data: { a: '1', b: '2' } })
      expect(await object.verdict()).toBe('unknown')
      expect(await object.settled()).toBe('dirty')
    })
    test('replicas 2, 3, 2, 7: the way back is seen, and so is the next change', async () => {
      const object = await apply('Deployment', deployment())
      const states: string[] = []
      for (const replicas of [3, 2, 7]) {
        await object.patch({ spec: { replicas } })
        states.push(await object.verdict())
      }
      expect(states).toEqual(['dirty', 'touched', 'dirty'])
    })
    test('replicas by the scale subresource', async () => {
      const object = await apply('Deployment', deployment())
      await object.patch({ spec: { replicas: 5 } }, { manager: 'hpa', subresource: 'scale' })
      expect(await object.verdict()).toBe('dirty')
    })
    test('one key of an atomic map', async () => {
      const object = await apply('Widget', { spec: { whole: { a: 'x' } } })
      await object.patch({ spec: { whole: { b: 1 } } })
      expect(await object.verdict()).toBe('dirty')
    })
    test('one item of an atomic list', async () => {
      const object = await apply('Widget', { spec: { steps: ['1', '2'] } })
      await object.patch({ spec: { steps: ['1', '2', '3'] } })
      expect(await object.verdict()).toBe('dirty')
    })
    test('made anew under its name', async () => {
      const object = await apply('ConfigMap', { data: { a: '1' } })
      const live = await object.live()
      await client.delete({ ...live, name: live.metadata.name, namespace: handMadeNamespace })
      await client.create({ ...live, metadata: { name: live.metadata.name, namespace: handMadeNamespace } })
      expect(await object.verdict()).toBe('replaced')
    })
  })

  describe('what is none', () => {
    test.each<[string, unknown]>([
      ['null', null],
      ['{}', {}],
      ['absent', undefined],
    ])('an empty field that becomes %s', async (_name, value) => {
      const object = await apply('Deployment', deployment({ securityContext: {} }))
      await object.replace((live) => {
        const app = container(live)
        if (value === undefined) delete app['securityContext']
        else app['securityContext'] = value as JsonObject
      })
      expect(['clean', 'touched']).toContain(await object.settled())
    })
    test('[] that is taken away', async () => {
      const object = await apply('Widget', { spec: { size: 2, steps: [] } })
      await object.replace((live) => delete (live['spec'] as JsonObject)['steps'])
      expect(['clean', 'touched']).toContain(await object.settled())
    })
    test('amounts and defaults as the server writes them', async () => {
      const object = await apply('Deployment', deployment({ resources: { requests: { cpu: '1000m' } } }))
      await object.patch({ metadata: { labels: { others: 'x' } } })
      expect(await object.verdict()).toBe('clean')
    })
    test('what others add: a sidecar, a key, a status', async () => {
      const object = await apply('Deployment', deployment())
      const sidecar = { spec: { template: { spec: { containers: [{ name: 'mesh', image: 'mesh:1' }] } } } }
      await object.patch(sidecar, { type: 'strategic', manager: 'mesh' })
      await object.patch({ status: { replicas: 2 } }, { subresource: 'status' })
      expect(await object.verdict()).toBe('clean')
    })
    test('our entry was taken out: unowned, and its next change is seen', async () => {
      const object = await apply('ConfigMap', { data: { a: '1' } })
      await object.patch({ data: { others: 'x' } })
      await object.replace((live) => {
        live.metadata.managedFields = (live.metadata.managedFields ?? []).filter(
          ({ operation }) => operation !== 'Apply',
        )
      })
      expect(await object.verdict()).toBe('unowned')
      await object.patch({ data: { a: '2' } })
      expect(await object.verdict()).toBe('dirty')
    })
    test('all entries were cleared: unowned, and the next change is seen', async () => {
      const object = await apply('ConfigMap', { data: { a: '1' } })
      await object.replace((live) => {
        live.metadata.managedFields = [{}]
      })
      expect(await object.verdict()).toBe('unowned')
      await object.patch({ data: { a: '2' } })
      expect(await object.verdict()).toBe('dirty')
    })
  })
})

function turnRound(list: unknown[] = []): void {
  list.splice(0, list.length, ...list.toReversed())
}

const apiVersions: Record<string, string> = { Deployment: 'apps/v1', Widget: 'drift.example.org/v1' }

type Container = JsonObject & { env?: JsonObject[] }

interface PodSpec {
  containers: Container[]
  initContainers: JsonObject[]
}

function deployment(more: JsonObject = {}): Partial<KubeObject> {
  const labels = { app: 'web' }
  const env = [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
  ]
  const initContainers = [
    { name: 'first', image: 'init:1' },
    { name: 'second', image: 'init:1' },
  ]
  return {
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { initContainers, containers: [{ name: 'app', image: 'app:1', env, ...more }] },
      },
    },
  }
}

function podSpec(live: KubeObject): PodSpec {
  return (live['spec'] as { template: { spec: PodSpec } }).template.spec
}

function container(live: KubeObject): Container {
  return podSpec(live).containers[0] ?? {}
}
