import { Buffer } from 'node:buffer'
import type { ApplicationStatus } from '@driftless/api'
import { expect, test } from 'vitest'
import { statusLimitBytes, trimStatus } from './trim-status.ts'

const text = 'ü'.repeat(200)

function status(): ApplicationStatus {
  return {
    history: [0, 1, 2].map((id) => ({ id, deployedAt: '2026-11-01T00:00:00Z', revision: text })),
    resources: [
      { kind: 'A', name: text, status: 'Synced' },
      { kind: 'B', name: text, status: 'OutOfSync' },
    ],
    operationState: {
      phase: 'Succeeded',
      startedAt: '2026-11-01T00:00:00Z',
      operation: {},
      syncResult: {
        resources: [
          { kind: 'A', name: 'a', status: 'Synced', message: text },
          { kind: 'Job', name: 'hook', hookType: 'PreSync', message: text },
          { kind: 'B', name: 'b', status: 'SyncFailed', message: text },
        ],
      },
    },
    driftless: { inventory: text },
  }
}

test('a status that fits is left as it is', () => {
  expect(trimStatus(status())).toEqual({ status: status(), left: [] })
})

test('the history goes first, and the newest entry of it stays', () => {
  const { status: trimmed, left } = trimStatus(status(), 5_600)
  expect(left).toEqual(['older entries of the history'])
  expect(trimmed.history).toEqual([expect.objectContaining({ id: 2 })])
})

test('hooks, failures, what is out of sync and the inventory stay while the rest is enough', () => {
  const { status: trimmed, left } = trimStatus(status(), 4_500)
  expect(left).toEqual([
    'older entries of the history',
    'messages of resources that were synced',
    'results of resources that were synced',
    'rows of resources that are Synced and Healthy',
  ])
  expect(trimmed.operationState?.syncResult?.resources?.map(({ name }) => name)).toEqual(['hook', 'b'])
  expect(trimmed.resources?.map(({ kind }) => kind)).toEqual(['B'])
  expect(trimmed.driftless?.inventory).toBe(text)
})

test('what an operation that runs was asked for is never cut', () => {
  const running = status()
  const sync = { resources: [{ kind: 'A', name: 'a' }] }
  running.operationState = { phase: 'Running', startedAt: '2026-11-01T00:00:00Z', operation: { sync } }
  expect(trimStatus(running, 10).status.operationState?.operation).toEqual({ sync })
  running.operationState.phase = 'Succeeded'
  expect(trimStatus(running, 10).status.operationState?.operation).toEqual({ sync: {} })
})

const long = 'x'.repeat(400)
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** Thousands of resources, each with a message of hundreds of characters everywhere. */
function enormous({ resources, hooks = 3 }: { resources: number; hooks?: number }): ApplicationStatus {
  const name = (index: number) => `a-name-of-some-length-${index}`
  return {
    health: { status: 'Degraded', message: long },
    conditions: times(resources, (index) => ({
      type: 'ExcludedResourceWarning',
      message: `${index} ${long}`,
    })),
    summary: { images: times(resources, (index) => `registry.example.org/team/image-${index}:1.0`) },
    history: times(10, (id) => ({ id, deployedAt: '2026-11-01T00:00:00Z', source: { repoURL: long } })),
    resources: times(resources, (index) => ({
      kind: 'ConfigMap',
      name: name(index),
      namespace: 'prod',
      status: index % 2 === 0 ? 'Synced' : 'OutOfSync',
      health: { status: 'Degraded', message: long },
      message: long,
    })),
    operationState: {
      phase: 'Failed',
      message: long,
      startedAt: '2026-11-01T00:00:00Z',
      operation: {
        sync: { resources: times(resources, (index) => ({ kind: 'ConfigMap', name: name(index) })) },
      },
      syncResult: {
        resources: [
          ...times(resources, (index) => ({
            kind: 'ConfigMap',
            name: name(index),
            status: index % 2 === 0 ? ('Synced' as const) : ('SyncFailed' as const),
            message: long,
          })),
          ...times(hooks, (index) => ({
            kind: 'Job',
            name: `hook-${index}`,
            hookType: 'PreSync',
            message: long,
          })),
        ],
      },
    },
    driftless: { inventory: `v1${'\n'.padEnd(80, 'y').repeat(resources)}` },
  }
}

test.each([600, 5_000, 14_000])('an application of %i resources with long messages fits', (resources) => {
  const given = enormous({ resources })
  const { status: trimmed, left } = trimStatus(given)
  const bytes = Buffer.byteLength(JSON.stringify(trimmed))
  expect(bytes).toBeLessThan(statusLimitBytes)
  expect(left).toContain('messages of resources and conditions behind their first 200 characters')
  const results = trimmed.operationState?.syncResult?.resources ?? []
  expect(results.filter(({ hookType }) => hookType !== undefined)).toHaveLength(3)
  expect(results.some(({ status: code }) => code === 'SyncFailed')).toBe(true)
  expect(trimmed.resources?.some(({ status: code }) => code === 'OutOfSync')).toBe(true)
  expect(trimmed.health?.status).toBe('Degraded')
  // The inventory of 14 000 objects alone is more than there is room for.
  expect(trimmed.driftless?.inventory === undefined).toBe(resources === 14_000)
  expect(trimStatus(trimmed)).toEqual({ status: trimmed, left: [] })
})
