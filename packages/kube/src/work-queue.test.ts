import { expect, test } from 'vitest'
import { createBackoff } from './backoff.ts'
import { WorkQueue } from './work-queue.ts'

test('a key added while it waits is worked on once; added while in work, once more', async () => {
  const queue = new WorkQueue<string>()
  const stopping = new AbortController()
  const seen: string[] = []
  queue.add('a')
  queue.add('a')
  queue.add('b')
  await queue.run(
    1,
    async (key) => {
      seen.push(key)
      if (seen.length === 1) queue.add('a')
      if (seen.length === 3) stopping.abort()
    },
    stopping.signal,
  )
  expect(seen).toEqual(['a', 'b', 'a'])
})

test('one key is never in two hands, different keys are', async () => {
  const queue = new WorkQueue<string>()
  const stopping = new AbortController()
  const inWork = new Map<string, number>()
  let most = 0
  let together = 0
  let left = 40
  const running = queue.run(
    4,
    async (key) => {
      inWork.set(key, (inWork.get(key) ?? 0) + 1)
      most = Math.max(most, inWork.get(key) ?? 0)
      together = Math.max(together, [...inWork.values()].filter((count) => count > 0).length)
      queue.add(key)
      await new Promise((resolve) => setImmediate(resolve))
      inWork.set(key, (inWork.get(key) ?? 0) - 1)
      left -= 1
      if (left === 0) stopping.abort()
    },
    stopping.signal,
  )
  queue.add('a')
  queue.add('b')
  await running
  expect(most).toBe(1)
  expect(together).toBe(2)
})

test('what throws comes again, and the error is told', async () => {
  const errors: string[] = []
  const queue = new WorkQueue<string>({
    baseMs: 1,
    onError: (key, message) => errors.push(`${String(key)}: ${message}`),
  })
  const stopping = new AbortController()
  let tries = 0
  queue.add('a')
  await queue.run(
    1,
    async (key) => {
      tries += 1
      if (tries < 3) throw new Error(`try ${tries}`)
      queue.forget(key)
      stopping.abort()
    },
    stopping.signal,
  )
  expect(errors).toEqual(['a: try 1', 'a: try 2'])
})

test('of two delays the earlier counts', async () => {
  const queue = new WorkQueue<string>()
  const stopping = new AbortController()
  queue.addAfter('a', 60_000)
  queue.addAfter('a', 1)
  await queue.run(2, async () => stopping.abort(), stopping.signal)
  expect(queue.idle).toBe(true)
})

test('waits double up to the limit and vary by at most half', () => {
  const longest = createBackoff({ baseMs: 100, maxMs: 1000, random: () => 1 })
  expect([1, 2, 3, 4, 5].map(() => longest.next())).toEqual([100, 200, 400, 800, 1000])
  longest.reset()
  expect(longest.next()).toBe(100)
  expect(createBackoff({ baseMs: 100, maxMs: 1000, random: () => 0 }).next()).toBe(50)
})
