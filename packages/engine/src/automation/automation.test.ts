import type { Application, OperationState } from '@driftless/api'
import { describe, expect, test } from 'vitest'
import { type AutoSyncInput, decideAutoSync, selfHealDelayMs } from './decide-auto-sync.ts'
import { parseDurationMs } from './duration.ts'
import { appendHistory, findHistory } from './history.ts'
import { resolveOperationRetry, retryDelayMs } from './operation-retry.ts'

const source = { repoURL: 'https://example.org/shop.git', path: 'app' }
const broken = { kind: 'Deployment', group: 'apps', name: 'web', status: 'OutOfSync' as const }

interface Given {
  automated?: { enabled?: boolean; prune?: boolean; selfHeal?: boolean; allowEmpty?: boolean }
  operation?: Application['operation']
  state?: OperationState
}

function application({ automated = {}, operation, state }: Given): Application {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'team' },
    spec: {
      project: 'team',
      source,
      destination: {},
      syncPolicy: { automated, syncOptions: ['PruneLast=true'] },
    },
    ...(operation === undefined ? {} : { operation }),
    ...(state === undefined ? {} : { status: { operationState: state } }),
  }
}

function decide(given: Given, more: Partial<AutoSyncInput> = {}) {
  return decideAutoSync({
    application: application(given),
    sync: 'OutOfSync',
    resources: [broken],
    revisions: ['r1'],
    sources: [source],
    now: '2026-11-01T00:00:10Z',
    ...more,
  })
}

function attempt(
  phase: OperationState['phase'],
  more: Partial<OperationState> = {},
  heals = 0,
): OperationState {
  return {
    phase,
    message: 'boom',
    operation: { sync: { autoHealAttemptsCount: heals } },
    startedAt: '2026-11-01T00:00:00Z',
    finishedAt: '2026-11-01T00:00:09Z',
    syncResult: { revision: 'r1', source },
    ...more,
  }
}

describe('automated sync (argocd.md §2.3)', () => {
  test('a new commit is synced whole', () => {
    expect(decide({})).toEqual({
      sync: true,
      operation: {
        initiatedBy: { automated: true },
        retry: { limit: 5 },
        sync: { revision: 'r1', source, prune: false, syncOptions: ['PruneLast=true'] },
      },
    })
  })

  test.each<[string, Given, Partial<AutoSyncInput>]>([
    ['enabled: false', { automated: { enabled: false } }, {}],
    ['an operation waits', { operation: {} }, {}],
    ['Synced', {}, { sync: 'Synced' }],
    ['never when Unknown', {}, { sync: 'Unknown' }],
    ['only pruning is left and prune is off', {}, { resources: [{ ...broken, requiresPruning: true }] }],
    ['synced already without self-heal', { state: attempt('Succeeded') }, {}],
  ])('not: %s', (_name, given, more) => {
    expect(decide(given, more)).toMatchObject({ sync: false })
  })

  test('a failed attempt at the same commit is not repeated, and says so', () => {
    expect(decide({ state: attempt('Failed'), automated: { selfHeal: true } })).toMatchObject({
      sync: false,
      condition: { type: 'SyncError', message: 'Failed last sync attempt to [r1]: boom' },
    })
    expect(decide({ state: attempt('Failed') }, { revisions: ['r2'] }).sync).toBe(true)
  })

  test('another source at the same commit is a new attempt', () => {
    expect(decide({ state: attempt('Failed') }, { sources: [{ ...source, path: 'other' }] }).sync).toBe(true)
  })

  test('an operation that ended without a result blocks whatever the commit', () => {
    const { syncResult: _dropped, ...state } = attempt('Error')
    expect(decide({ state }, { revisions: ['r2'] }).sync).toBe(false)
  })

  test('a commit that changes no input counts as the same attempt', () => {
    expect(decide({ state: attempt('Failed') }, { revisions: ['r2'], sameInputs: true }).sync).toBe(false)
  })

  test('self-heal is a partial sync of what differs and counts its attempts', () => {
    const given = { state: attempt('Succeeded'), automated: { selfHeal: true } }
    const more = { resources: [broken, { kind: 'Service', name: 'ok', status: 'Synced' as const }] }
    expect(decide(given, more)).toMatchObject({
      sync: true,
      operation: {
        sync: { autoHealAttemptsCount: 1, resources: [{ group: 'apps', kind: 'Deployment', name: 'web' }] },
      },
    })
  })

  test('self-heal waits longer each time', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map(selfHealDelayMs)).toEqual([
      0, 2_000, 6_000, 18_000, 54_000, 162_000, 300_000,
    ])
    const given = { state: attempt('Succeeded', {}, 2), automated: { selfHeal: true } }
    expect(decide(given)).toMatchObject({ sync: false, afterMs: 5_000 })
    expect(decide(given, { now: '2026-11-01T00:00:15Z' }).sync).toBe(true)
  })

  test('what is only being deleted any more is waited for, not healed', () => {
    const given = { automated: { prune: true, selfHeal: true }, state: attempt('Succeeded') }
    const leaving = { kind: 'ConfigMap', name: 'old', status: 'OutOfSync' as const, requiresPruning: true }
    const kept = { kind: 'ConfigMap', name: 'web', status: 'Synced' as const }
    expect(decide(given, { resources: [kept, leaving] }).sync).toBe(true)
    const going = { ...leaving, deleting: true }
    expect(decide(given, { resources: [kept, going] })).toMatchObject({ sync: false })
    expect(decide(given, { resources: [broken, going] }).sync).toBe(true)
  })

  test('what Prune=false keeps is not healed again and again; the next commit is synced', () => {
    const given = { automated: { prune: true, selfHeal: true }, state: attempt('Succeeded') }
    const kept = {
      kind: 'ConfigMap',
      name: 'old',
      status: 'OutOfSync' as const,
      requiresPruning: true,
      kept: true,
    }
    const synced = { kind: 'ConfigMap', name: 'web', status: 'Synced' as const }
    expect(decide(given, { resources: [synced, kept] })).toMatchObject({ sync: false })
    expect(decide(given, { resources: [broken, kept] }).sync).toBe(true)
    expect(decide(given, { resources: [synced, { ...kept, kept: false }] }).sync).toBe(true)
    expect(decide(given, { resources: [synced, kept], revisions: ['r2'] }).sync).toBe(true)
  })

  test('everything would go: refused unless allowEmpty', () => {
    const more = { resources: [{ ...broken, requiresPruning: true }] }
    expect(decide({ automated: { prune: true } }, more)).toMatchObject({
      sync: false,
      condition: { message: 'auto-sync will wipe out all resources' },
    })
    expect(decide({ automated: { prune: true, allowEmpty: true } }, more).sync).toBe(true)
  })
})

describe('retries', () => {
  test('the wait doubles up to three minutes unless told otherwise', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((count) => retryDelayMs(undefined, count) / 1000)).toEqual([
      5, 10, 20, 40, 80, 160, 180,
    ])
    const retry = { limit: 3, backoff: { duration: '2', factor: 3, maxDuration: '1m' } }
    expect([0, 1, 9].map((count) => retryDelayMs(retry, count))).toEqual([2_000, 6_000, 60_000])
  })
  test('the first retry of an attempt waits ten seconds by default', () => {
    const input = { phase: 'Failed' as const, terminating: false, retryCount: 0, retry: { limit: 2 } }
    expect(resolveOperationRetry(input)).toEqual({
      retry: true,
      retryCount: 1,
      afterMs: 10_000,
      refresh: false,
    })
    expect(resolveOperationRetry({ ...input, retryCount: 2 })).toEqual({ retry: false })
    expect(resolveOperationRetry({ ...input, retryCount: 99, retry: { limit: -1 } }).retry).toBe(true)
    expect(resolveOperationRetry({ ...input, terminating: true })).toEqual({ retry: false })
    expect(resolveOperationRetry({ ...input, phase: 'Succeeded' })).toEqual({ retry: false })
    expect(resolveOperationRetry({ ...input, permanent: true })).toEqual({ retry: false })
  })
  test.each([
    ['5s', 5_000],
    ['3m', 180_000],
    ['1h30m', 5_400_000],
    ['7', 7_000],
    ['250ms', 250],
    ['x', undefined],
    ['', undefined],
  ])('duration %s', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms)
  })
})

test('history numbers on and keeps the newest', () => {
  let history = appendHistory([], { deployedAt: 'a' })
  history = appendHistory(history, { deployedAt: 'b' }, 2)
  history = appendHistory(history, { deployedAt: 'c' }, 2)
  expect(history.map(({ id, deployedAt }) => [id, deployedAt])).toEqual([
    [1, 'b'],
    [2, 'c'],
  ])
  expect(findHistory(history, 2)?.deployedAt).toBe('c')
  expect(findHistory(history, 0)).toBeUndefined()
})
