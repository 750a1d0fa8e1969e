import { AppError } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startController, type TestController } from '../testing/start-controller.ts'

let controller: TestController

beforeAll(async () => {
  controller = await startController()
})

afterEach(() => {
  controller.source.failure = undefined
})

afterAll(() => controller.stop())

const automated = { syncPolicy: { automated: {} } }

function configMap(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value: '1' } }
}

test('a repository that does not answer does not end the operation that was asked for', async () => {
  await controller.push('asked', [configMap('asked')])
  await controller.apply('asked')
  await controller.until('asked', 'the first look', ({ status }) => status?.sync?.status === 'OutOfSync')
  controller.source.failure = new AppError('ServiceUnavailable', 'the remote end hung up')
  await controller.patch('asked', { operation: { sync: {} } })
  const during = await controller.until('asked', 'the failure to be told', ({ status }) =>
    (status?.conditions ?? []).some(({ type }) => type === 'ComparisonError'),
  )
  expect(during.operation).toEqual({ sync: {} })
  expect(during.status?.sync?.status).toBe('Unknown')
  controller.source.failure = undefined
  const after = await controller.until('asked', 'the sync', ({ status }) => status?.sync?.status === 'Synced')
  expect(after.status?.operationState).toMatchObject({ phase: 'Succeeded' })
  expect(after.status?.history).toHaveLength(1)
})

test('what needs a change ends an operation that has not begun', async () => {
  await controller.push('wrong', [configMap('wrong')])
  await controller.apply('wrong')
  await controller.until('wrong', 'the first look', ({ status }) => status?.sync?.status === 'OutOfSync')
  controller.source.failure = new AppError('NotFound', 'the repository has no revision "nowhere"')
  const ended = await controller.sync('wrong', { sync: { revision: 'nowhere' } })
  expect(ended.operation).toBeUndefined()
  expect(ended.status?.operationState).toMatchObject({ phase: 'Error' })
})

test('an automated sync begins once the repository answers again', async () => {
  controller.source.failure = new AppError('InternalError', 'the tree is missing')
  await controller.apply('late', { spec: automated })
  await controller.until('late', 'the failure to be told', ({ status }) => status?.sync?.status === 'Unknown')
  controller.source.failure = undefined
  await controller.push('late', [configMap('late')])
  const after = await controller.until('late', 'the sync', ({ status }) => status?.sync?.status === 'Synced')
  expect(after.status?.operationState).toMatchObject({
    phase: 'Succeeded',
    operation: { sync: { prune: false } },
  })
})
