import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RenderRequest, RenderResult, SourceService, SourceSpec } from '../contract.ts'
import { createSourceService } from '../service.ts'
import { packChart } from '../testing/chart-archive.ts'
import {
  basic,
  sha256,
  startFiles,
  startRegistry,
  type TestRegistry,
  type TestServer,
} from '../testing/chart-servers.ts'
import { createTestRepository, type TestRepository } from '../testing/git-repository.ts'
import { Toolbox } from '../tools/tools.ts'

const searchPath = '/usr/local/bin:/usr/bin:/bin'
const cacheDir = join(homedir(), '.cache', 'driftless')
const withoutHelm = await new Toolbox({ paths: {}, searchPath, cacheDir }).get('helm').then(
  () => '',
  (error: Error) => ` (SKIPPED: ${error.message})`,
)

const url = 'https://git.example/demo.git'
const other = 'https://git.example/values.git'
let repository: TestRepository
let values: TestRepository
let charts: TestServer
let registry: TestRegistry
let dataDir: string
let source: SourceService

const map = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {${data}}\n`
const redis = packChart('redis', {
  'Chart.yaml': 'apiVersion: v2\nname: redis\nversion: 1.2.3\n',
  'templates/map.yaml': map('redis', 'size: {{ .Values.size | default "none" | quote }}'),
})
const web = packChart('web', {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 2.0.0\nkubeVersion: ">=1.20.0-0"\n',
  'values.yaml': 'color: red\n',
  'values-prod.yaml': 'color: green\n',
  'templates/map.yaml': map(
    '{{ .Release.Name }}',
    'color: {{ .Values.color }}, kube: {{ .Capabilities.KubeVersion.Version }}, has: {{ .Capabilities.APIVersions.Has "example.com/v1/Thing" | quote }}',
  ),
})

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'driftless-source-'))
  repository = await createTestRepository()
  values = await createTestRepository()
  charts = await startFiles(
    new Map<string, Buffer | string>([
      [
        '/index.yaml',
        `apiVersion: v1\nentries:\n  redis:\n  - {version: 1.2.3, digest: ${sha256(redis)}, urls: [redis-1.2.3.tgz]}\n  web:\n  - {version: 2.0.0, digest: "${sha256(web)}", urls: [web-2.0.0.tgz]}\n`,
      ],
      ['/redis-1.2.3.tgz', redis],
      ['/web-2.0.0.tgz', web],
    ]),
  )
  registry = await startRegistry({ credentials: basic('ada', 'secret') })
  registry.push('team/redis', '1.2.3', redis)
  source = createSourceService({
    dataDir,
    cacheDir,
    searchPath,
    allowLoopback: (address) => address.startsWith(charts.origin) || address.startsWith(registry.origin),
    localRepositories: (address) => (address === other ? values.folder : repository.folder),
  })
})

afterAll(async () => {
  await source.close()
  await Promise.all([repository.remove(), values.remove(), charts.close(), registry.close()])
  await rm(dataDir, { recursive: true, force: true })
})

function request(
  revision: string,
  spec: Partial<SourceSpec>,
  more: Partial<RenderRequest> = {},
): RenderRequest {
  return {
    access: { url },
    revision,
    source: { repoURL: url, ...spec },
    application: { name: 'shop', namespace: 'team', project: 'team' },
    destinationNamespace: 'prod',
    kubeVersion: 'v1.33.0',
    accessFor: (address) =>
      Promise.resolve(
        address.startsWith('oci:')
          ? { url: address, plainHttp: true, username: 'ada', password: 'secret' }
          : { url: address, insecure: true },
      ),
    ...more,
  }
}

const dataOf = (result: RenderResult): unknown[] => result.manifests.map((object) => object['data'])
const namesOf = (result: RenderResult): (string | undefined)[] =>
  result.manifests.map((object) => object.metadata.name)

describe.skipIf(withoutHelm !== '')(`dependencies of a chart${withoutHelm}`, () => {
  const chartFile = (dependency: string): string =>
    `apiVersion: v2\nname: chart\nversion: 1.0.0\ndependencies:\n- ${dependency}\n`

  it('come from a chart repository, in the version of the lock', async () => {
    const dependency = `{name: redis, version: ">=1.0.0", repository: "${charts.origin}"}`
    const revision = await repository.commit({
      'app/Chart.yaml': chartFile(dependency),
      'app/values.yaml': 'redis: {size: small}\n',
    })
    const result = await source.render(request(revision, { path: 'app' }))
    expect(dataOf(result)).toEqual([{ size: 'small' }])
    const lock = (digest: string): string =>
      `dependencies:\n- name: redis\n  repository: ${charts.origin}\n  version: 1.2.3\ndigest: ${digest}\n`
    const stale = await repository.commit({ 'app/Chart.lock': lock(`sha256:${'0'.repeat(64)}`) })
    await expect(source.render(request(stale, { path: 'app' }))).rejects.toMatchObject({
      message: expect.stringContaining('app/Chart.lock does not fit'),
      remedy: expect.stringContaining('helm dependency update'),
    })
  })

  it('come from a registry with the credentials of its Secret, and are part of the key', async () => {
    const address = `${registry.origin.replace('http:', 'oci:')}/team`
    const revision = await repository.commit({
      'oci/Chart.yaml': chartFile(`{name: redis, version: 1.2.3, repository: "${address}"}`),
    })
    expect(namesOf(await source.render(request(revision, { path: 'oci' })))).toEqual(['redis'])
    const anonymous = request(
      revision,
      { path: 'oci' },
      { accessFor: (at) => Promise.resolve({ url: at, plainHttp: true }) },
    )
    await expect(source.render(anonymous)).rejects.toMatchObject({
      code: 'Unauthorized',
      message: expect.stringContaining('depends on redis 1.2.3'),
    })
  })

  it('of dependencies in the same repository are put in place too, but not in circles', async () => {
    const revision = await repository.commit({
      'one/Chart.yaml': chartFile('{name: two, version: 1.0.0, repository: "file://../two"}'),
      'two/Chart.yaml': `apiVersion: v2\nname: two\nversion: 1.0.0\ndependencies: [{name: redis, version: 1.2.3, repository: "${charts.origin}"}]\n`,
      'self/Chart.yaml': chartFile('{name: self, version: 1.0.0, repository: "file://../self"}'),
      'away/Chart.yaml': chartFile('{name: etc, version: 1.0.0, repository: "file:///etc"}'),
      'up/Chart.yaml': chartFile('{name: etc, version: 1.0.0, repository: "file://../../etc"}'),
      'alias/Chart.yaml': chartFile('{name: redis, version: 1.0.0, repository: "@stable"}'),
      'name/Chart.yaml': chartFile('{name: "../../x", version: 1.0.0, repository: "file://../one"}'),
    })
    const render = (path: string): Promise<RenderResult> => source.render(request(revision, { path }))
    expect(namesOf(await render('one'))).toEqual(['redis'])
    await expect(render('self')).rejects.toThrow('depends on too many charts, or on itself')
    await expect(render('away')).rejects.toThrow('was not found at file:///etc')
    await expect(render('up')).rejects.toThrow('leads out of the repository')
    await expect(render('alias')).rejects.toThrow('of the repository "@stable"')
    await expect(render('name')).rejects.toThrow('is not the name of a chart')
  })
})

describe('a dependency that needs the network', () => {
  it('is named with where it would come from and why it did not', async () => {
    const revision = await repository.commit({
      'far/Chart.yaml':
        'apiVersion: v2\nname: far\nversion: 1.0.0\ndependencies: [{name: wordpress, version: 9.0.3, repository: "https://charts.invalid"}]\n',
    })
    await expect(source.render(request(revision, { path: 'far' }))).rejects.toMatchObject({
      code: 'ServiceUnavailable',
      message: expect.stringMatching(
        /depends on wordpress 9\.0\.3 from https:\/\/charts\.invalid.*needs the network/,
      ),
    })
  })
})

describe.skipIf(withoutHelm !== '')(`a chart of a repository${withoutHelm}`, () => {
  const chart = (spec: Partial<SourceSpec>, more: Partial<RenderRequest> = {}): RenderRequest => ({
    ...request('2.0.0', { repoURL: charts.origin, chart: 'web', ...spec }, more),
    access: { url: charts.origin, insecure: true },
  })

  it('is rendered with value files of its own and of another repository', async () => {
    const resolved = await source.resolve({ url: charts.origin, insecure: true }, '2.*', { chart: 'web' })
    expect(resolved).toEqual({ revision: '2.0.0', ref: '', followsBranch: false })
    const first = await values.commit({ 'env/prod.yaml': 'color: blue\n', 'env/other.yaml': 'x: 1\n' })
    const references = { values: { access: { url: other }, revision: first } }
    const own = await source.render(chart({ helm: { valueFiles: ['values-prod.yaml'] } }))
    expect(own.sourceType).toBe('Helm')
    expect(dataOf(own)).toMatchObject([{ color: 'green' }])
    const spec = { helm: { valueFiles: ['values-prod.yaml', '$values/env/prod.yaml'], releaseName: 'mine' } }
    const both = await source.render(chart(spec, { references }))
    expect(namesOf(both)).toEqual(['mine'])
    expect(dataOf(both)).toMatchObject([{ color: 'blue' }])
    const unrelated = await values.commit({ 'env/other.yaml': 'x: 2\n' })
    const later = { values: { access: { url: other }, revision: unrelated } }
    expect(await source.renderKey(chart(spec, { references: later }))).toBe(both.key)
    const related = await values.commit({ 'env/prod.yaml': 'color: black\n' })
    const newer = { values: { access: { url: other }, revision: related } }
    expect(dataOf(await source.render(chart(spec, { references: newer })))).toMatchObject([
      { color: 'black' },
    ])
  })

  it('refuses references that are not there or lead out', async () => {
    const revision = await values.commit({ 'env/link.yaml': { link: '../../../etc/passwd' } })
    const references = { values: { access: { url: other }, revision } }
    const render = (file: string): Promise<RenderResult> =>
      source.render(chart({ helm: { valueFiles: [file] } }, { references }))
    await expect(render('$nowhere/a.yaml')).rejects.toMatchObject({
      message: expect.stringContaining('has the ref "nowhere"'),
      remedy: 'There is $values.',
    })
    await expect(render('$values/../../etc/passwd')).rejects.toThrow('leads out of the repository')
    await expect(render('$values/env/link.yaml')).rejects.toThrow('leads out of the repository')
    await expect(render('$values/env/prd.yaml')).rejects.toMatchObject({
      remedy: expect.stringContaining('env/prod.yaml'),
    })
  })

  it('sees version and kinds of the destination, which count only where the chart asks', async () => {
    const asked = await source.render(chart({}, { apiVersions: ['v1', 'example.com/v1/Thing'] }))
    expect(dataOf(asked)).toMatchObject([{ kube: 'v1.33.0', has: 'true' }])
    expect((await source.render(chart({}, { apiVersions: ['v1'] }))).key).not.toBe(asked.key)
    const fixed = await source.render(chart({ helm: { kubeVersion: '1.30.0' } }))
    expect(dataOf(fixed)).toMatchObject([{ kube: 'v1.30.0', has: 'false' }])
    const plain = await repository.commit({
      'plain/Chart.yaml': 'apiVersion: v2\nname: plain\nversion: 1.0.0\n',
      'plain/templates/map.yaml': map('plain', 'a: b'),
    })
    const key = (apiVersions: string[], values: string): Promise<string> =>
      source.renderKey(request(plain, { path: 'plain', helm: { values } }, { apiVersions }))
    expect(await key(['v1'], 'a: b')).toBe(await key(['v1', 'v2'], 'a: b'))
    expect(await key(['v1'], 'a: "{{ .Capabilities }}"')).not.toBe(
      await key(['v2'], 'a: "{{ .Capabilities }}"'),
    )
  })
})

describe.skipIf(withoutHelm !== '')(`value files${withoutHelm}`, () => {
  it('keep their order; what a glob matches comes by name, unless it is named itself', async () => {
    const revision = await repository.commit({
      'globs/Chart.yaml': 'apiVersion: v2\nname: globs\nversion: 1.0.0\n',
      'globs/templates/map.yaml': map('globs', 'a: {{ .Values.a | quote }}'),
      'globs/env/a.yaml': 'a: first\n',
      'globs/env/b.yaml': 'a: second\n',
      'globs/env/deep/c.yaml': 'a: third\n',
      'globs/prod.yaml': 'a: env\n',
      'globs/secret.txt': 'from a file',
    })
    const render = async (helm: SourceSpec['helm']): Promise<unknown> =>
      dataOf(await source.render(request(revision, { path: 'globs', helm: helm ?? {} })))[0]
    expect(await render({ valueFiles: ['env/*.yaml'] })).toEqual({ a: 'second' })
    expect(await render({ valueFiles: ['env/**/*.yaml'] })).toEqual({ a: 'third' })
    expect(await render({ valueFiles: ['env/b.yaml', 'env/*.yaml'] })).toEqual({ a: 'first' })
    expect(await render({ valueFiles: ['env/a.yaml', 'env/b.yaml', 'env/a.yaml'] })).toEqual({ a: 'first' })
    expect(await render({ valueFiles: ['/globs/$ARGOCD_APP_NAMESPACE.yaml'] })).toEqual({ a: 'env' })
    expect(await render({ fileParameters: [{ name: 'a', path: 'secret.txt' }] })).toEqual({
      a: 'from a file',
    })
    expect(
      await render({ parameters: [{ name: 'a', value: '$$ARGOCD_APP_NAME ${ARGOCD_APP_NAME}' }] }),
    ).toEqual({
      a: '$ARGOCD_APP_NAME shop',
    })
    await expect(render({ valueFiles: ['none/*.yaml'] })).rejects.toThrow('No file matches')
  })
})
