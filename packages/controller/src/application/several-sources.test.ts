import type { KubeObject } from '@driftless/apimachinery'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startController, type TestController } from '../testing/start-controller.ts'

let controller: TestController

beforeAll(async () => {
  controller = await startController()
})

afterAll(() => controller.stop())

const repoURL = 'https://example.org/shop.git'

function configMap(name: string, value: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value } }
}

async function valueOf(name: string): Promise<unknown> {
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: controller.namespace, name }
  return ((await controller.client.find(ref))?.['data'] as { value?: string } | undefined)?.value
}

const sources = [
  { repoURL, path: 'left' },
  { repoURL, ref: 'values' },
  { repoURL, path: 'right' },
]
const sync = { sync: { prune: true, syncStrategy: { hook: {} } } }

test('several sources are one desired state; the last of two equal objects counts and that is said', async () => {
  await controller.push('left', [configMap('shared', 'left'), configMap('only-left', '1')])
  const revision = await controller.push('right', [configMap('shared', 'right')])
  await controller.apply('many', { spec: { sources } })
  const { status } = await controller.sync('many', sync)
  expect(status?.operationState).toMatchObject({
    phase: 'Succeeded',
    syncResult: { revisions: [revision, revision, revision], sources },
  })
  expect(await valueOf('shared')).toBe('right')
  expect(await valueOf('only-left')).toBe('1')
  const settled = await controller.until(
    'many',
    'Synced',
    (application) => application.status?.sync?.status === 'Synced',
  )
  expect(settled.status).toMatchObject({
    sync: { revisions: [revision, revision, revision], comparedTo: { sources } },
    sourceTypes: ['Directory', '', 'Directory'],
    history: [{ id: 0, revisions: [revision, revision, revision], sources }],
    conditions: [{ type: 'RepeatedResourceWarning', message: expect.stringContaining('shared') }],
  })
  expect(settled.status?.sync?.revision).toBeUndefined()
})

test('a rollback takes the sources and revisions of its entry, and history tells them', async () => {
  const first = await controller.read('many')
  const entry = first.status?.history?.[0]
  await controller.push('right', [configMap('shared', 'newer')])
  await controller.sync('many', sync)
  expect(await valueOf('shared')).toBe('newer')
  const fewer = sources.slice(0, 2)
  await controller.apply('many', { spec: { sources: fewer } })
  const rolled = await controller.sync('many', {
    sync: { ...sync.sync, revisions: entry?.revisions, sources: entry?.sources },
  })
  expect(rolled.status?.operationState?.phase).toBe('Succeeded')
  expect(await valueOf('shared')).toBe('right')
  expect(rolled.status?.history?.at(-1)).toMatchObject({ revisions: entry?.revisions, sources })
})

test('an operation may not bring a repository that the project does not permit', async () => {
  await controller.project({ sourceRepos: [repoURL] })
  const { status } = await controller.sync('many', {
    sync: { ...sync.sync, sources: [{ repoURL: 'https://example.org/other.git', path: 'left' }] },
  })
  expect(status?.operationState).toMatchObject({
    phase: 'Error',
    message: expect.stringContaining('does not permit the repository https://example.org/other.git'),
  })
})

test('two sources with one ref are refused', async () => {
  await controller.apply('twice', {
    spec: {
      sources: [
        { repoURL, ref: 'values' },
        { repoURL, path: 'left', ref: 'values' },
      ],
    },
  })
  const { status } = await controller.until('twice', 'the refusal', (application) =>
    (application.status?.conditions ?? []).some(({ type }) => type === 'InvalidSpecError'),
  )
  expect(status?.conditions?.[0]?.message).toContain('two sources have the ref "values"')
})
