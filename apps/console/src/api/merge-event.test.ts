import type { ApplicationList } from '@driftless/api'
import { describe, expect, it } from 'vitest'
import { sampleRow } from './sample-row.ts'
import { mergeEvent } from './merge-event.ts'

function listOf(...names: string[]): ApplicationList {
  const items = names.map((name) => sampleRow({ name, uid: `uid-${name}` }))
  return { items, total: items.length, counts: { health: {}, sync: {} }, cursor: '1' }
}

describe('mergeEvent', () => {
  it('replaces a row in its place', () => {
    const row = sampleRow({ name: 'b', uid: 'uid-b', health: 'Degraded' })
    const merged = mergeEvent(listOf('a', 'b', 'c'), { type: 'MODIFIED', row })
    expect(merged.items.map((item) => item.name)).toEqual(['a', 'b', 'c'])
    expect(merged.items[1]?.health).toBe('Degraded')
  })

  it('adds a row that it does not know, also on MODIFIED', () => {
    const merged = mergeEvent(listOf('a'), { type: 'MODIFIED', row: sampleRow({ name: 'z', uid: 'uid-z' }) })
    expect(merged.total).toBe(2)
  })

  it('removes a row, but not its successor of the same name', () => {
    const list = listOf('a', 'b')
    const gone = mergeEvent(list, { type: 'DELETED', row: { name: 'a', project: 'demo', uid: 'uid-a' } })
    expect(gone.items.map((item) => item.name)).toEqual(['b'])
    expect(mergeEvent(list, { type: 'DELETED', row: { name: 'a', project: 'demo', uid: 'older' } })).toBe(
      list,
    )
  })
})
