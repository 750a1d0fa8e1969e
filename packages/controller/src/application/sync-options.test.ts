import type { Application, ResourceResult } from '@driftless/api'
import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startController, type TestController } from '../testing/start-controller.ts'

/** Every sync option of `argocd.md` §1.2 at work, on the application and on the resource; tables of the rules are in `engine`. */
let controller: TestController

beforeAll(async () => {
  controller = await startController()
})

afterAll(() => controller.stop())

const byHand = { sync: {} }
const pruning = { sync: { prune: true } }

function configMap(name: string, data: JsonObject, options = ''): KubeObject {
  const annotations = options === '' ? {} : { 'argocd.argoproj.io/sync-options': options }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data }
}

/** Commits, declares the application and syncs it by hand. */
async function synced(
  name: string,
  manifests: KubeObject[],
  {
    options = [] as string[],
    operation = byHand,
    spec = {},
  }: { options?: string[]; operation?: NonNullable<Application['operation']>; spec?: object } = {},
): Promise<ResourceResult[]> {
  await controller.push(name, manifests)
  await controller.apply(name, { spec: { syncPolicy: { syncOptions: options }, ...spec } })
  await controller.until(name, 'the comparison', ({ status }) => status?.sync?.status !== undefined)
  const { status } = await controller.sync(name, operation)
  return status?.operationState?.syncResult?.resources ?? []
}

function find(kind: string, name: string, apiVersion = 'v1'): Promise<KubeObject | undefined> {
  return controller.client.find({ apiVersion, kind, namespace: controller.namespace, name })
}

const dataOf = async (name: string): Promise<unknown> => (await find('ConfigMap', name))?.['data']
const applies = (): number => controller.client.stats().byVerb['apply'] ?? 0

describe('Validate', () => {
  const wrong = (name: string, options = ''): KubeObject => ({
    ...configMap(name, {}, options),
    dada: { a: '1' },
  })

  test('a field that the kind does not have is refused and named', async () => {
    const [row] = await synced('strict', [wrong('strict')])
    expect(row).toMatchObject({ status: 'SyncFailed' })
    expect(row?.message).toContain('dada')
    expect(await find('ConfigMap', 'strict')).toBeUndefined()
  })
  test.each([
    ['on the application', ['Validate=false'], ''],
    ['on the resource', [], 'Validate=false'],
  ])('Validate=false %s applies the rest', async (_name, options, annotation) => {
    const name = `lenient-${options.length}`
    const [row] = await synced(name, [wrong(name, annotation)], { options })
    expect(row).toMatchObject({ status: 'Synced' })
    expect(await find('ConfigMap', name)).toBeDefined()
  })
})

describe('CreateNamespace', () => {
  test('makes the destination namespace with its managed labels and annotations', async () => {
    const made = `${controller.namespace}-made`
    const spec = {
      destination: { name: 'in-cluster', namespace: made },
      syncPolicy: {
        syncOptions: ['CreateNamespace=true'],
        managedNamespaceMetadata: { labels: { team: 'shop' }, annotations: { note: 'x' } },
      },
    }
    await synced('made', [configMap('inside', { a: '1' })], { spec })
    const namespace = await controller.client.get({ apiVersion: 'v1', kind: 'Namespace', name: made })
    expect(namespace.metadata).toMatchObject({ labels: { team: 'shop' }, annotations: { note: 'x' } })
    await controller.client.delete({ apiVersion: 'v1', kind: 'Namespace', name: made })
  })
})

describe('ApplyOutOfSyncOnly', () => {
  const two = [configMap('only-a', { a: '1' }), configMap('only-b', { a: '1' })]
  const change = { type: 'merge' as const, body: { data: { a: '2' } } }
  const syncDrift = async (): Promise<{ rows: number; writes: number }> => {
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: controller.namespace, name: 'only-b' }
    await controller.client.patch(ref, change)
    await controller.until('all', 'the drift', ({ status }) => status?.sync?.status === 'OutOfSync')
    const before = applies()
    const { status } = await controller.sync('all', byHand)
    expect(await dataOf('only-b')).toEqual({ a: '1' })
    return { rows: status?.operationState?.syncResult?.resources?.length ?? 0, writes: applies() - before }
  }

  test('only what differs is written in any case; with it, only that is in the result', async () => {
    await synced('all', two)
    expect(await syncDrift()).toEqual({ rows: 2, writes: 1 })
    await controller.patch('all', { spec: { syncPolicy: { syncOptions: ['ApplyOutOfSyncOnly=true'] } } })
    expect(await syncDrift()).toEqual({ rows: 1, writes: 1 })
  })
})

describe('pruning', () => {
  test.each([
    ['on the application', ['Prune=false'], ''],
    ['on the resource', [], 'Prune=false'],
  ])('Prune=false %s keeps what Git dropped and says so', async (_name, options, annotation) => {
    const name = `kept-${options.length}`
    await synced(name, [configMap(name, {}, annotation), configMap(`${name}-stays`, {})], { options })
    const rows = await synced(name, [configMap(`${name}-stays`, {})], { options, operation: pruning })
    expect(rows.find((row) => row.name === name)).toMatchObject({
      status: 'PruneSkipped',
      message: 'ignored (no prune)',
    })
    expect(await find('ConfigMap', name)).toBeDefined()
  })

  test('a sync that was not asked to prune says what it leaves', async () => {
    await synced('asks', [configMap('asks', {}), configMap('asks-stays', {})])
    const rows = await synced('asks', [configMap('asks-stays', {})])
    expect(rows.find((row) => row.name === 'asks')).toMatchObject({
      status: 'PruneSkipped',
      message: 'ignored (requires pruning)',
    })
  })

  test.each([
    ['orphan', true],
    ['background', false],
    ['foreground', false],
  ])('PrunePropagationPolicy=%s: dependents stay: %s', async (policy, stays) => {
    const name = `policy-${policy}`
    const options = [`PrunePropagationPolicy=${policy}`]
    await synced(name, [configMap(name, {}), configMap(`${name}-stays`, {})], { options })
    const owner = await find('ConfigMap', name)
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid: owner?.metadata.uid ?? '' }]
    await controller.client.create({
      ...configMap(`${name}-child`, {}),
      metadata: { name: `${name}-child`, namespace: controller.namespace, ownerReferences },
    })
    const rows = await synced(name, [configMap(`${name}-stays`, {})], { options, operation: pruning })
    expect(rows.find((row) => row.name === name)).toMatchObject({ status: 'Pruned' })
    await controller.until(name, 'the prune', ({ status }) => status?.sync?.status === 'Synced')
    await expect
      .poll(() => find('ConfigMap', `${name}-child`).then((child) => child !== undefined))
      .toBe(stays)
  })
})

describe('Replace and Force', () => {
  test.each([
    ['on the application', ['Replace=true'], ''],
    ['on the resource', [], 'Replace=true'],
  ])('Replace=true %s takes away what others added', async (_name, options, annotation) => {
    const name = `replaced-${options.length}`
    await synced(name, [configMap(name, { a: '1' }, annotation)], { options })
    const { uid } = (await find('ConfigMap', name))?.metadata ?? {}
    await controller.client.patch(
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: controller.namespace, name },
      { type: 'merge', body: { data: { others: 'x' } } },
    )
    await synced(name, [configMap(name, { a: '2' }, annotation)], { options })
    expect(await dataOf(name)).toEqual({ a: '2' })
    expect((await find('ConfigMap', name))?.metadata.uid).toBe(uid)
  })

  test('Force=true with it makes the object anew', async () => {
    const options = 'Replace=true,Force=true'
    await synced('forced', [configMap('forced', { a: '1' }, options)])
    const { uid } = (await find('ConfigMap', 'forced'))?.metadata ?? {}
    const rows = await synced('forced', [configMap('forced', { a: '2' }, options)])
    expect(rows[0]).toMatchObject({ status: 'Synced' })
    expect((await find('ConfigMap', 'forced'))?.metadata.uid).not.toBe(uid)
  })
})

describe('ClientSideApplyMigration', () => {
  test.each([
    ['a field that kubectl apply left behind goes', [], { a: '1' }],
    ['with =false it stays', ['ClientSideApplyMigration=false'], { a: '1', stale: 'x' }],
  ])('%s', async (_name, options, wanted) => {
    const name = `migrated-${options.length}`
    await controller.client.create(
      { ...configMap(name, { a: '1', stale: 'x' }), metadata: { name, namespace: controller.namespace } },
      { manager: 'kubectl-client-side-apply' },
    )
    await synced(name, [configMap(name, { a: '1' })], { options })
    expect(await dataOf(name)).toEqual(wanted)
  })
})

describe('SkipDryRunOnMissingResource', () => {
  const custom: KubeObject = {
    apiVersion: 'nowhere.example.org/v1',
    kind: 'Nothing',
    metadata: { name: 'nothing' },
  }
  test('a kind that nobody defines fails before the first write', async () => {
    const rows = await synced('missing-kind', [configMap('beside', {}), custom])
    expect(rows.find(({ kind }) => kind === 'Nothing')).toMatchObject({ status: 'SyncFailed' })
    expect(await find('ConfigMap', 'beside')).toBeUndefined()
  })
  test('with the option the other objects are applied', async () => {
    const options = ['SkipDryRunOnMissingResource=true']
    const rows = await synced('skipped-kind', [configMap('beside-skipped', {}), custom], { options })
    expect(rows.find(({ kind }) => kind === 'Nothing')).toMatchObject({ status: 'SyncFailed' })
    expect(await find('ConfigMap', 'beside-skipped')).toBeDefined()
  })
})

test('SkipDryRunOnMissingResource does not spare a known kind the dry run', async () => {
  const options = ['SkipDryRunOnMissingResource=true']
  const wrong: KubeObject = { ...configMap('known-wrong', {}), dada: { a: '1' } }
  const later = configMap('known-later', {})
  later.metadata.annotations = { 'argocd.argoproj.io/sync-wave': '1' }
  await synced('known-kind', [wrong, configMap('known-beside', {}), later], { options })
  const { operationState } = (await controller.read('known-kind')).status ?? {}
  expect(operationState?.message).toContain('one or more objects failed to apply (dry run)')
  expect(await find('ConfigMap', 'known-beside')).toBeUndefined()
})

describe('operations', () => {
  test('a selective sync touches only what it names', async () => {
    const rows = await synced('chosen', [configMap('chosen-a', {}), configMap('chosen-b', {})], {
      operation: { sync: { resources: [{ kind: 'ConfigMap', name: 'chosen-b' }] } },
    })
    expect(rows.map((row) => row.name)).toEqual(['chosen-b'])
    expect(await find('ConfigMap', 'chosen-a')).toBeUndefined()
    expect((await controller.read('chosen')).status?.history ?? []).toEqual([])
  })

  test('a dry run writes nothing and leaves no history', async () => {
    const rows = await synced('dry', [configMap('dry', {})], { operation: { sync: { dryRun: true } } })
    expect(rows[0]).toMatchObject({ name: 'dry', status: 'Synced' })
    expect(await find('ConfigMap', 'dry')).toBeUndefined()
    expect((await controller.read('dry')).status?.history ?? []).toEqual([])
  })

  test('an operation that takes longer than the administrator permits is terminated', async () => {
    await controller.settings({ 'controller.sync.timeout.seconds': '1' })
    const hook: KubeObject = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'slow', annotations: { 'argocd.argoproj.io/hook': 'PreSync' } },
      spec: {
        suspend: true,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } },
      },
    }
    await synced('slow', [hook, configMap('slow', {})])
    await controller.settings({})
    const { operationState } = (await controller.read('slow')).status ?? {}
    expect(operationState).toMatchObject({ phase: 'Failed' })
    expect(operationState?.message).toContain('it took longer than 1 s')
    expect(await find('ConfigMap', 'slow')).toBeUndefined()
  })

  test('a failed sync is tried again as often as its retry says, and the last message stays', async () => {
    const homeless = configMap('homeless', {})
    homeless.metadata.namespace = 'not-there-yet'
    await synced('retried', [homeless], {
      operation: { sync: {}, retry: { limit: 2, backoff: { duration: '10ms', factor: 1 } } },
    })
    const { operationState } = (await controller.read('retried')).status ?? {}
    expect(operationState).toMatchObject({ phase: 'Failed', retryCount: 2 })
  })
})
