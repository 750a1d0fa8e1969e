import { Buffer } from 'node:buffer'
import type { Application } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startController, type TestController } from '../testing/start-controller.ts'

/** A status has room for a part of what there is to say of thousands of objects: it is cut by a rule and says so. */
let controller: TestController

beforeAll(async () => {
  controller = await startController()
})

afterAll(() => controller.stop())

const limitBytes = 1_048_576
const count = 1_200

function configMaps(namespace: string): KubeObject[] {
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${'long-'.repeat(48)}${index}`, namespace },
    data: { a: '1' },
  }))
}

function bytesOf({ status }: Application): number {
  return Buffer.byteLength(JSON.stringify(status))
}

function trimmedParts({ status }: Application): string {
  return status?.conditions?.find(({ type }) => type === 'StatusTrimmed')?.message ?? ''
}

test('thousands of objects that are refused, each with its reason, leave a status that can be written', async () => {
  await controller.push('refused', configMaps('not-there'))
  await controller.apply('refused')
  await controller.until('refused', 'the comparison', ({ status }) => status?.sync?.status === 'OutOfSync')
  const ended = await controller.sync('refused', { sync: {} })
  expect(bytesOf(ended)).toBeLessThan(limitBytes)
  expect(trimmedParts(ended)).toContain('all rows but the first 500')
  expect(ended.status?.operationState).toMatchObject({
    phase: 'Failed',
    message: expect.stringContaining('not-there'),
  })
  const results = ended.status?.operationState?.syncResult?.resources ?? []
  expect(results.length).toBeGreaterThan(0)
  expect(results.every(({ status, message }) => status === 'SyncFailed' && message !== '')).toBe(true)
  expect(ended.status?.sync?.status).toBe('OutOfSync')
}, 120_000)

test('thousands of objects that were applied stay Synced, and a look at them writes nothing', async () => {
  await controller.push('applied', configMaps(controller.namespace))
  await controller.apply('applied')
  await controller.sync('applied', { sync: {} })
  const synced = await controller.until(
    'applied',
    'Synced',
    ({ status }) => status?.sync?.status === 'Synced',
  )
  expect(bytesOf(synced)).toBeLessThan(limitBytes)
  expect(trimmedParts(synced)).toContain('messages of resources that were synced')
  expect(synced.status?.driftless?.inventory).toContain(`${count - 1}`)
  const settled = await controller.until('applied', 'rest', ({ operation }) => operation === undefined)
  await controller.patch('applied', { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } })
  const looked = await controller.until('applied', 'the look', ({ metadata }) => {
    return metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined
  })
  expect(looked.status?.conditions).toEqual(settled.status?.conditions)
  expect(looked.status?.driftless?.changedAt).toBe(settled.status?.driftless?.changedAt)
}, 120_000)
