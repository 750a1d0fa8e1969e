import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SourceService } from '../contract.ts'
import { createSourceService } from '../service.ts'
import { createTestRepository, type TestRepository } from '../testing/git-repository.ts'
import { startGitServer, type TestGitServer } from '../testing/git-server.ts'

const credentials = { username: 'ada', password: 'open sesame' }
let repository: TestRepository
let server: TestGitServer
let locked: TestGitServer
let dataDir: string
let source: SourceService
let first = ''

const open = (options: { allowLoopback?: boolean } = {}): SourceService =>
  createSourceService({ dataDir, allowLoopback: () => options.allowLoopback ?? true })

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'driftless-source-'))
  repository = await createTestRepository()
  first = await repository.commit(
    { 'app/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' },
    'first',
  )
  await repository.git('tag', '-a', 'v1.2.0', '-m', 'one two')
  await repository.git('tag', 'v1.3.0-rc.1')
  await repository.git('push', '--quiet', '--tags', 'origin')
  server = await startGitServer(repository.folder)
  locked = await startGitServer(repository.folder, credentials)
  source = open()
})

afterAll(async () => {
  await source.close()
  await server.close()
  await locked.close()
  await repository.remove()
  await rm(dataDir, { recursive: true, force: true })
})

describe('a repository over HTTP', () => {
  const access = () => ({ url: server.url, insecure: true })

  it('resolves branches, tags, ranges, commits and HEAD', async () => {
    const branch = { revision: first, ref: 'refs/heads/main', followsBranch: true }
    const tag = { revision: first, ref: 'refs/tags/v1.2.0', followsBranch: false }
    const commit = { revision: first, ref: '', followsBranch: false }
    expect(await source.resolve(access(), 'HEAD')).toEqual(branch)
    expect(await source.resolve(access(), '')).toEqual(branch)
    expect(await source.resolve(access(), 'main')).toEqual(branch)
    expect(await source.resolve(access(), 'v1.2.0')).toEqual(tag)
    for (const range of ['1.x', '^1.0', '~1.2.0', '>=1.0.0 <2.0.0', '1.2.*', '*']) {
      expect(await source.resolve(access(), range)).toEqual(tag)
    }
    expect(await source.resolve(access(), '1.x', { tagPrefix: 'v' })).toEqual(tag)
    await expect(source.resolve(access(), '1.x', { tagPrefix: 'web-v' })).rejects.toMatchObject({
      code: 'NotFound',
    })
    expect(await source.resolve(access(), first)).toEqual(commit)
    expect(await source.resolve(access(), first.slice(0, 8))).toEqual(commit)
  })

  it('tells what is near to a revision that is not there', async () => {
    await expect(source.resolve(access(), 'mian')).rejects.toMatchObject({
      code: 'NotFound',
      remedy: expect.stringContaining('main'),
      fields: [{ field: 'spec.source.targetRevision' }],
    })
    await expect(source.resolve(access(), 'f'.repeat(40))).rejects.toMatchObject({ code: 'NotFound' })
  })

  it('asks once for many, and not at all while the answer is young enough', async () => {
    const other = open()
    const before = server.requests.length
    await Promise.all(Array.from({ length: 20 }, () => other.resolve(access(), 'main')))
    const asked = server.requests.length - before
    expect(asked).toBeLessThanOrEqual(2)
    await other.resolve(access(), 'main', { maxAgeMs: 60_000 })
    expect(server.requests.length - before).toBe(asked)
    other.invalidate(server.url)
    await other.resolve(access(), 'main', { maxAgeMs: 60_000 })
    expect(server.requests.length - before).toBe(2 * asked)
    await other.close()
  })

  it('fetches a commit and tells about it', async () => {
    await source.ensure(access(), first)
    expect(await source.commit(access(), first)).toMatchObject({
      subject: 'first',
      author: 'Ada',
      tags: ['v1.2.0', 'v1.3.0-rc.1'],
    })
    expect(await source.directories(access(), first)).toEqual([{ path: 'app', type: 'Directory' }])
  })

  it('takes a commit that was pushed over, as long as it was seen before', async () => {
    const lost = await repository.commit({ 'app/b.yaml': 'x: 1\n' }, 'lost')
    await source.ensure(access(), lost)
    await repository.git('reset', '--quiet', '--hard', first)
    await repository.git('push', '--quiet', '--force', 'origin', 'HEAD')
    const next = await repository.commit({ 'app/c.yaml': 'x: 2\n' }, 'next')
    await source.ensure(access(), next)
    expect((await source.commit(access(), lost)).subject).toBe('lost')
  })

  it('tells of commits that are here, in one read and without asking the remote', async () => {
    const hostile = await repository.commit({}, `drop \u001b[31mall\u202e tables ${'x'.repeat(5_000)}`)
    await source.ensure(access(), hostile)
    const asked = server.requests.length
    const lines = await source.commitLines(access(), [first, 'f'.repeat(40), hostile, first, '--all', ''])
    expect([...lines.keys()].sort()).toEqual([first, hostile].sort())
    expect(lines.get(first)).toMatchObject({ subject: 'first', author: 'Ada' })
    const { subject = '' } = lines.get(hostile) ?? {}
    expect(subject).toMatch(/^drop \[31mall tables x+…$/)
    expect(subject).toHaveLength(200)
    expect(await source.commitLines(access(), ['f'.repeat(40)])).toEqual(new Map())
    expect(server.requests).toHaveLength(asked)
  })

  it('names the field at fault', async () => {
    expect(await source.test(access())).toEqual({ ok: true, defaultBranch: 'main' })
    expect(await source.test({ url: server.url.replace('repo.git', 'other'), insecure: true })).toMatchObject(
      { ok: false, field: 'url' },
    )
    expect(await source.test({ url: 'https://no-such-host.invalid/x.git' })).toMatchObject({
      ok: false,
      field: 'url',
    })
    expect(await source.test({ url: 'http://127.0.0.1:1/x.git', insecure: true })).toMatchObject({
      ok: false,
      field: 'url',
    })
  })

  it('refuses addresses of this machine unless they are permitted', async () => {
    const strict = open({ allowLoopback: false })
    const result = await strict.test(access())
    expect(result).toMatchObject({
      ok: false,
      field: 'url',
      message: expect.stringContaining('this machine'),
    })
    expect(await strict.test({ url: 'https://169.254.169.254/latest/x' })).toMatchObject({
      ok: false,
      field: 'url',
    })
    await strict.close()
  })
})

describe('a repository with a password', () => {
  const access = () => ({ url: locked.url, insecure: true })

  it('opens with the right one, special characters included', async () => {
    expect(await source.test({ ...access(), ...credentials })).toEqual({ ok: true, defaultBranch: 'main' })
  })

  it('names the credentials when they are missing or wrong, and never prints them', async () => {
    expect(await source.test(access())).toMatchObject({ ok: false, field: 'credentials' })
    const wrong = await source.test({ ...access(), username: 'ada', password: 'hunter2-wrong' })
    expect(wrong).toMatchObject({ ok: false, field: 'credentials' })
    expect(JSON.stringify(wrong)).not.toContain('hunter2-wrong')
  })

  it('does not show one person what another has fetched', async () => {
    await source.ensure({ ...access(), ...credentials }, first)
    await expect(source.commit(access(), first)).rejects.toMatchObject({ code: 'Unauthorized' })
    expect(await source.commitLines(access(), [first])).toEqual(new Map())
    const request = {
      access: access(),
      revision: first,
      source: { repoURL: locked.url, path: 'app' },
      application: { name: 'a', namespace: 'n', project: 'p' },
      destinationNamespace: 'd',
    }
    await expect(source.render(request)).rejects.toMatchObject({ code: 'Unauthorized' })
  })
})

describe('hostile values', () => {
  it.each([
    ['--upload-pack=touch /tmp/x'],
    ['-oProxyCommand=x'],
    ['ext::sh -c true'],
    ['file:///etc'],
    ['/etc'],
    ['../x'],
    ['git://host/x'],
    ['https://user:secret@host.example/x'],
    ['ssh://-oProxyCommand=x/y'],
    ['git@-oProxyCommand=x:y'],
    ['git@host:-x'],
    ['https://host.example/x y'],
    ['https://host.example/'],
  ])('refuses the URL %s', async (url) => {
    await expect(source.resolve({ url, insecure: true }, 'main')).rejects.toMatchObject({
      code: 'Invalid',
      fields: [{ field: 'url' }],
    })
  })

  it.each([['--upload-pack=x'], ['a..b'], ['x@{1}'], ['ext::x'], ['a\nb']])(
    'refuses the revision %j',
    async (revision) => {
      await expect(source.resolve({ url: server.url, insecure: true }, revision)).rejects.toMatchObject({
        code: 'Invalid',
      })
    },
  )
})
