import type { KubeObject } from '@driftless/apimachinery'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startController, type TestController } from '../testing/start-controller.ts'

let controller: TestController

beforeAll(async () => {
  controller = await startController()
})

afterAll(() => controller.stop())

const automated = { syncPolicy: { automated: { prune: true, selfHeal: true } } }

function configMap(name: string, data: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }
}

function change(name: string, data: Record<string, string>) {
  return controller.client.patch(
    { apiVersion: 'v1', kind: 'ConfigMap', namespace: controller.namespace, name },
    { type: 'merge', body: { data } },
    { manager: 'someone' },
  )
}

test('a CEL rule of the administrator gives health to a kind that has none', async () => {
  await controller.settings({
    'resource.customizations.healthRules.ConfigMap': [
      '- when: object.data.state == "broken"',
      '  status: Degraded',
      '  message: \'"state is " + object.data.state\'',
      '- when: has(object.data.state)',
      '  status: Healthy',
    ].join('\n'),
  })
  await controller.push('rules', [configMap('rules', { state: 'broken' })])
  await controller.apply('rules', { spec: automated })
  const broken = await controller.until(
    'rules',
    'Degraded',
    ({ status }) => status?.health?.status === 'Degraded',
  )
  expect(broken.status?.health?.message).toContain('state is broken')
  await controller.push('rules', [configMap('rules', { state: 'fine' })])
  await controller.until('rules', 'Healthy', ({ status }) => status?.health?.status === 'Healthy')
  await controller.settings({})
})

test("the administrator ignores a field of a kind everywhere, a jq path in Argo CD's form", async () => {
  await controller.settings({
    'resource.customizations.ignoreDifferences.ConfigMap': 'jqPathExpressions: [.data.free]\n',
  })
  await controller.push('ignored', [configMap('ignored', { free: 'git', held: 'git' })])
  await controller.apply('ignored', { spec: automated })
  await controller.until('ignored', 'the sync', ({ status }) => status?.sync?.status === 'Synced')
  await change('ignored', { free: 'someone', held: 'someone' })
  const healed = await controller.until('ignored', 'the heal', ({ status }) => {
    const state = status?.operationState
    return state?.phase === 'Succeeded' && (state.operation.sync?.autoHealAttemptsCount ?? 0) > 0
  })
  expect(healed.status?.sync?.status).toBe('Synced')
  await change('ignored', { free: 'again' })
  await controller.patch('ignored', { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } })
  const looked = await controller.until('ignored', 'the look', ({ metadata }) => {
    return metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined
  })
  expect(looked.status?.sync?.status).toBe('Synced')
  await controller.settings({})
})

test('excluded kinds are left alone and named', async () => {
  await controller.settings({ 'resource.exclusions': '- apiGroups: [""]\n  kinds: [Secret]\n' })
  await controller.push('excluded', [
    configMap('excluded', { a: '1' }),
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'excluded' }, stringData: { a: 'b' } },
  ])
  await controller.apply('excluded', { spec: automated })
  const synced = await controller.until(
    'excluded',
    'the sync',
    ({ status }) => status?.sync?.status === 'Synced',
  )
  expect(synced.status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'ExcludedResourceWarning', message: expect.stringContaining('Secret') }),
  )
  const secret = { apiVersion: 'v1', kind: 'Secret', namespace: controller.namespace, name: 'excluded' }
  expect(await controller.client.find(secret)).toBeUndefined()
  await controller.settings({})
})

test('a project that asks for it names what nobody put into Git', async () => {
  await controller.client.create({
    ...configMap('stray', { a: '1' }),
    metadata: { name: 'stray', namespace: controller.namespace },
  })
  await controller.push('orphans', [configMap('orphans', { a: '1' })])
  await controller.project({ orphanedResources: { warn: true, ignore: [{ kind: 'Secret' }] } })
  await controller.apply('orphans', { spec: automated })
  const warned = await controller.until('orphans', 'the warning', ({ status }) =>
    (status?.conditions ?? []).some(({ type }) => type === 'OrphanedResourceWarning'),
  )
  expect(JSON.stringify(warned.status?.conditions)).toContain('ConfigMap stray')
})

test('a resource that is OutOfSync says which fields, and who wrote them', async () => {
  await controller.push('why', [configMap('why', { a: '1', b: '2' })])
  await controller.apply('why', { spec: { syncPolicy: { automated: { selfHeal: false } } } })
  await controller.until('why', 'the sync', ({ status }) => status?.sync?.status === 'Synced')
  await change('why', { a: 'changed' })
  const drifted = await controller.until(
    'why',
    'the drift',
    ({ status }) => status?.sync?.status === 'OutOfSync',
  )
  const row = drifted.status?.resources?.find(({ name }) => name === 'why')
  expect(row?.message).toMatch(/data\.a \(last written by someone at 20/)
  expect(row?.message).not.toContain('data.b')
})

test('a degraded workload says what its pod says', async () => {
  await controller.push('broken', [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'broken' },
      spec: {
        replicas: 1,
        progressDeadlineSeconds: 1,
        selector: { matchLabels: { app: 'broken' } },
        template: {
          metadata: { labels: { app: 'broken' } },
          spec: { containers: [{ name: 'web', image: 'registry.k8s.io/pause:broken' }] },
        },
      },
    },
  ])
  await controller.apply('broken', { spec: automated })
  const degraded = await controller.until(
    'broken',
    'Degraded',
    ({ status }) =>
      status?.health?.status === 'Degraded' && (status.health.message ?? '').includes('pod broken-'),
  )
  expect(degraded.status?.health?.message).toContain('pod broken-')
})
