import { describe, expect, it } from 'vitest'
import { sampleRow } from '../../../api/sample-row.ts'
import { arrangeRows, countStates, holdOrder, searchRows, viewOf } from './arrange-rows.ts'

const rows = [
  sampleRow({
    name: 'web-10',
    uid: '1',
    health: 'Healthy',
    sync: 'OutOfSync',
    updatedAt: '2026-01-03T00:00:00Z',
  }),
  sampleRow({
    name: 'web-2',
    uid: '2',
    health: 'Degraded',
    alias: '网站',
    updatedAt: '2026-01-02T00:00:00Z',
  }),
  sampleRow({
    name: 'api',
    uid: '3',
    health: 'Healthy',
    namespace: 'prod',
    updatedAt: '2026-01-01T00:00:00Z',
  }),
]
const namesOf = (list: { name: string }[]) => list.map((row) => row.name)

describe('the list of deployments', () => {
  it('sorts names as people count', () => {
    expect(namesOf(arrangeRows(rows, viewOf({})))).toEqual(['api', 'web-2', 'web-10'])
  })

  it('sorts the worst health first and the newest change first', () => {
    expect(namesOf(arrangeRows(rows, viewOf({ sort: 'health' })))[0]).toBe('web-2')
    expect(namesOf(arrangeRows(rows, viewOf({ sort: 'updatedAt' })))[0]).toBe('web-10')
  })

  it('filters by both states', () => {
    expect(namesOf(arrangeRows(rows, viewOf({ health: 'Healthy', sync: 'OutOfSync' })))).toEqual(['web-10'])
  })

  it('finds by alias and by several words', () => {
    expect(namesOf(searchRows(rows, '网站'))).toEqual(['web-2'])
    expect(namesOf(searchRows(rows, 'prod API'))).toEqual(['api'])
  })

  it('counts each state', () => {
    expect(countStates(rows)).toEqual({
      health: { Healthy: 2, Degraded: 1 },
      sync: { OutOfSync: 1, Synced: 2 },
    })
  })

  it('holds rows in place and appends new ones', () => {
    expect(holdOrder(['3', '1'], rows).map((row) => row.uid)).toEqual(['3', '1', '2'])
  })

  it('takes unknown sort keys from an old link as the default', () => {
    expect(viewOf({ sort: 'colour' }).sort).toBe('name')
  })
})
