import { annotations } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { ClusterConfig } from '@driftless/kube'
import { waitFor } from '@driftless/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { names } from '../bench/bench-objects.ts'
import { application, type ProductUnderTest, startProductWith } from './product-under-test.ts'

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', namespace: names.destination, name: 'app-0007-a' }

export interface ClusterUnderTest {
  config: ClusterConfig
  close(): Promise<void>
}

/** What a steady application of 1,000 objects costs, and what it costs to correct one of them; counted, not timed. */
export function describeSteady(name: string, start: () => Promise<ClusterUnderTest>): void {
  describe(`an application of 1,000 objects on ${name}`, () => {
    let cluster: ClusterUnderTest
    let product: ProductUnderTest

    beforeAll(async () => {
      cluster = await start()
      product = await startProductWith(cluster.config, 250)
    })
    afterAll(async () => {
      await product.stop()
      await cluster.close()
    })

    test('has 1,000 objects, all Synced', async () => {
      const { status } = await product.read()
      expect(status?.resources?.filter(({ status: sync }) => sync === 'Synced')).toHaveLength(1_000)
    })

    test('nothing changes: looking again and again, and rendering anew, makes no object request', async () => {
      const requests = await product.requestsDuring(async () => {
        for (const kind of ['normal', 'hard', 'normal']) await refresh(product, kind)
      })
      expect(requests).toEqual({ 'patch applications.argoproj.io': 3 })
    })

    test('what others add to an object makes no request at all', async () => {
      const requests = await product.requestsDuring(async () => {
        await product.client.patch(
          configMap,
          { type: 'merge', body: { data: { others: 'x' } } },
          { manager: 'mesh' },
        )
        await refresh(product, 'normal')
      })
      expect(requests).toEqual({ 'patch applications.argoproj.io': 1 })
    })

    test('a changed value is put right with one write and no dry run', async () => {
      const requests = await corrected(product, async () => {
        await product.client.patch(
          configMap,
          { type: 'merge', body: { data: { letter: 'z' } } },
          { manager: 'kubectl-edit' },
        )
      })
      expect(requests).toMatchObject({ 'apply configmaps': 1 })
      expectNoMore(requests, 1)
    })

    test('a value that was taken away is put right with one write', async () => {
      const requests = await corrected(product, async () => {
        await product.client.patch(
          configMap,
          { type: 'merge', body: { data: { letter: null } } },
          { manager: 'kubectl-edit' },
        )
      })
      expectNoMore(requests, 1)
    })

    test('an object that was deleted is made again with one write', async () => {
      const requests = await corrected(product, async () => {
        await product.client.delete(configMap, { propagationPolicy: 'Background' })
      })
      expectNoMore(requests, 1)
    })
  })
}

/** At most two patches of the Application, one Event, and of the object nothing but so many writes. */
function expectNoMore(requests: Record<string, number>, writes: number): void {
  const { 'patch applications.argoproj.io': patches = 0, 'create events': events = 0, ...others } = requests
  expect(patches).toBeLessThanOrEqual(2)
  expect(events).toBeLessThanOrEqual(1)
  expect(others).toEqual({ 'apply configmaps': writes })
}

async function corrected(
  product: ProductUnderTest,
  change: () => Promise<void>,
): Promise<Record<string, number>> {
  await syncByHand(product)
  const before = (await product.read()).status?.operationState?.finishedAt
  return product.requestsDuring(async () => {
    await change()
    await waitFor(
      async () => {
        const live: KubeObject = await product.client.get(configMap)
        return (live['data'] as Record<string, string>)['letter'] === 'a'
      },
      { what: 'the correction', timeoutMs: 60_000 },
    )
    await product.until(
      'the end of the sync',
      ({ status }) => status?.sync?.status === 'Synced' && status.operationState?.finishedAt !== before,
    )
  })
}

async function refresh(product: ProductUnderTest, kind: string): Promise<void> {
  const body = { metadata: { annotations: { [annotations.refresh]: kind } } }
  await product.client.patch(application, { type: 'merge', body }, { manager: 'kubectl' })
  await product.until(
    'the refresh',
    ({ metadata }) => metadata.annotations?.[annotations.refresh] === undefined,
  )
}

/** The next correction is then the first one: those that follow each other wait longer and longer. */
async function syncByHand(product: ProductUnderTest): Promise<void> {
  const before = (await product.read()).status?.operationState?.finishedAt
  const body = { operation: { sync: { syncOptions: ['ApplyOutOfSyncOnly=true'] } } }
  await product.client.patch(application, { type: 'merge', body }, { manager: 'kubectl' })
  await product.until('a sync by hand', ({ status }) => status?.operationState?.finishedAt !== before)
}
