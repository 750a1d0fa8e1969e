import type { KubeObject } from '@driftless/apimachinery'
import { waitFor } from '@driftless/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hookJob } from '../testing/hook-job.ts'
import { startController, type TestController } from '../testing/start-controller.ts'

let controller: TestController

beforeAll(async () => {
  controller = await startController()
})

afterAll(() => controller.stop())

const automated = { syncPolicy: { automated: { prune: true, selfHeal: true } } }
const cascade = 'resources-finalizer.argocd.argoproj.io'

function application() {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    namespace: controller.controlNamespace,
  }
}

function configMap(name: string, annotations: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data: { a: '1' } }
}

function exists(kind: string, name: string) {
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'v1'
  return controller.client
    .find({ apiVersion, kind, namespace: controller.namespace, name })
    .then((found) => found !== undefined)
}

async function deploy(name: string, manifests: KubeObject[], finalizers = [cascade]) {
  await controller.push(name, manifests)
  await controller.apply(name, { spec: automated })
  await controller.patch(name, { metadata: { finalizers } })
  await controller.until(name, 'the sync', ({ status, operation }) => {
    return status?.sync?.status === 'Synced' && operation === undefined
  })
}

function gone(name: string) {
  return waitFor(async () => (await controller.client.find({ ...application(), name })) === undefined, {
    what: `${name} to be gone`,
    timeoutMs: 20_000,
  })
}

test('the cascade deletes what Git deployed, but not what says Delete=false', async () => {
  await deploy('cascade', [
    configMap('cascade-a'),
    configMap('cascade-b', { 'argocd.argoproj.io/sync-options': 'Delete=false' }),
  ])
  await controller.client.delete({ ...application(), name: 'cascade' })
  await gone('cascade')
  expect(await exists('ConfigMap', 'cascade-a')).toBe(false)
  expect(await exists('ConfigMap', 'cascade-b')).toBe(true)
})

test('without a finalizer the objects stay', async () => {
  await deploy('bare', [configMap('bare')], [])
  await controller.client.delete({ ...application(), name: 'bare' })
  await gone('bare')
  expect(await exists('ConfigMap', 'bare')).toBe(true)
})

test('Delete=confirm waits for the annotation and says so', async () => {
  await deploy('asks', [configMap('asks', { 'argocd.argoproj.io/sync-options': 'Delete=confirm' })])
  const { status: before } = await controller.read('asks')
  expect(before?.resources).toMatchObject([{ name: 'asks', requiresDeletionConfirmation: true }])
  await controller.client.delete({ ...application(), name: 'asks' })
  await controller.until('asks', 'the question', ({ status }) =>
    (status?.conditions ?? []).some(({ message }) =>
      message?.includes('waiting for deletion confirmation of ConfigMap asks'),
    ),
  )
  expect(await exists('ConfigMap', 'asks')).toBe(true)
  const approved = { 'argocd.argoproj.io/deletion-approved': new Date().toISOString() }
  await controller.patch('asks', { metadata: { annotations: approved } })
  await gone('asks')
  expect(await exists('ConfigMap', 'asks')).toBe(false)
})

test('PreDelete hooks run before the cascade, PostDelete hooks after it', async () => {
  await deploy('hooks', [configMap('hooks'), hookJob('before', 'PreDelete'), hookJob('after', 'PostDelete')])
  const held = await controller.until('hooks', 'the finalizers', ({ metadata }) => {
    return (metadata.finalizers ?? []).some((name) => name.startsWith('post-delete'))
  })
  expect(held.metadata.finalizers).toContain('pre-delete-finalizer.argocd.argoproj.io')
  await controller.client.delete({ ...application(), name: 'hooks' })
  await waitFor(() => exists('Job', 'before'), { what: 'the PreDelete hook' })
  await gone('hooks')
  expect(await exists('ConfigMap', 'hooks')).toBe(false)
  expect(await exists('Job', 'after')).toBe(true)
})

test('a PreDelete hook that fails goes, stops the deletion and says so; once Git mends it the deletion goes on', async () => {
  await deploy('mended', [configMap('mended'), hookJob('mended-before', 'PreDelete', { command: 'false' })])
  await controller.client.delete({ ...application(), name: 'mended' })
  await controller.until('mended', 'the failure', ({ status }) =>
    (status?.conditions ?? []).some(
      ({ type, message }) =>
        type === 'DeletionError' && message?.includes('PreDelete hook Job mended-before failed'),
    ),
  )
  expect(await exists('ConfigMap', 'mended')).toBe(true)
  await controller.push('mended', [configMap('mended'), hookJob('mended-before', 'PreDelete')])
  await gone('mended')
  expect(await exists('ConfigMap', 'mended')).toBe(false)
})

test('hooks of the deletion go by their policies and lose their finalizers', async () => {
  const going = hookJob('goes-after', 'PostDelete')
  going.metadata.annotations = {
    ...going.metadata.annotations,
    'argocd.argoproj.io/hook-delete-policy': 'HookSucceeded',
  }
  await deploy('policies', [configMap('policies'), going, hookJob('stays-after', 'PostDelete')])
  await controller.client.delete({ ...application(), name: 'policies' })
  await gone('policies')
  expect(await exists('Job', 'goes-after')).toBe(false)
  const ref = { apiVersion: 'batch/v1', kind: 'Job', namespace: controller.namespace, name: 'stays-after' }
  const stays = await controller.client.get(ref)
  expect(stays.metadata.finalizers ?? []).not.toContain('argocd.argoproj.io/hook-finalizer')
})

test('what the project does not permit any more is left alone', async () => {
  const elsewhere = configMap('elsewhere')
  elsewhere.metadata.namespace = controller.otherNamespace
  await deploy('narrowed', [configMap('narrowed'), elsewhere])
  await controller.project({ destinations: [{ server: '*', namespace: controller.namespace }] })
  await controller.client.delete({ ...application(), name: 'narrowed' })
  await gone('narrowed')
  expect(await exists('ConfigMap', 'narrowed')).toBe(false)
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: controller.otherNamespace, name: 'elsewhere' }
  expect(await controller.client.find(ref)).toBeDefined()
  await controller.project({ destinations: [{ server: '*', namespace: '*' }] })
})

// The last one: it takes the project away.
test('where the project is gone, what was recorded goes with the application all the same', async () => {
  await deploy('orphaned', [configMap('orphaned')])
  await controller.client.delete({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    namespace: controller.controlNamespace,
    name: 'default',
  })
  await controller.client.delete({ ...application(), name: 'orphaned' })
  await gone('orphaned')
  expect(await exists('ConfigMap', 'orphaned')).toBe(false)
})
