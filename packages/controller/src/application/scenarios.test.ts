import type { Application } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { waitFor } from '@driftless/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hookJob } from '../testing/hook-job.ts'
import { startController, type TestController } from '../testing/start-controller.ts'

/** What the product is for, each from its beginning to its end, in the kinds that people deploy. */
let controller: TestController

beforeAll(async () => {
  controller = await startController()
})

afterAll(() => controller.stop())

/** Real ones, because nodes of a real cluster pull them. */
const images = {
  first: 'registry.k8s.io/pause:3.9',
  second: 'registry.k8s.io/pause:3.10',
  broken: 'registry.k8s.io/pause:broken',
}

const automated = { syncPolicy: { automated: { prune: true, selfHeal: true } } }

function configMap(name: string, data: Record<string, string>, annotations = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data }
}

function deployment(name: string, image: string, replicas = 2): KubeObject {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      progressDeadlineSeconds: 5,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } },
    },
  }
}

function service(name: string, port = 80): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port }] },
  }
}

const wave = (at: number) => ({ 'argocd.argoproj.io/sync-wave': String(at) })

function ref(kind: string, name: string) {
  const apiVersion = { Deployment: 'apps/v1', Job: 'batch/v1' }[kind] ?? 'v1'
  return { apiVersion, kind, namespace: controller.namespace, name }
}

function settled({ status, operation }: Application): boolean {
  return operation === undefined && status?.sync?.status === 'Synced' && status.health?.status === 'Healthy'
}

function untilSettled(name: string, revision: string): Promise<Application> {
  return controller.until(name, `${name} at ${revision.slice(0, 7)}`, (application) => {
    return settled(application) && application.status?.sync?.revision === revision
  })
}

async function deploy(name: string, manifests: KubeObject[], spec: object = automated): Promise<string> {
  const revision = await controller.push(name, manifests)
  await controller.apply(name, { spec })
  if (spec === automated) await untilSettled(name, revision)
  return revision
}

test('first sync: workloads, a service and configuration become Synced and Healthy', async () => {
  const revision = await deploy('first', [
    deployment('first', images.first),
    service('first'),
    configMap('first', { a: '1' }),
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'first' }, stringData: { password: 'open' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'first' } },
  ])
  const { status } = await controller.read('first')
  expect(status?.resources).toHaveLength(5)
  expect(status?.history).toMatchObject([{ id: 0, revision }])
  expect(status?.operationState?.syncResult?.resources?.map(({ kind }) => kind)).toEqual([
    'ServiceAccount',
    'Secret',
    'ConfigMap',
    'Service',
    'Deployment',
  ])
  const live = await controller.client.get(ref('Deployment', 'first'))
  expect(live['status']).toMatchObject({ readyReplicas: 2 })
})

test('nothing is written while nothing changes, also what the cluster fills in is no difference', async () => {
  await deploy('quiet', [deployment('quiet', images.first), service('quiet')])
  const before = await controller.read('quiet')
  await controller.patch('quiet', { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } })
  await controller.until('quiet', 'the look', ({ metadata }) => {
    return metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined
  })
  const after = await controller.read('quiet')
  expect(after.status?.history).toEqual(before.status?.history)
  expect(after.status?.operationState).toEqual(before.status?.operationState)
})

test('the summary says images and addresses, and what the comparison left out', async () => {
  const ignoreDifferences = [{ group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/replicas'] }]
  const backend = { service: { name: 'summary', port: { number: 80 } } }
  const ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'summary' },
    spec: {
      rules: [{ host: 'summary.example.org', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
    },
  }
  const revision = await controller.push('summary', [deployment('summary', images.first), ingress])
  await controller.apply('summary', { spec: { ...automated, ignoreDifferences } })
  // Not until it is Healthy: no controller gives the Ingress an address on every cluster.
  const { status } = await controller.until('summary', 'the addresses', (application) => {
    const { sync, summary } = application.status ?? {}
    return sync?.revision === revision && sync.status === 'Synced' && summary?.externalURLs !== undefined
  })
  expect(status?.summary).toEqual({
    images: [images.first],
    externalURLs: ['http://summary.example.org/'],
  })
  expect(status?.sync?.comparedTo).toMatchObject({ ignoreDifferences })
})

test('update: a new image and more replicas roll out', async () => {
  await deploy('update', [deployment('update', images.first), service('update')])
  const revision = await controller.push('update', [
    deployment('update', images.second, 3),
    service('update', 8080),
  ])
  await untilSettled('update', revision)
  const live = await controller.client.get(ref('Deployment', 'update'))
  expect(live).toMatchObject({ spec: { replicas: 3 }, status: { readyReplicas: 3, updatedReplicas: 3 } })
  expect(JSON.stringify(live['spec'])).toContain(images.second)
  const changed = await controller.client.get(ref('Service', 'update'))
  expect((changed['spec'] as { ports: { port: number }[] }).ports.map(({ port }) => port)).toEqual([8080])
})

test('waves with hooks: each begins when what is before it is done', async () => {
  const manifests = [
    hookJob('waves-before', 'PreSync'),
    { ...deployment('waves', images.first), metadata: { name: 'waves', annotations: wave(1) } },
    configMap('waves-late', { a: '1' }, wave(2)),
    hookJob('waves-after', 'PostSync', {
      annotations: { 'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded' },
    }),
  ]
  await deploy('waves', manifests)
  const created = async (kind: string, name: string) =>
    Date.parse((await controller.client.get(ref(kind, name))).metadata.creationTimestamp ?? '')
  const pre = await controller.client.get(ref('Job', 'waves-before'))
  const ended = Date.parse((pre['status'] as { completionTime?: string }).completionTime ?? '')
  expect(ended).toBeLessThanOrEqual(await created('Deployment', 'waves'))
  expect(await created('Deployment', 'waves')).toBeLessThanOrEqual(await created('ConfigMap', 'waves-late'))
  await waitFor(async () => (await controller.client.find(ref('Job', 'waves-after'))) === undefined, {
    what: 'the PostSync hook to be deleted after its success',
  })
  const { status } = await controller.read('waves')
  const hooks = (status?.operationState?.syncResult?.resources ?? []).filter(({ hookType }) => hookType)
  expect(hooks.map(({ name, hookPhase }) => `${name} ${hookPhase}`)).toEqual([
    'waves-before Succeeded',
    'waves-after Succeeded',
  ])
})

test('a hook that fails ends the sync before anything else is applied', async () => {
  const failing = hookJob('fails', 'PreSync', { command: 'false' })
  await controller.push('fails', [failing, configMap('fails', { a: '1' })])
  await controller.apply('fails')
  const ended = await controller.sync('fails', { sync: {} })
  expect(ended.status?.operationState?.phase).toBe('Failed')
  expect(ended.status?.operationState?.message).toMatch(/Job fails: .*; pod fails-\S+: .*exit code 1/)
  expect(await controller.client.find(ref('ConfigMap', 'fails'))).toBeUndefined()
})

test('prune: what Git no longer has goes, with its pods', async () => {
  await deploy('prune', [deployment('prune', images.first), configMap('pruned', { a: '1' })])
  const revision = await controller.push('prune', [configMap('prune', { a: '1' })])
  await untilSettled('prune', revision)
  expect(await controller.client.find(ref('ConfigMap', 'pruned'))).toBeUndefined()
  expect(await controller.client.find(ref('Deployment', 'prune'))).toBeUndefined()
  await waitFor(
    async () => {
      const pods = { apiVersion: 'v1', kind: 'Pod', namespace: controller.namespace }
      return (await controller.client.list(pods, { labelSelector: 'app=prune' })).items.length === 0
    },
    { what: 'the pods to be gone', timeoutMs: 30_000 },
  )
})

test('rollback: the objects of an earlier revision come back, by the entry of the history', async () => {
  const first = await deploy('back', [configMap('back', { v: '1' }), configMap('old', { v: '1' })], {})
  await controller.sync('back', { sync: { prune: true } })
  await controller.push('back', [configMap('back', { v: '2' })])
  await controller.sync('back', { sync: { prune: true } })
  await waitFor(async () => (await controller.client.find(ref('ConfigMap', 'old'))) === undefined, {
    what: 'the pruned object to be gone',
  })
  const { status } = await controller.read('back')
  const [entry] = status?.history ?? []
  const { source } = entry ?? {}
  const ended = await controller.sync('back', {
    sync: { revision: first, prune: true, ...(source === undefined ? {} : { source }) },
  })
  expect(ended.status?.operationState).toMatchObject({ phase: 'Succeeded', syncResult: { revision: first } })
  expect((await controller.client.get(ref('ConfigMap', 'back')))['data']).toEqual({ v: '1' })
  expect(await controller.client.find(ref('ConfigMap', 'old'))).toBeDefined()
  await controller.until('back', 'OutOfSync', (seen) => seen.status?.sync?.status === 'OutOfSync')
})

test('self-heal: what others change or delete is as Git says again', async () => {
  await deploy('heal', [deployment('heal', images.first), configMap('heal', { a: '1' })])
  const before = await controller.client.get(ref('Deployment', 'heal'))
  await controller.client.patch(
    ref('ConfigMap', 'heal'),
    { type: 'merge', body: { data: { a: 'foreign' } } },
    { manager: 'someone' },
  )
  await waitFor(
    async () => ((await controller.client.get(ref('ConfigMap', 'heal')))['data'] as { a: string }).a === '1',
    { what: 'the value to be healed', timeoutMs: 20_000 },
  )
  await controller.client.patch(
    ref('Deployment', 'heal'),
    { type: 'merge', body: { spec: { replicas: 5 } } },
    { manager: 'someone' },
  )
  await waitFor(
    async () => {
      const live = await controller.client.get(ref('Deployment', 'heal'))
      return (live['spec'] as { replicas: number }).replicas === 2
    },
    { what: 'the replicas to be healed', timeoutMs: 20_000 },
  )
  await controller.client.delete(ref('Deployment', 'heal'), { propagationPolicy: 'Background' })
  await waitFor(
    async () => {
      const live = await controller.client.find(ref('Deployment', 'heal'))
      return live !== undefined && live.metadata.uid !== before.metadata.uid
    },
    { what: 'the deployment to come back', timeoutMs: 20_000 },
  )
  await controller.until('heal', 'Synced and Healthy', settled)
})

test('cascade delete: workloads, pods and configuration go with the application', async () => {
  await deploy('whole', [deployment('whole', images.first), configMap('whole', { a: '1' })])
  await controller.patch('whole', { metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] } })
  const application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    namespace: controller.controlNamespace,
    name: 'whole',
  }
  await controller.client.delete(application)
  await waitFor(async () => (await controller.client.find(application)) === undefined, {
    what: 'the application to be gone',
    timeoutMs: 30_000,
  })
  expect(await controller.client.find(ref('Deployment', 'whole'))).toBeUndefined()
  expect(await controller.client.find(ref('ConfigMap', 'whole'))).toBeUndefined()
})

test.each(['kubectl-client-side-apply', 'argocd-controller'])(
  'take-over of what %s applied: fields that Git has no more go, what the cluster gave stays',
  async (manager) => {
    const name = `taken-${manager.slice(0, 4)}`
    const { namespace } = controller
    const old = service(name)
    const metadata = { name, namespace, labels: { stale: 'yes' } }
    const before = await controller.client.create({ ...old, metadata }, { manager })
    await controller.client.create(
      { ...configMap(name, { a: '1', stale: 'yes' }), metadata: { name, namespace } },
      { manager },
    )
    await deploy(name, [service(name), configMap(name, { a: '1' })])
    const taken = await controller.client.get(ref('Service', name))
    expect(taken.metadata.uid).toBe(before.metadata.uid)
    expect(taken.metadata.labels ?? {}).not.toHaveProperty('stale')
    const address = (object: KubeObject) => (object['spec'] as { clusterIP: string }).clusterIP
    expect(address(taken)).toBe(address(before))
    expect((await controller.client.get(ref('ConfigMap', name)))['data']).toEqual({ a: '1' })
  },
)

test('an image that cannot be pulled: Synced but Degraded, and Healthy again with the next commit', async () => {
  await deploy('image', [deployment('image', images.first)])
  await controller.push('image', [deployment('image', images.broken)])
  const degraded = await controller.until('image', 'Degraded', ({ status }) => {
    return status?.health?.status === 'Degraded' && status.sync?.status === 'Synced'
  })
  expect(degraded.status?.health?.message).toMatch(/pull/)
  await untilSettled('image', await controller.push('image', [deployment('image', images.second)]))
})

test('a custom resource is applied after its definition, in one sync', async () => {
  const group = `${controller.namespace}.example.com`
  const definition: KubeObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `pumps.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'pumps', kind: 'Pump' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } },
        },
      ],
    },
  }
  const pump = { apiVersion: `${group}/v1`, kind: 'Pump', metadata: { name: 'pump' }, spec: {} }
  await deploy('custom', [pump, definition])
  expect(
    await controller.client.find({ ...pump, namespace: controller.namespace, name: 'pump' }),
  ).toBeDefined()
  const revision = await controller.push('custom', [configMap('custom', { a: '1' })])
  await untilSettled('custom', revision)
  const ref = { apiVersion: definition.apiVersion, kind: definition.kind, name: definition.metadata.name }
  await waitFor(async () => (await controller.client.find(ref)) === undefined, {
    what: 'the definition to be gone',
    timeoutMs: 30_000,
  })
})
