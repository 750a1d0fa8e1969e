import { expect, test, vi } from 'vitest'
import { WorkQueue } from './work-queue.ts'

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 2 })

test('a key never runs beside itself, and wishes of the meantime become one more run', async () => {
  const gates: (() => void)[] = []
  let at = 0
  const queue = new WorkQueue({
    signal: new AbortController().signal,
    run: async () => {
      at += 1
      expect(at).toBe(1)
      await new Promise<void>((open) => gates.push(open))
      at -= 1
      return undefined
    },
    onError: (_key, error) => expect.fail(String(error)),
  })
  queue.add('a')
  queue.add('a')
  await eventually(() => expect(gates).toHaveLength(1))
  queue.add('a')
  queue.add('a')
  gates[0]?.()
  await eventually(() => expect(gates).toHaveLength(2))
  gates[1]?.()
  await eventually(() => expect(at).toBe(0))
  expect(gates).toHaveLength(2)
})

test('a failed key is tried again, a wish for later keeps the earlier one, and an abort ends it', async () => {
  const stop = new AbortController()
  const runs: string[] = []
  const queue = new WorkQueue({
    signal: stop.signal,
    retryMs: 1,
    concurrency: 1,
    run: async (key) => {
      runs.push(key)
      if (runs.length < 4) throw new Error('not yet')
      return undefined
    },
    onError: () => undefined,
  })
  queue.add('a', 1)
  queue.add('a', 60_000)
  await eventually(() => expect(runs).toEqual(['a', 'a', 'a', 'a']))
  stop.abort()
  queue.add('b')
  await Promise.resolve()
  expect(runs).not.toContain('b')
})
