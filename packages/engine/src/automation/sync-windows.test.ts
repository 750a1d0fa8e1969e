import { describe, expect, test } from 'vitest'
import { decideSyncWindow, type WindowQuery } from './sync-windows.ts'

function decide(windows: WindowQuery['windows'], now = '2026-11-02T10:30:00Z') {
  return decideSyncWindow({ windows, application: 'shop', namespace: 'prod', clusters: ['in-cluster'], now })
}

const all = { applications: ['*'] }
const openAllow = { ...all, kind: 'allow' as const, schedule: '0 10 * * *', duration: '1h' }
const closedAllow = { ...all, kind: 'allow' as const, schedule: '0 22 * * *', duration: '1h' }
const openDeny = { ...all, kind: 'deny' as const, schedule: '0 10 * * *', duration: '1h' }
const closedDeny = { ...all, kind: 'deny' as const, schedule: '0 22 * * *', duration: '1h' }

describe('sync windows', () => {
  test.each([
    ['none', [], true],
    ['an open allow', [openAllow], true],
    ['a closed allow', [closedAllow], false],
    ['one of two allows open', [openAllow, closedAllow], true],
    ['an open deny beats an open allow', [openAllow, openDeny], false],
    ['a closed deny alone', [closedDeny], true],
    ['a closed deny and a closed allow', [closedDeny, closedAllow], false],
    ['windows of other applications', [{ ...openDeny, applications: ['other-*'] }], true],
    ['a namespace glob', [{ ...openDeny, applications: [], namespaces: ['pr*'] }], false],
    ['a cluster glob', [{ ...openDeny, applications: [], clusters: ['in-*'] }], false],
    ['any list is enough', [{ ...openDeny, applications: ['other'], namespaces: ['prod'] }], false],
    [
      'andOperator wants each list',
      [{ ...openDeny, applications: ['other'], namespaces: ['prod'], andOperator: true }],
      true,
    ],
    ['a schedule that nobody can read', [{ ...openDeny, schedule: 'sometimes' }], true],
  ])('%s', (_name, windows, expected) => {
    expect(decide(windows).automated).toBe(expected)
  })

  test('people may sync when every window that blocks says manualSync', () => {
    expect(decide([{ ...openDeny, manualSync: true }])).toMatchObject({ automated: false, manual: true })
    expect(decide([{ ...openDeny, manualSync: true }, openDeny]).manual).toBe(false)
    expect(decide([{ ...closedAllow, manualSync: true }]).manual).toBe(true)
  })

  test('the schedule is read in the time zone of the window', () => {
    const tokyo = { ...openDeny, schedule: '0 19 * * *', timeZone: 'Asia/Tokyo' }
    expect(decide([tokyo]).automated).toBe(false)
    expect(decide([{ ...tokyo, timeZone: 'Europe/Berlin' }]).automated).toBe(true)
  })

  test('a window is open from its start to just before its end', () => {
    expect(decide([openDeny], '2026-11-02T09:59:59Z').automated).toBe(true)
    expect(decide([openDeny], '2026-11-02T10:00:00Z').automated).toBe(false)
    expect(decide([openDeny], '2026-11-02T10:59:59Z').automated).toBe(false)
    expect(decide([openDeny], '2026-11-02T11:00:01Z').automated).toBe(true)
  })

  test('says why, and when to look again', () => {
    expect(decide([openDeny])).toMatchObject({
      reason: expect.stringContaining('2026-11-02T11:00:00.000Z'),
      changesAfterMs: 30 * 60_000,
    })
    expect(decide([closedAllow]).reason).toContain('2026-11-02T22:00:00.000Z')
  })
})
