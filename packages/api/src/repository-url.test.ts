import { describe, expect, it } from 'vitest'
import { normalizeRepositoryUrl } from './repository-url.ts'

describe('normalizeRepositoryUrl', () => {
  it.each([
    ['https://Example.com/Team/App.git', 'https://example.com/Team/App'],
    ['https://user:pw@example.com/team/app/', 'https://example.com/team/app'],
    ['git@example.com:team/app.git', 'ssh://example.com/team/app'],
    ['ssh://git@example.com/team/app', 'ssh://example.com/team/app'],
    ['http://127.0.0.1:7080/git/demo/hello.git', 'http://127.0.0.1:7080/git/demo/hello'],
    ['', ''],
  ])('%s', (url, expected) => {
    expect(normalizeRepositoryUrl(url)).toBe(expected)
  })
})
