import type { KubeObject } from '@driftless/apimachinery'
import { waitFor } from '@driftless/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startController, type TestController } from '../testing/start-controller.ts'

let controller: TestController

beforeAll(async () => {
  controller = await startController()
})

afterAll(() => controller.stop())

const automated = { syncPolicy: { automated: { prune: true, selfHeal: true } } }

function configMap(name: string, value: string, annotations: Record<string, string> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data: { value } }
}

/** Never completes by itself: a Job that is suspended. */
function stuckHook(name: string): KubeObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, annotations: { 'argocd.argoproj.io/hook': 'PreSync' } },
    spec: {
      suspend: true,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } },
    },
  }
}

async function valueOf(name: string): Promise<unknown> {
  const found = await controller.client.find({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: controller.namespace,
    name,
  })
  return (found?.['data'] as { value?: string } | undefined)?.value
}

test('a newer commit takes the place of a running operation, its hook goes', async () => {
  await controller.push('super', [configMap('super', '1'), stuckHook('migrate')])
  await controller.apply('super', { spec: automated })
  await controller.until('super', 'the hook to run', ({ status }) =>
    (status?.operationState?.message ?? '').includes('waiting for completion of hook'),
  )
  const second = await controller.push('super', [configMap('super', '2')])
  const after = await controller.until('super', 'the newer commit', ({ status, operation }) => {
    return operation === undefined && status?.sync?.revision === second && status.sync.status === 'Synced'
  })
  expect(after.status?.operationState).toMatchObject({ phase: 'Succeeded', syncResult: { revision: second } })
  expect(await valueOf('super')).toBe('2')
  const hook = { apiVersion: 'batch/v1', kind: 'Job', namespace: controller.namespace, name: 'migrate' }
  expect((await controller.client.find(hook))?.metadata.finalizers ?? []).not.toContain(
    'argocd.argoproj.io/hook-finalizer',
  )
})

test('a sync window holds automation back, lets people sync with manualSync, and says why', async () => {
  await controller.push('window', [configMap('window', '1')])
  await controller.project({
    syncWindows: [
      { kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['window'], manualSync: true },
    ],
  })
  await controller.apply('window', { spec: automated })
  const held = await controller.until('window', 'the reason', ({ status }) =>
    (status?.conditions ?? []).some(({ type }) => type === 'SyncWindow'),
  )
  expect(held.operation).toBeUndefined()
  expect(await valueOf('window')).toBeUndefined()
  const synced = await controller.sync('window', { initiatedBy: { username: 'alice' }, sync: {} })
  expect(synced.status?.operationState?.phase).toBe('Succeeded')
  await controller.project({ syncWindows: [] })
})

test('an application waits until what it depends on is Synced and Healthy', async () => {
  await controller.push('depends', [configMap('depends', '1')])
  const dependsOn = { 'driftless.dev/depends-on': 'database' }
  await controller.apply('depends', { spec: automated, annotations: dependsOn })
  await controller.until('depends', 'the reason', ({ status }) =>
    (status?.conditions ?? []).some(
      ({ type, message }) => type === 'Waiting' && message?.includes('database (does not exist)'),
    ),
  )
  await controller.push('database', [configMap('database', '1')])
  await controller.apply('database', { spec: automated })
  await controller.until('depends', 'its turn', ({ status }) => status?.sync?.status === 'Synced')
})

test('a sync that is bound to another plan is refused', async () => {
  await controller.push('bound', [configMap('bound', '1')])
  await controller.apply('bound')
  const ended = await controller.sync('bound', {
    sync: {},
    info: [{ name: 'driftless.dev/plan', value: 'another' }],
  })
  expect(ended.status?.operationState).toMatchObject({
    phase: 'Failed',
    message: expect.stringContaining('the plan that was approved (another)'),
  })
  expect(await valueOf('bound')).toBeUndefined()
  const hash = /would do now \(([^)]+)\)/.exec(ended.status?.operationState?.message ?? '')?.[1] ?? ''
  const again = await controller.sync('bound', {
    sync: {},
    info: [{ name: 'driftless.dev/plan', value: hash }],
  })
  expect(again.status?.operationState?.phase).toBe('Succeeded')
  expect(await valueOf('bound')).toBe('1')
})

test('Prune=confirm waits for the annotation', async () => {
  await controller.push('confirm', [
    configMap('kept', '1'),
    configMap('asks', '1', { 'argocd.argoproj.io/sync-options': 'Prune=confirm' }),
  ])
  await controller.apply('confirm', { spec: automated })
  await controller.until('confirm', 'the first sync', ({ status }) => status?.sync?.status === 'Synced')
  await controller.push('confirm', [configMap('kept', '1')])
  await controller.until('confirm', 'the question', ({ status }) =>
    (status?.operationState?.message ?? '').includes('waiting for pruning confirmation of'),
  )
  expect(await valueOf('asks')).toBe('1')
  await controller.patch('confirm', {
    metadata: { annotations: { 'argocd.argoproj.io/deletion-approved': new Date().toISOString() } },
  })
  await controller.until(
    'confirm',
    'the prune',
    ({ status }) => status?.operationState?.phase === 'Succeeded',
  )
  // Pruned in the foreground: the garbage collector of the cluster has the last word.
  await waitFor(async () => (await valueOf('asks')) === undefined, { what: 'the object to be gone' })
})

test('an operation that waits for its next try ends when it is terminated', async () => {
  const unreachable = configMap('retry', '1')
  unreachable.metadata.namespace = 'not-there-yet'
  await controller.push('retry', [unreachable])
  await controller.apply('retry')
  await controller.patch('retry', {
    operation: { sync: {}, retry: { limit: 5, backoff: { duration: '1h', maxDuration: '2h' } } },
  })
  await controller.until('retry', 'the retry', ({ status }) =>
    (status?.operationState?.message ?? '').includes('Retrying attempt #1'),
  )
  await controller.patch('retry', { status: { operationState: { phase: 'Terminating' } } })
  const ended = await controller.until('retry', 'its end', ({ operation }) => operation === undefined)
  expect(ended.status?.operationState).toMatchObject({ phase: 'Failed', message: 'Operation terminated' })
})

test('what the server refuses every time is not tried again', async () => {
  await controller.push('hopeless', [configMap('bad name', '1')])
  await controller.apply('hopeless')
  const ended = await controller.sync('hopeless', { sync: {}, retry: { limit: 5 } })
  expect(ended.status?.operationState?.phase).toBe('Failed')
  expect(ended.status?.operationState?.message).toContain('metadata.name')
  expect(ended.status?.operationState?.retryCount).toBeUndefined()
})

test('local manifests are synced instead of those of Git, but not against automation', async () => {
  await controller.push('local', [configMap('local', 'git')])
  await controller.apply('local')
  const manifests = [JSON.stringify(configMap('local', 'mine'))]
  const ended = await controller.sync('local', { sync: { manifests } })
  expect(ended.status?.operationState?.phase).toBe('Succeeded')
  expect(await valueOf('local')).toBe('mine')
  await controller.until('local', 'the difference', ({ status }) => status?.sync?.status === 'OutOfSync')
  await controller.apply('local', { spec: automated })
  await controller.until('local', 'automation', ({ status }) => status?.sync?.status === 'Synced')
  const refused = await controller.sync('local', { sync: { manifests } })
  expect(refused.status?.operationState).toMatchObject({
    phase: 'Error',
    message: expect.stringContaining('automated sync is on'),
  })
})

test('an object in a namespace that the project does not permit is refused before the first write', async () => {
  await controller.project({ destinations: [{ server: '*', namespace: controller.namespace }] })
  const outside = configMap('outside', '1')
  outside.metadata.namespace = controller.otherNamespace
  await controller.push('limits', [configMap('limits', '1'), outside])
  await controller.apply('limits', { spec: automated })
  const refused = await controller.until('limits', 'the refusal', ({ status }) =>
    (status?.conditions ?? []).some(({ type }) => type === 'InvalidSpecError'),
  )
  expect(JSON.stringify(refused.status?.conditions)).toContain(controller.otherNamespace)
  expect(await valueOf('limits')).toBeUndefined()
  await controller.project({ destinations: [{ server: '*', namespace: '*' }] })
})
