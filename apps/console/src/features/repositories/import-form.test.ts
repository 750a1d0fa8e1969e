import { describe, expect, it } from 'vitest'
import {
  emptyImport,
  importComplaints,
  importRequestOf,
  nameFromUrl,
  placeImportErrors,
} from './import-form.ts'

describe('importing a repository', () => {
  it.each([
    ['https://git.example/team/My_App.git', 'my-app'],
    ['git@git.example:team/shop.git', 'shop'],
    ['https://git.example/team/shop/', 'shop'],
    ['', ''],
  ])('names %s as %s', (url, name) => {
    expect(nameFromUrl(url)).toBe(name)
  })

  it('sends only the credentials of the chosen kind', () => {
    const request = importRequestOf({
      ...emptyImport,
      name: 'a',
      url: ' https://x/y ',
      access: 'password',
      username: 'u',
      password: 'p',
      sshPrivateKey: 'k',
    })
    expect(request).toEqual({ name: 'a', url: 'https://x/y', credentials: { username: 'u', password: 'p' } })
    expect(importRequestOf({ ...emptyImport, name: 'a', url: 'u', password: 'left over' })).toEqual({
      name: 'a',
      url: 'u',
    })
  })

  it.each([
    [{}, { url: 'required', name: 'required' }],
    [{ url: 'https://x/y', name: 'My App' }, { name: 'name' }],
    [{ url: 'https://x/y', name: 'my-app' }, {}],
  ])('complains about %j', (part, complaints) => {
    expect(importComplaints({ ...emptyImport, ...part })).toEqual(complaints)
  })

  it('puts errors at their inputs', () => {
    const placed = placeImportErrors([
      { field: 'spec.url', message: 'no host' },
      { field: 'credentials.username', message: 'who?' },
      { field: 'metadata.name', message: 'taken' },
    ])
    expect(placed).toEqual({ url: 'no host', credentials: 'who?', name: 'taken' })
  })
})
