import { expect, it } from 'vitest'
import { formatRevisions, shortRevision } from './revisions.ts'

it('shortens commits and digests, and leaves versions alone', () => {
  expect(shortRevision('abcdef0123'.repeat(4))).toBe('abcdef0')
  expect(shortRevision(`sha256:${'ab'.repeat(32)}`)).toBe('sha256:abababababab')
  expect(shortRevision('10.12.123-rc.1')).toBe('10.12.123-rc.1')
})

it('takes those of several sources in order', () => {
  expect(formatRevisions({ revisions: ['1.2.3', 'abcdef0123'.repeat(4)] })).toBe('1.2.3, abcdef0')
  expect(formatRevisions({ revision: '1.2.3' })).toBe('1.2.3')
  expect(formatRevisions({ revision: '' })).toBe('')
  expect(formatRevisions({})).toBe('')
})
