import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RenderRequest, RenderResult, SourceService, SourceSpec } from './contract.ts'
import { createSourceService } from './service.ts'
import { createTestRepository, type TestRepository } from './testing/git-repository.ts'

const url = 'https://git.example/demo.git'
let repository: TestRepository
let dataDir: string
let source: SourceService

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'driftless-source-'))
  repository = await createTestRepository()
  source = createSourceService({
    dataDir,
    localRepositories: () => repository.folder,
    limits: { maxFileBytes: 100_000 },
  })
})

afterEach(async () => {
  await source.close()
  await repository.remove()
  await rm(dataDir, { recursive: true, force: true })
})

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`

function request(revision: string, spec: Partial<SourceSpec>): RenderRequest {
  return {
    access: { url },
    revision,
    source: { repoURL: url, ...spec },
    application: { name: 'shop', namespace: 'team', project: 'team' },
    destinationNamespace: 'prod',
  }
}

const render = (revision: string, spec: Partial<SourceSpec>): Promise<RenderResult> =>
  source.render(request(revision, spec))
const names = (result: RenderResult): (string | undefined)[] =>
  result.manifests.map((object) => object.metadata.name)

describe('a folder of plain files', () => {
  it('is read in order of names, without what is marked or unrelated', async () => {
    const revision = await repository.commit({
      'app/b.yaml': configMap('b'),
      'app/a.json': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }),
      'app/skip.yaml': `# +argocd:skip-file-rendering\n${configMap('skipped')}`,
      'app/values.yaml': 'replicas: 1\n',
      'app/README.md': '# hello',
      'app/deep/c.yml': configMap('c'),
    })
    const flat = await render(revision, { path: 'app' })
    expect(names(flat)).toEqual(['a', 'b'])
    expect(flat.warnings).toEqual(['app/values.yaml holds no Kubernetes objects and was left out.'])
    expect(names(await render(revision, { path: './app/', directory: { recurse: true } }))).toEqual([
      'a',
      'b',
      'c',
    ])
    const some = { recurse: true, include: '{*.yml,b*}', exclude: 'b.yaml' }
    expect(names(await render(revision, { path: 'app', directory: some }))).toEqual(['c'])
  })

  it('is read whatever the names are, when told so', async () => {
    const revision = await repository.commit({
      'app/a.manifest': configMap('a'),
      'app/b.txt': configMap('b'),
    })
    const directory = { disableExtensionFilter: true, include: '*.manifest' }
    expect(names(await render(revision, { path: 'app', directory }))).toEqual(['a'])
    expect(names(await render(revision, { path: 'app', directory: { include: '*.manifest' } }))).toEqual([])
  })

  it('may be empty, and says so', async () => {
    const revision = await repository.commit({ 'app/README.md': 'x' })
    const result = await render(revision, { path: 'app' })
    expect(result.manifests).toEqual([])
    expect(result.warnings[0]).toContain('No manifests were found in "app"')
  })

  it('keeps its key while a commit changes other folders only', async () => {
    const first = await repository.commit({ 'app/a.yaml': configMap('a'), 'other/a.yaml': configMap('x') })
    const second = await repository.commit({ 'other/a.yaml': configMap('y') })
    const third = await repository.commit({ 'app/a.yaml': configMap('b') })
    const key = await source.renderKey(request(first, { path: 'app' }))
    expect(await source.renderKey(request(second, { path: 'app' }))).toBe(key)
    expect(await source.renderKey(request(third, { path: 'app' }))).not.toBe(key)
    const before = await render(first, { path: 'app' })
    const after = await render(second, { path: 'app' })
    expect(after).toMatchObject({ key: before.key, revision: second })
    expect(after.manifests).toBe(before.manifests)
  })

  it('follows links inside the repository, and their content is part of the key', async () => {
    const first = await repository.commit({
      'app/a.yaml': { link: '../shared/a.yaml' },
      'shared/a.yaml': configMap('a'),
    })
    const second = await repository.commit({ 'shared/a.yaml': configMap('b') })
    expect(names(await render(first, { path: 'app' }))).toEqual(['a'])
    expect(names(await render(second, { path: 'app' }))).toEqual(['b'])
  })
})

describe('bad paths', () => {
  it.each([['/etc'], ['../x'], ['a/../../x']])('refuses %s', async (path) => {
    const revision = await repository.commit({ 'a/b.yaml': configMap('a') })
    await expect(render(revision, { path })).rejects.toMatchObject({
      code: 'BadRequest',
      fields: [{ field: 'spec.source.path' }],
    })
  })

  it('names what is near', async () => {
    const revision = await repository.commit({ 'apps/guestbook/b.yaml': configMap('a') })
    await expect(render(revision, { path: 'apps/guestbok' })).rejects.toMatchObject({
      message: `Path "apps/guestbok" does not exist at revision ${revision.slice(0, 7)}.`,
      remedy: 'apps has apps/guestbook.',
    })
  })

  it.each([['/etc/passwd'], ['../../etc/passwd'], ['loop.yaml']])('refuses a link to %s', async (link) => {
    const revision = await repository.commit({ 'app/loop.yaml': { link } })
    await expect(render(revision, { path: 'app' })).rejects.toMatchObject({ code: 'BadRequest' })
  })

  it('refuses a file that is too large, by name', async () => {
    const revision = await repository.commit({
      'app/big.yaml': `${configMap('a')}data: {x: "${'y'.repeat(100_000)}"}\n`,
    })
    await expect(render(revision, { path: 'app' })).rejects.toThrow('app/big.yaml is larger than')
  })

  it('names the file and the line of broken YAML', async () => {
    const revision = await repository.commit({ 'app/a.yaml': `${configMap('a')}---\nkind: [\n` })
    await expect(render(revision, { path: 'app' })).rejects.toThrow('app/a.yaml, document 2, line 7')
  })
})

describe('overrides in the repository', () => {
  it('are merged over the source, those of the application last', async () => {
    const revision = await repository.commit({
      'app/a.yaml': configMap('a'),
      'app/deep/b.yaml': configMap('b'),
      'app/.argocd-source.yaml': 'directory: {recurse: true, exclude: a.yaml}\n',
      'app/.argocd-source-shop.yaml': 'directory: {exclude: null}\npath: elsewhere\nchart: x\nrepoURL: y\n',
    })
    expect(names(await render(revision, { path: 'app' }))).toEqual(['a', 'b'])
    const later = await repository.commit({
      'app/.argocd-source-team_shop.yaml': 'directory: {include: b.yaml}\n',
    })
    expect(names(await render(later, { path: 'app' }))).toEqual([])
  })
})

describe('files that a person sent', () => {
  const sent = (files: Record<string, string>, spec: Partial<SourceSpec>): RenderRequest => ({
    ...request('', spec),
    files: new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])),
  })

  it('are rendered as those of a commit are', async () => {
    const files = { 'app/a.yaml': configMap('a'), 'app/deep/b.yaml': configMap('b'), 'other/c.yaml': 'x' }
    const result = await source.render(sent(files, { path: 'app', directory: { recurse: true } }))
    expect(names(result)).toEqual(['a', 'b'])
    await expect(source.render(sent(files, { path: 'ap' }))).rejects.toMatchObject({
      message: 'Path "ap" does not exist at revision local.',
      remedy: 'The repository has app, other.',
    })
  })

  it.each(['../x.yaml', '/etc/x.yaml', 'a/../../x.yaml', '.git/config', ''])(
    'are refused at %j',
    async (path) => {
      await expect(source.render(sent({ [path]: 'x' }, { path: '.' }))).rejects.toMatchObject({
        code: 'BadRequest',
      })
    },
  )
})

describe('sources that cannot be rendered', () => {
  it('refuses remote bases and missing ones before any tool runs', async () => {
    const revision = await repository.commit({
      'remote/kustomization.yaml': 'resources: [github.com/org/repo//base?ref=v1]\n',
      'http/kustomization.yaml': 'resources: ["https://host.example/x.yaml"]\n',
      'gone/kustomization.yaml': 'resources: [nothing.yaml]\n',
    })
    await expect(render(revision, { path: 'remote' })).rejects.toThrow('remote bases are not fetched')
    await expect(render(revision, { path: 'http' })).rejects.toThrow('remote bases are not fetched')
    await expect(render(revision, { path: 'gone' })).rejects.toThrow('nothing.yaml, which does not exist')
  })

  it('names the chart dependency that is not vendored', async () => {
    const chart =
      'apiVersion: v2\nname: x\nversion: 1.0.0\ndependencies: [{name: redis, version: 1.2.3, repository: "https://charts.example"}]\n'
    const revision = await repository.commit({ 'chart/Chart.yaml': chart })
    await expect(render(revision, { path: 'chart' })).rejects.toMatchObject({
      message: expect.stringContaining('redis 1.2.3 from https://charts.example'),
      remedy: expect.stringContaining('helm dependency build'),
    })
  })

  it('names jsonnet when it is missing', async () => {
    const bare = createSourceService({
      dataDir,
      localRepositories: () => repository.folder,
      tools: { git: '/usr/bin/git' },
      searchPath: '/nonexistent',
    })
    const revision = await repository.commit({ 'app/a.jsonnet': '{}' })
    await expect(bare.render(request(revision, { path: 'app' }))).rejects.toMatchObject({
      code: 'ServiceUnavailable',
      message: expect.stringContaining('app/a.jsonnet'),
    })
    await bare.close()
  })
})

describe('commits', () => {
  it('start one git child a question, however many applications ask', async () => {
    const revision = await repository.commit({ 'app/a.yaml': configMap('a') }, 'the subject')
    const calls = join(dataDir, 'calls')
    const git = join(dataDir, 'git')
    await writeFile(git, `#!/bin/sh\necho x >> ${calls}\nexec git "$@"\n`, { mode: 0o755 })
    const counted = createSourceService({
      dataDir,
      localRepositories: () => repository.folder,
      tools: { git },
    })
    const ask = async (): Promise<string> => {
      const resolved = await counted.resolve({ url }, revision)
      return (await counted.commit({ url }, resolved.revision)).subject
    }
    const subjects = await Promise.all(Array.from({ length: 50 }, ask))
    expect(new Set(subjects)).toEqual(new Set(['the subject']))
    // One that reads objects, one for the commit, one for its tags.
    expect((await readFile(calls, 'utf8')).length / 2).toBe(3)
    await repository.git('tag', 'v1')
    await repository.git('push', '--quiet', '--tags', 'origin')
    counted.invalidate(url)
    expect((await counted.commit({ url }, revision)).tags).toEqual(['v1'])
    await counted.close()
  })
})
