import { expect, it } from 'vitest'
import { planOptions, planRequestOf } from './plan-options.ts'

const encode = (text: string): string => Buffer.from(text).toString('base64')

it('decodes local files, which exclude a revision', () => {
  const local = { path: 'app', files: { 'app/a.yaml': encode('a: 1') } }
  expect(planRequestOf(planOptions.parse({ local, prune: false }))).toEqual({
    prune: false,
    local: { path: 'app', files: new Map([['app/a.yaml', Buffer.from('a: 1')]]) },
  })
  expect(() => planRequestOf({ local, revision: 'v1' })).toThrow('of local files or of a revision')
  expect(planOptions.safeParse({ local: { path: 'app', files: { a: 'not base64!' } } }).success).toBe(false)
  expect(planRequestOf({ revision: '' })).toEqual({})
  expect(planRequestOf({ revisions: ['1.0.0', 'main'] })).toEqual({ revisions: ['1.0.0', 'main'] })
})

it('refuses more than a request may bring', () => {
  const many = Object.fromEntries(Array.from({ length: 5_001 }, (_, at) => [`f${at}`, encode('x')]))
  expect(() => planRequestOf({ local: { path: '.', files: many } })).toThrow('more than 5000')
  const large = {
    a: Buffer.alloc(7 * 1024 * 1024).toString('base64'),
    b: Buffer.alloc(6 * 1024 * 1024).toString('base64'),
  }
  expect(() => planRequestOf({ local: { path: '.', files: large } })).toThrow('larger than 12 MiB')
})
