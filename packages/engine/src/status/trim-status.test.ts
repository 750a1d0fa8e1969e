import type { ApplicationStatus } from '@driftless/api'
import { expect, test } from 'vitest'
import { trimStatus } from './trim-status.ts'

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
  const { status: trimmed, left } = trimStatus(status(), 3_500)
  expect(left).toEqual(['older entries of the history'])
  expect(trimmed.history).toEqual([expect.objectContaining({ id: 2 })])
})

test('hooks, failures, what is out of sync and the inventory stay to the end', () => {
  const { status: trimmed, left } = trimStatus(status(), 10)
  expect(left).toHaveLength(5)
  expect(trimmed.operationState?.syncResult?.resources?.map(({ name }) => name)).toEqual(['hook', 'b'])
  expect(trimmed.resources?.map(({ kind }) => kind)).toEqual(['B'])
  expect(trimmed.driftless?.inventory).toBe(text)
})
