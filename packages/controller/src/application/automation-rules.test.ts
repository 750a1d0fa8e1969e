import type { Application } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { waitFor } from '@driftless/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hookJob } from '../testing/hook-job.ts'
import { startController, type TestController } from '../testing/start-controller.ts'

/** Automation as Argo CD decides it (`argocd.md` §2.3), and applications of applications. */
let controller: TestController

beforeAll(async () => {
  controller = await startController()
})

afterAll(() => controller.stop())

function automated(more: object = {}, policy: object = {}) {
  return { syncPolicy: { automated: { prune: true, selfHeal: true, ...more }, ...policy } }
}

function configMap(name: string, value: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } }
}

function ref(kind: string, name: string) {
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'v1'
  return { apiVersion, kind, namespace: controller.namespace, name }
}

async function valueOf(name: string): Promise<unknown> {
  const found = await controller.client.find(ref('ConfigMap', name))
  return (found?.['data'] as { value?: string } | undefined)?.value
}

const isSynced = ({ status, operation }: Application) =>
  status?.sync?.status === 'Synced' && operation === undefined

function conditionOf({ status }: Application, type: string): string {
  return status?.conditions?.find((condition) => condition.type === type)?.message ?? ''
}

test('enabled: false makes the other flags mean nothing until it is turned on', async () => {
  await controller.push('off', [configMap('off', '1')])
  await controller.apply('off', { spec: automated({ enabled: false }) })
  const seen = await controller.until('off', 'the look', ({ status }) => status?.sync?.status === 'OutOfSync')
  expect(seen.status?.operationState).toBeUndefined()
  const synced = await controller.sync('off', { sync: {} })
  expect(synced.status?.operationState?.phase).toBe('Succeeded')
  await controller.client.patch(ref('ConfigMap', 'off'), { type: 'merge', body: { data: { value: 'x' } } })
  const drifted = await controller.until(
    'off',
    'the drift',
    ({ status }) => status?.sync?.status === 'OutOfSync',
  )
  expect(drifted.status?.operationState).toEqual(synced.status?.operationState)
  await controller.apply('off', { spec: automated({ enabled: true }) })
  await controller.until('off', 'the heal', isSynced)
  expect(await valueOf('off')).toBe('1')
})

describe('a commit that holds nothing any more', () => {
  const empty = async (name: string, more: object = {}) => {
    await controller.push(name, [configMap(`${name}-a`, '1'), configMap(`${name}-b`, '1')])
    await controller.apply(name, { spec: automated(more) })
    await controller.until(name, 'the first sync', isSynced)
    await controller.push(name, [])
  }

  test('is not synced, and says so', async () => {
    await empty('wiped')
    const refused = await controller.until('wiped', 'the refusal', (application) =>
      conditionOf(application, 'SyncError').includes('auto-sync will wipe out all resources'),
    )
    expect(refused.operation).toBeUndefined()
    expect(await valueOf('wiped-a')).toBe('1')
  })

  test('is synced with allowEmpty', async () => {
    await empty('emptied', { allowEmpty: true })
    await controller.until('emptied', 'the prune', ({ status }) => (status?.resources ?? []).length === 0)
    await waitFor(async () => (await valueOf('emptied-a')) === undefined, { what: 'the objects to be gone' })
    await controller.until('emptied', 'the end', isSynced)
  })
})

test('healing runs no hooks, leaves no entry in the history, and writes only what differs', async () => {
  await controller.push('heal', [
    hookJob('heal-hook', 'PostSync'),
    configMap('heal-a', '1'),
    configMap('heal-b', '1'),
  ])
  await controller.apply('heal', { spec: automated() })
  const before = await controller.until('heal', 'the first sync', isSynced)
  const job = await controller.client.get(ref('Job', 'heal-hook'))
  await controller.client.patch(ref('ConfigMap', 'heal-a'), { type: 'merge', body: { data: { value: 'x' } } })
  const healed = await controller.until('heal', 'the heal', (application) => {
    return (
      isSynced(application) && application.status?.operationState?.operation.sync?.autoHealAttemptsCount === 1
    )
  })
  const rows = healed.status?.operationState?.syncResult?.resources ?? []
  expect(rows.map(({ name }) => name)).toEqual(['heal-a'])
  expect(healed.status?.history).toEqual(before.status?.history)
  expect((await controller.client.get(ref('Job', 'heal-hook'))).metadata.uid).toBe(job.metadata.uid)
})

test('a commit whose sync failed is not tried again by itself; the next commit is', async () => {
  const homeless = configMap('homeless', '1')
  homeless.metadata.namespace = 'not-there-yet'
  const bad = await controller.push('failing', [homeless])
  await controller.apply('failing', { spec: automated({}, { retry: { limit: 0 } }) })
  const failed = await controller.until(
    'failing',
    'the failure',
    (application) => conditionOf(application, 'SyncError') !== '',
  )
  expect(conditionOf(failed, 'SyncError')).toContain(`Failed last sync attempt to [${bad}]`)
  const startedAt = failed.status?.operationState?.startedAt
  await controller.patch('failing', { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } })
  const looked = await controller.until('failing', 'the look', ({ metadata }) => {
    return metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined
  })
  expect(looked.status?.operationState?.startedAt).toBe(startedAt)
  await controller.push('failing', [configMap('homeless', '1')])
  const synced = await controller.until('failing', 'the next commit', isSynced)
  expect(conditionOf(synced, 'SyncError')).toBe('')
})

test('labels of the managed namespace that somebody changes make it OutOfSync, and a whole sync mends them', async () => {
  const made = `${controller.namespace}-managed`
  const namespace = { apiVersion: 'v1', kind: 'Namespace', name: made }
  await controller.push('managed', [configMap('inside', '1')])
  const specOf = (selfHeal: boolean) => ({
    destination: { name: 'in-cluster', namespace: made },
    syncPolicy: {
      automated: { selfHeal },
      syncOptions: ['CreateNamespace=true'],
      managedNamespaceMetadata: { labels: { team: 'shop' } },
    },
  })
  await controller.apply('managed', { spec: specOf(false) })
  await controller.until('managed', 'the first sync', isSynced)
  await controller.client.patch(namespace, { type: 'merge', body: { metadata: { labels: { team: 'x' } } } })
  const drifted = await controller.until(
    'managed',
    'the drift',
    ({ status }) => status?.sync?.status === 'OutOfSync',
  )
  expect(conditionOf(drifted, 'NamespaceMetadata')).toContain('label team')
  await controller.apply('managed', { spec: specOf(true) })
  await controller.until('managed', 'the heal', isSynced)
  expect((await controller.client.get(namespace)).metadata.labels).toMatchObject({ team: 'shop' })
  await controller.client.delete(namespace)
})

test('an application that manages itself does not wait for its own health', async () => {
  const { apiVersion, kind } = await controller.apply('itself').then(() => controller.read('itself'))
  const { spec } = await controller.read('itself')
  const own = { apiVersion, kind, metadata: { name: 'itself', namespace: controller.controlNamespace }, spec }
  await controller.push('itself', [own, configMap('beside', '1')])
  await controller.sync('itself', { sync: {} })
  const healthy = await controller.until(
    'itself',
    'Healthy',
    ({ status }) => status?.health?.status === 'Healthy',
  )
  expect(healthy.status?.resources?.map((row) => row.kind).sort()).toEqual(['Application', 'ConfigMap'])
})
