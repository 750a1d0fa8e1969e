import type { ResourceResult } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startController, type TestController } from '../testing/start-controller.ts'

/** What a cluster takes and does not keep is told by the sync, costs nothing, and is no drift. */
let controller: TestController

beforeAll(async () => {
  controller = await startController()
})

afterAll(() => controller.stop())

/** Every API server writes `serviceAccountName` into the deprecated `serviceAccount`. */
function deployment(name: string): KubeObject {
  const labels = { app: name }
  const containers = [{ name: 'app', image: 'app:1', resources: { requests: { cpu: '1000m' } } }]
  const spec = { serviceAccount: 'old', serviceAccountName: 'new', containers }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  }
}

const path = 'spec.template.spec.serviceAccount'
const sentence = `the cluster did not keep ${path} (Git: "old", cluster: "new")`

async function declared(name: string, manifests: KubeObject[], spec: object = {}): Promise<void> {
  await controller.push(name, manifests)
  await controller.apply(name, { spec })
  await controller.until(name, 'the comparison', ({ status }) => status?.sync?.status !== undefined)
}

/** The row of the one object, and how many applies the sync made. */
async function sync(name: string): Promise<{ row: ResourceResult | undefined; applies: number }> {
  const before = applies()
  const { status } = await controller.sync(name, { sync: {} })
  expect(status?.operationState?.phase).toBe('Succeeded')
  return { row: status?.operationState?.syncResult?.resources?.[0], applies: applies() - before }
}

const applies = (): number => controller.client.stats().byVerb['apply'] ?? 0

test('the result of the sync says it, with one write, and the object is Synced', async () => {
  await declared('rewritten', [deployment('rewritten')])
  const { row, applies: writes } = await sync('rewritten')
  expect(row).toMatchObject({ status: 'Synced', message: `deployment/rewritten created; ${sentence}` })
  expect(writes).toBe(1)
  const { status } = await controller.until(
    'rewritten',
    'Synced',
    (application) => application.status?.sync?.status === 'Synced',
  )
  expect(status?.resources?.[0]).toMatchObject({ name: 'rewritten', status: 'Synced' })
  // The answer is the record: there is nothing to write.
  expect((await sync('rewritten')).applies).toBe(0)
})

test('it is said again with the next write, also by a replacement', async () => {
  await declared('again', [deployment('again')])
  await sync('again')
  const labelled = deployment('again')
  labelled.metadata.labels = { tier: 'a' }
  await controller.push('again', [labelled])
  await controller.until('again', 'the change', ({ status }) => status?.sync?.status === 'OutOfSync')
  const second = await sync('again')
  expect(second.row?.message).toBe(`deployment/again configured; ${sentence}`)
  expect(second.applies).toBe(1)

  const replaced = deployment('replaced')
  replaced.metadata.annotations = { 'argocd.argoproj.io/sync-options': 'Replace=true' }
  await declared('replaced', [replaced])
  expect((await sync('replaced')).row?.message).toBe(`deployment/replaced created; ${sentence}`)
})

test('nothing is said of ignored fields, and of an amount in the form of the server', async () => {
  const jsonPointers = ['/spec/template/spec/serviceAccount']
  await declared('ignored', [deployment('ignored')], {
    ignoreDifferences: [{ group: 'apps', kind: 'Deployment', jsonPointers }],
  })
  expect((await sync('ignored')).row?.message).toBe('deployment/ignored created')
})
