import { expect, it } from 'vitest'
import { sampleRow } from '../../api/sample-row.ts'
import { sections } from './sections.ts'

it('puts each deployment into the section that matters most, worst first', () => {
  const found = sections([
    sampleRow({ name: 'moving', health: 'Progressing', sync: 'OutOfSync' }),
    sampleRow({ name: 'broken', health: 'Degraded' }),
    sampleRow({ name: 'drifted', sync: 'OutOfSync' }),
    sampleRow({ name: 'paused', health: 'Suspended' }),
  ])
  expect(found.unhealthy.map((row) => row.name)).toEqual(['broken', 'moving'])
  expect(found.outOfSync.map((row) => row.name)).toEqual(['drifted'])
  expect(found.changed.map((row) => row.name)).toEqual(['paused'])
})
