import type { Application } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hookJob } from '../testing/hook-job.ts'
import { startController, type TestController } from '../testing/start-controller.ts'

/** Operations as Argo CD runs them (`argocd.md` §2.4, §2.10): rollback, chosen resources, windows that close, shared objects. */
let controller: TestController

beforeAll(async () => {
  controller = await startController()
})

afterEach(async () => {
  controller.clock.aheadMs = 0
  await controller.project({ syncWindows: [] })
})

afterAll(() => controller.stop())

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

function rowsOf({ status }: Application): string[] {
  return (status?.operationState?.syncResult?.resources ?? []).map(({ name }) => name)
}

test('a rollback takes source and revision of its entry, runs no hooks and is an entry of its own', async () => {
  const first = await controller.push('back', [hookJob('back-hook', 'PreSync'), configMap('back', '1')])
  await controller.apply('back')
  await controller.sync('back', { sync: {} })
  const hook = await controller.client.get(ref('Job', 'back-hook'))
  await controller.push('back', [hookJob('back-hook', 'PreSync'), configMap('back', '2')])
  await controller.sync('back', { sync: {} })
  expect(await valueOf('back')).toBe('2')
  const again = await controller.client.get(ref('Job', 'back-hook'))
  expect(again.metadata.uid).not.toBe(hook.metadata.uid)
  const [entry] = (await controller.read('back')).status?.history ?? []
  const { source } = entry ?? {}
  const rolled = await controller.sync('back', {
    sync: { revision: first, syncStrategy: { apply: {} }, ...(source === undefined ? {} : { source }) },
  })
  expect(await valueOf('back')).toBe('1')
  expect(rowsOf(rolled)).toEqual(['back'])
  expect((await controller.client.get(ref('Job', 'back-hook'))).metadata.uid).toBe(again.metadata.uid)
  expect(rolled.status?.history?.map(({ id, revision }) => [id, revision === first])).toEqual([
    [0, true],
    [1, false],
    [2, true],
  ])
})

test('a sync of chosen resources runs no hooks and leaves no entry in the history', async () => {
  await controller.push('chosen', [
    hookJob('chosen-hook', 'PreSync'),
    configMap('chosen-a', '1'),
    configMap('chosen-b', '1'),
  ])
  await controller.apply('chosen')
  const ended = await controller.sync('chosen', {
    sync: { resources: [{ kind: 'ConfigMap', name: 'chosen-b' }] },
  })
  expect(ended.status?.operationState?.phase).toBe('Succeeded')
  expect(rowsOf(ended)).toEqual(['chosen-b'])
  expect(await controller.client.find(ref('Job', 'chosen-hook'))).toBeUndefined()
  expect(await valueOf('chosen-a')).toBeUndefined()
  expect(ended.status?.history ?? []).toEqual([])
})

describe('a sync window that closes while an operation is at work', () => {
  const hourMs = 3_600_000

  /** Denies from the full minute that comes in an hour. */
  function denyingLater(name: string, syncOverrun: boolean) {
    const at = new Date(Date.now() + hourMs)
    const schedule = `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`
    return { kind: 'deny' as const, schedule, duration: '30m', applications: [name], syncOverrun }
  }

  async function closeDuringHook(name: string, syncOverrun: boolean): Promise<void> {
    await controller.push(name, [hookJob(`${name}-hook`, 'PreSync', { suspend: true }), configMap(name, '1')])
    await controller.project({ syncWindows: [denyingLater(name, syncOverrun)] })
    await controller.apply(name)
    await controller.patch(name, { operation: { sync: {} } })
    await controller.until(name, 'the hook to run', ({ status }) =>
      (status?.operationState?.message ?? '').includes('waiting for completion of hook'),
    )
    controller.clock.aheadMs = hourMs + 60_000
    await controller.client.patch(ref('Job', `${name}-hook`), {
      type: 'merge',
      body: { spec: { suspend: false } },
    })
  }

  test('holds it, with the reason, until it opens again', async () => {
    await closeDuringHook('closes', false)
    const held = await controller.until('closes', 'the reason', ({ status }) =>
      (status?.operationState?.message ?? '').includes('A sync window of the project denies syncs until'),
    )
    expect(held.status?.operationState?.phase).toBe('Running')
    expect(held.operation).toEqual({ sync: {} })
    expect(await valueOf('closes')).toBeUndefined()
    await controller.project({ syncWindows: [] })
    const ended = await controller.until('closes', 'its end', ({ operation }) => operation === undefined)
    expect(ended.status?.operationState?.phase).toBe('Succeeded')
    expect(ended.status?.history).toHaveLength(1)
    expect(await valueOf('closes')).toBe('1')
  })

  test('lets it finish with syncOverrun, but nothing new begins', async () => {
    await closeDuringHook('overrun', true)
    const ended = await controller.until('overrun', 'its end', ({ operation }) => operation === undefined)
    expect(ended.status?.operationState?.phase).toBe('Succeeded')
    expect(await valueOf('overrun')).toBe('1')
    await controller.patch('overrun', { operation: { sync: {} } })
    await controller.until('overrun', 'the reason', ({ status }) =>
      (status?.conditions ?? []).some(({ type }) => type === 'SyncWindow'),
    )
  })
})

describe('an object that belongs to another application', () => {
  test('is refused while that one exists, before anything is written', async () => {
    await controller.push('owner', [configMap('shared', 'owner')])
    await controller.apply('owner')
    await controller.sync('owner', { sync: {} })
    await controller.push('other', [configMap('shared', 'other'), configMap('other-own', '1')])
    await controller.apply('other')
    const refused = await controller.sync('other', { sync: {} })
    expect(refused.status?.operationState).toMatchObject({
      phase: 'Failed',
      message: 'ConfigMap shared is part of the applications other and owner',
    })
    expect(refused.status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'SharedResourceWarning' }),
    )
    expect(await valueOf('shared')).toBe('owner')
    expect(await valueOf('other-own')).toBeUndefined()
  })
})

test('a failed attempt says what it waits for and how long, ten seconds at first', async () => {
  const homeless = configMap('homeless', '1')
  homeless.metadata.namespace = 'not-there-yet'
  await controller.push('retries', [homeless])
  await controller.apply('retries')
  await controller.patch('retries', { operation: { sync: {}, retry: { limit: 2 } } })
  const waiting = await controller.until(
    'retries',
    'the retry',
    ({ status }) => status?.operationState?.retryCount === 1,
  )
  expect(waiting.status?.operationState).toMatchObject({
    phase: 'Running',
    message: expect.stringMatching(/not-there-yet.*Retrying attempt #1 in 10 s\./),
    finishedAt: expect.any(String),
  })
  await controller.patch('retries', { status: { operationState: { phase: 'Terminating' } } })
  await controller.until('retries', 'its end', ({ operation }) => operation === undefined)
})
