import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RepositoryAccess } from '../contract.ts'
import { defaultLimits } from '../limits.ts'
import { HttpClient } from '../remote/http-client.ts'
import { packChart, tarEntry } from '../testing/chart-archive.ts'
import {
  basic,
  sha256,
  startFiles,
  startRegistry,
  startTestServer,
  type TestServer,
} from '../testing/chart-servers.ts'
import { ChartStore } from './chart-store.ts'

let folder: string
const servers: TestServer[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftless-charts-'))
})

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
  await rm(folder, { recursive: true, force: true })
})

function started<T extends TestServer>(server: T): T {
  servers.push(server)
  return server
}

function makeStore(allowLoopback = true): ChartStore {
  const http = new HttpClient({ allowLoopback: () => allowLoopback, timeoutMs: 5_000 })
  return new ChartStore({ http, folder, limits: defaultLimits, now: () => performance.now() })
}

const chart = (version: string): Buffer =>
  packChart('web', {
    'Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`,
    'values.yaml': 'a: 1\n',
  })

interface Release {
  version: string
  digest?: string
  url?: string
}

const index = (releases: Release[]): string =>
  `apiVersion: v1\nentries:\n  other: []\n  web:\n${releases
    .map(
      ({ version, digest = sha256(chart(version)), url = `web-${version}.tgz` }) =>
        `  - version: ${version}\n    digest: ${digest}\n    urls: ["${url}"]\n`,
    )
    .join('')}  zebra: []\ngenerated: "2026-01-01"\n`

const files = (releases: Release[]): Map<string, Buffer | string> =>
  new Map<string, Buffer | string>([
    ['/charts/index.yaml', index(releases)],
    ...releases.map(({ version }): [string, Buffer] => [`/charts/web-${version}.tgz`, chart(version)]),
  ])

describe('a Helm repository', () => {
  it('resolves versions and ranges, prereleases only where they are named', async () => {
    const versions = ['1.0.0', '1.2.0', '1.10.1', '2.0.0-rc.1', 'v3.0.0']
    const server = started(await startFiles(files(versions.map((version) => ({ version })))))
    const call = { access: { url: `${server.origin}/charts/`, insecure: true }, chart: 'web' }
    const store = makeStore()
    const resolve = async (wanted: string): Promise<string> =>
      (await store.resolve({ ...call, maxAgeMs: 60_000 }, wanted)).revision
    expect(await resolve('1.x')).toBe('1.10.1')
    expect(await resolve('>=1.0.0, <1.10.0')).toBe('1.2.0')
    expect(await resolve('')).toBe('v3.0.0')
    expect(await resolve('>=2.0.0-0 <3.0.0')).toBe('2.0.0-rc.1')
    expect(await resolve('3.0.0')).toBe('v3.0.0')
    await expect(resolve('4.x')).rejects.toMatchObject({
      code: 'NotFound',
      fields: [{ field: 'spec.source.targetRevision' }],
    })
    expect(server.requests).toEqual(['/charts/index.yaml -'])
    await expect(store.resolve({ ...call, chart: 'wab' }, '1.x')).rejects.toThrow('has no chart "wab"')
  })

  it('finds a chart in an index that is too large to be parsed whole', async () => {
    const padding = Array.from(
      { length: 9_000 },
      (_, at) => `  filler-${at}:\n  - version: 1.0.0\n    urls: [filler-${at}-1.0.0.tgz]\n`,
    )
    const text = index([{ version: '1.0.0' }]).replace('  other: []\n', padding.join(''))
    const server = started(await startFiles(new Map([['/index.yaml', text]])))
    const call = { access: { url: server.origin, insecure: true }, maxAgeMs: 60_000 }
    expect((await makeStore().resolve({ ...call, chart: 'web' }, '*')).revision).toBe('1.0.0')
    expect((await makeStore().resolve({ ...call, chart: 'filler-8999' }, '*')).revision).toBe('1.0.0')
    await expect(makeStore().resolve({ ...call, chart: 'version' }, '*')).rejects.toThrow('has no chart')
  })

  it('gives the archive once, and keeps it over a restart', async () => {
    const server = started(await startFiles(files([{ version: '1.0.0' }])))
    const call = { access: { url: `${server.origin}/charts`, insecure: true }, chart: 'web' }
    const store = makeStore()
    const archives = await Promise.all([1, 2, 3].map(() => store.archive(call, '1.0.0')))
    expect(new Set(archives.map(({ digest }) => digest))).toEqual(new Set([sha256(chart('1.0.0'))]))
    expect((await archives[0]?.tree.find('values.yaml'))?.kind).toBe('file')
    expect(server.requests).toHaveLength(2)
    const again = makeStore()
    expect((await again.resolve(call, '1.0.0')).revision).toBe('1.0.0')
    expect((await again.archive(call, '1.0.0')).digest).toBe(sha256(chart('1.0.0')))
    expect(server.requests).toHaveLength(2)
  })

  it('refuses an archive that is not what the index says', async () => {
    const server = started(await startFiles(files([{ version: '1.0.0', digest: '0'.repeat(64) }])))
    const call = { access: { url: `${server.origin}/charts`, insecure: true }, chart: 'web' }
    await expect(makeStore().archive(call, '1.0.0')).rejects.toThrow('is not what the index says')
  })

  it('gives credentials to its own host only, unless told to pass them', async () => {
    const away = started(await startFiles(new Map([['/web-1.0.0.tgz', chart('1.0.0')]])))
    const releases = [{ version: '1.0.0', url: `${away.origin}/web-1.0.0.tgz` }]
    const server = started(await startFiles(files(releases), basic('ada', 'secret')))
    const access: RepositoryAccess = {
      url: `${server.origin}/charts`,
      insecure: true,
      username: 'ada',
      password: 'secret',
    }
    await makeStore().archive({ access, chart: 'web' }, '1.0.0')
    expect(away.requests).toEqual(['/web-1.0.0.tgz -'])
    await rm(folder, { recursive: true })
    await makeStore().archive({ access, chart: 'web', passCredentials: true }, '1.0.0')
    expect(away.requests[1]).toBe(`/web-1.0.0.tgz ${basic('ada', 'secret')}`)
    const anonymous = { access: { url: access.url, insecure: true }, chart: 'web' }
    await expect(makeStore().archive(anonymous, '1.0.0')).rejects.toMatchObject({
      code: 'Unauthorized',
      fields: [{ field: 'credentials' }],
    })
  })

  it('loses its credentials on the way when it redirects to another host', async () => {
    const away = started(await startFiles(new Map([['/index.yaml', index([{ version: '1.0.0' }])]])))
    const server = started(
      await startTestServer((_request, response) => {
        response.writeHead(302, { location: `${away.origin}/index.yaml` }).end()
      }),
    )
    const access: RepositoryAccess = {
      url: server.origin,
      insecure: true,
      username: 'ada',
      password: 'secret',
    }
    await makeStore().resolve({ access, chart: 'web' }, '*')
    expect(server.requests).toEqual([`/index.yaml ${basic('ada', 'secret')}`])
    expect(away.requests).toEqual(['/index.yaml -'])
  })
})

describe('an OCI registry', () => {
  const access = (origin: string): RepositoryAccess => ({
    url: `${origin.replace('http:', 'oci:')}/team`,
    plainHttp: true,
    username: 'ada',
    password: 'secret',
  })

  it('is read with a token, page by page, and the layer is checked', async () => {
    const registry = started(await startRegistry({ credentials: basic('ada', 'secret') }))
    for (const version of ['1.0.0', '1.1.0', '1.2.0_build.7', 'latest'])
      registry.push('team/web', version, chart(version))
    const call = { access: access(registry.origin), chart: 'web' }
    const store = makeStore()
    expect((await store.resolve(call, '1.x')).revision).toBe('1.2.0+build.7')
    const archive = await store.archive(call, '1.2.0+build.7')
    expect(archive.digest).toBe(sha256(chart('1.2.0_build.7')))
    expect(registry.requests.filter((line) => line.startsWith('/token'))).toEqual([
      `/token?service=registry&scope=repository%3Ateam%2Fweb%3Apull ${basic('ada', 'secret')}`,
    ])
    const wrong = { ...call, access: { ...call.access, password: 'wrong' } }
    await expect(makeStore().archive(wrong, '1.1.0')).rejects.toMatchObject({
      code: 'Unauthorized',
      fields: [{ field: 'credentials' }],
    })
  })

  it('is known by its Secret too, without a scheme in the address', async () => {
    const registry = started(await startRegistry({ credentials: basic('ada', 'secret') }))
    registry.push('team/web', '1.0.0', chart('1.0.0'))
    const known = {
      ...access(registry.origin),
      url: `${registry.origin.replace('http://', '')}/team`,
      enableOci: true,
    }
    expect((await makeStore().archive({ access: known, chart: 'web' }, '1.0.0')).digest).toBe(
      sha256(chart('1.0.0')),
    )
  })

  it('holds artifacts of manifests too, whose tags may move', async () => {
    const registry = started(await startRegistry({ credentials: basic('ada', 'secret') }))
    const archive = (name: string): Buffer =>
      gzipSync(Buffer.concat([tarEntry(`./app/${name}.yaml`, Buffer.from('a: 1\n')), Buffer.alloc(1024)]))
    registry.push('team', 'latest', archive('one'))
    registry.push('team', '1.0.0', archive('one'))
    registry.push('team', '1.1.0', archive('two'))
    const call = { access: access(registry.origin), chart: '' }
    const store = makeStore()
    const latest = await store.resolve(call, '')
    expect(latest.revision).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect((await store.resolve(call, '1.x')).revision).toBe((await store.resolve(call, '1.1.0')).revision)
    const before = (await store.resolve(call, 'latest')).revision
    expect((await (await store.archive(call, before)).tree.find('app/one.yaml'))?.kind).toBe('file')
    registry.push('team', 'latest', archive('two'))
    expect((await store.resolve({ ...call, maxAgeMs: 60_000 }, 'latest')).revision).toBe(before)
    const after = (await store.resolve(call, 'latest')).revision
    expect(after).not.toBe(before)
    expect((await (await store.archive(call, after)).tree.find('app/two.yaml'))?.kind).toBe('file')
    expect((await (await store.archive(call, before)).tree.find('app/one.yaml'))?.kind).toBe('file')
  })

  it('does not show its token to the storage of its blobs, and finds out when that lies', async () => {
    const blobs = new Map<string, Buffer>()
    const storage = started(
      await startTestServer((request, response) => response.end(blobs.get((request.url ?? '').slice(1)))),
    )
    const registry = started(
      await startRegistry({ credentials: basic('ada', 'secret'), storage: { ...storage, blobs } }),
    )
    const digest = registry.push('team/web', '1.0.0', chart('1.0.0'))
    await makeStore().archive({ access: access(registry.origin), chart: 'web' }, '1.0.0')
    expect(storage.requests).toEqual([`/${digest} -`])
    blobs.set(digest, Buffer.from('something else'))
    await rm(folder, { recursive: true })
    const call = { access: access(registry.origin), chart: 'web' }
    await expect(makeStore().archive(call, '1.0.0')).rejects.toThrow('is not what its digest says')
  })
})

describe('addresses', () => {
  it('of this machine are refused, also after a redirect', async () => {
    const server = started(await startFiles(files([{ version: '1.0.0' }])))
    const port = server.origin.split(':')[2]
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '0.0.0.0']) {
      const access = { url: `http://${host}:${port}/charts`, insecure: true }
      await expect(makeStore(false).resolve({ access, chart: 'web' }, '*')).rejects.toThrow(
        'address of this machine',
      )
    }
    expect(server.requests).toEqual([])
    const gate = started(
      await startTestServer((_request, response) => {
        response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
      }),
    )
    const http = new HttpClient({ allowLoopback: (url) => url.startsWith(gate.origin), timeoutMs: 5_000 })
    const store = new ChartStore({ http, folder, limits: defaultLimits, now: () => 0 })
    const call = { access: { url: gate.origin, insecure: true }, chart: 'web' }
    await expect(store.resolve(call, '*')).rejects.toThrow('address of this machine (169.254.169.254)')
  })

  it.each([
    ['http://charts.example', 'plain HTTP'],
    ['file:///etc', 'not the address of a chart repository'],
    ['https://ada:secret@charts.example', 'carries credentials'],
    ['charts.example/team', 'not the address of a chart repository'],
  ])('%s is refused', async (url, message) => {
    await expect(makeStore().resolve({ access: { url }, chart: 'web' }, '*')).rejects.toThrow(message)
  })

  it.each(['../web', 'web/../../x', '-web', 'a//b'])('chart name %s is refused', async (name) => {
    const access = { url: 'https://charts.example' }
    await expect(makeStore().resolve({ access, chart: name }, '*')).rejects.toThrow('not the name of a chart')
  })
})

describe('hostile archives', () => {
  const archiveOf = (...entries: Buffer[]): Buffer =>
    gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]))
  const chartFile = tarEntry('web/Chart.yaml', Buffer.from('name: web\n'))

  it.each([
    [
      'a link',
      archiveOf(chartFile, tarEntry('web/x', Buffer.alloc(0), { type: '2', link: '/etc/passwd' })),
      'is a link',
    ],
    [
      'a path that leads out',
      archiveOf(chartFile, tarEntry('web/../../x', Buffer.from('x'))),
      'leads out of it',
    ],
    ['an absolute path', archiveOf(chartFile, tarEntry('/etc/x', Buffer.from('x'))), 'leads out of it'],
    ['the same file twice', archiveOf(chartFile, chartFile), 'twice'],
    ['no chart', archiveOf(tarEntry('web/x', Buffer.from('x'))), 'no Chart.yaml'],
    ['what is not compressed', Buffer.from('hello'), 'cannot be unpacked'],
    ['a bomb', gzipSync(Buffer.alloc(200 * 1024 * 1024)), 'cannot be unpacked'],
  ])('%s is refused', async (_name, data, message) => {
    const text = index([{ version: '1.0.0', digest: sha256(data) }])
    const server = started(
      await startFiles(
        new Map<string, Buffer | string>([
          ['/index.yaml', text],
          ['/web-1.0.0.tgz', data],
        ]),
      ),
    )
    const call = { access: { url: server.origin, insecure: true }, chart: 'web' }
    await expect(makeStore().archive(call, '1.0.0')).rejects.toThrow(message)
  })
})
