import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@driftless/api'
import { LRUCache } from 'lru-cache'
import { credentialsKey } from '../access-key.ts'
import type { RepositoryAccess, RenderLimits, ResolvedRevision } from '../contract.ts'
import { closest } from '../git/refs.ts'
import type { MemoryTree } from '../memory-tree.ts'
import type { HttpClient } from '../remote/http-client.ts'
import { type ChartPlace, chartPlace } from './chart-place.ts'
import { isExactVersion, pickVersion, rangeOf } from './chart-version.ts'
import { HelmRepositories, type IndexedChart } from './helm-repository.ts'
import { OciRegistries } from './oci-registry.ts'
import { readArchive } from './read-archive.ts'

export interface ChartCall {
  access: RepositoryAccess
  chart: string
  signal?: AbortSignal
  /** Age up to which a cached list of versions is good. */
  maxAgeMs?: number
  /** Credentials go to other hosts too where the index names them. */
  passCredentials?: boolean
}

export interface ChartArchive {
  version: string
  /** SHA-256 of the archive, hexadecimal. */
  digest: string
  data: Buffer
  tree: MemoryTree
}

export interface ChartStoreOptions {
  http: HttpClient
  folder: string
  limits: RenderLimits
  now: () => number
}

const keptArchives = 64

/**
 * Charts of Helm repositories and OCI registries, fetched and verified by us and never by Helm. A version that was
 * fetched once stays as it was: versions of charts do not change.
 */
export class ChartStore {
  readonly #options: ChartStoreOptions
  readonly #repositories: HelmRepositories
  readonly #registries: OciRegistries
  readonly #tags = new LRUCache<string, { tags: string[]; askedAt: number }>({ max: 500 })
  readonly #digests = new LRUCache<string, { digest: string; askedAt: number }>({ max: 500 })
  readonly #archives = new LRUCache<string, Promise<ChartArchive>>({ max: keptArchives })

  constructor(options: ChartStoreOptions) {
    this.#options = options
    const { http, now } = options
    const maxBytes = options.limits.maxDownloadBytes
    this.#repositories = new HelmRepositories({ http, maxBytes, now })
    this.#registries = new OciRegistries({ http, maxBytes, now })
  }

  /** The version that is meant, of an artifact its digest; asks for the list of versions only when a range is given or the version is not here. */
  async resolve(call: ChartCall, wanted: string): Promise<ResolvedRevision> {
    if (call.chart === '') return found(await this.#artifactDigest(call, wanted.trim()))
    const exact = wanted.trim()
    if (isExactVersion(exact) && (await this.#isHere(call, exact))) return found(exact)
    const place = chartPlace(call.access, call.chart)
    if (place.kind === 'oci' && isExactVersion(exact)) return found(exact)
    const versions =
      place.kind === 'oci'
        ? (await this.#tagsOf(call, place)).map((tag) => tag.replaceAll('_', '+'))
        : (await this.#indexed(call, place)).map(({ version }) => version)
    const version = pickVersion(wanted, versions)
    if (version === undefined) throw notFound(call, wanted, versions)
    return found(version)
  }

  /** The archive of one version. Callers at the same time share one fetch. */
  async archive(call: ChartCall, version: string): Promise<ChartArchive> {
    const key = keyOf(call, version)
    const known = this.#archives.get(key) ?? this.#load(call, version)
    this.#archives.set(key, known)
    known.catch(() => {
      if (this.#archives.get(key) === known) this.#archives.delete(key)
    })
    const archive = await known
    call.signal?.throwIfAborted()
    return archive
  }

  invalidate(url: string): void {
    this.#repositories.invalidate(url.trim().replace(/\/+$/, ''))
    this.#tags.clear()
    this.#digests.clear()
  }

  /** Tags of artifacts move, so what counts is the digest that one has now. */
  async #artifactDigest(call: ChartCall, wanted: string): Promise<string> {
    if (wanted.startsWith('sha256:')) return wanted
    const place = chartPlace(call.access, '')
    if (place.kind !== 'oci') throw invalid(`${call.access.url} is not the address of an artifact.`)
    const isTag =
      wanted !== '' && wanted !== 'HEAD' && (rangeOf(wanted) === undefined || isExactVersion(wanted))
    const tag = isTag ? wanted : (pickVersion(wanted, await this.#tagsOf(call, place)) ?? 'latest')
    const key = `${place.origin} ${place.name} ${credentialsKey(call.access)} ${tag}`
    const known = this.#digests.get(key)
    const { maxAgeMs = 0 } = call
    if (known !== undefined && maxAgeMs > 0 && this.#options.now() - known.askedAt <= maxAgeMs)
      return known.digest
    const askedAt = this.#options.now()
    const digest = await this.#registries.manifestDigest({ access: call.access, place }, tag)
    this.#digests.set(key, { digest, askedAt })
    return digest
  }

  async #isHere(call: ChartCall, version: string): Promise<boolean> {
    if (this.#archives.has(keyOf(call, version))) return true
    return (await readIfThere(this.#fileOf(call, version))) !== undefined
  }

  async #load(call: ChartCall, version: string): Promise<ChartArchive> {
    const file = this.#fileOf(call, version)
    const here = await readIfThere(file)
    if (here !== undefined) return this.#open(here, call.chart, version)
    const place = chartPlace(call.access, call.chart)
    const data = await (place.kind === 'oci'
      ? this.#fromRegistry(call, place, version)
      : this.#fromRepository(call, place, version))
    const archive = await this.#open(data, call.chart, version)
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 })
    const draft = `${file}.${randomUUID()}`
    await writeFile(draft, data, { mode: 0o600 })
    await rename(draft, file)
    return archive
  }

  async #open(data: Buffer, chart: string, version: string): Promise<ChartArchive> {
    const digest = createHash('sha256').update(data).digest('hex')
    const tree = await readArchive(data, {
      revision: version,
      limits: this.#options.limits,
      isChart: chart !== '',
    })
    if (chart !== '' && (await tree.find('Chart.yaml')) === undefined)
      throw invalid('The archive holds no Chart.yaml.')
    return { version, digest, data, tree }
  }

  #fromRegistry(
    call: ChartCall,
    place: Extract<ChartPlace, { kind: 'oci' }>,
    version: string,
  ): Promise<Buffer> {
    const asked = { access: call.access, place }
    // A tag cannot hold a plus sign.
    const reference = version.replaceAll('+', '_')
    return this.#registries
      .layerDigest(asked, reference)
      .then((digest) => this.#registries.blob(asked, digest))
  }

  async #fromRepository(
    call: ChartCall,
    place: Extract<ChartPlace, { kind: 'http' }>,
    version: string,
  ): Promise<Buffer> {
    const versions = await this.#indexed({ ...call, maxAgeMs: Number.POSITIVE_INFINITY }, place)
    const indexed = versions.find((candidate) => candidate.version === version)
    if (indexed === undefined)
      throw notFound(
        call,
        version,
        versions.map((candidate) => candidate.version),
      )
    const data = await this.#download(call, place, indexed)
    const digest = createHash('sha256').update(data).digest('hex')
    if (indexed.digest !== '' && digest !== indexed.digest) {
      throw invalid(
        `Chart ${call.chart} ${version} of ${place.base} is not what the index says: its digest is ${digest}, not ${indexed.digest}.`,
      )
    }
    return data
  }

  #download(
    call: ChartCall,
    place: Extract<ChartPlace, { kind: 'http' }>,
    indexed: IndexedChart,
  ): Promise<Buffer> {
    const passCredentials = call.passCredentials === true
    if (!indexed.url.startsWith('oci:')) {
      return this.#repositories.archive(call.access, place.base, {
        chart: call.chart,
        indexed,
        passCredentials,
      })
    }
    const [, rest = '', tag = ''] = /^oci:\/\/(.+?)(?::([^:/]+))?$/.exec(indexed.url) ?? []
    const name = rest.slice(rest.lastIndexOf('/') + 1)
    const url = `oci://${rest.slice(0, rest.lastIndexOf('/'))}`
    const access: RepositoryAccess = passCredentials ? { ...call.access, url } : { url }
    const oci = chartPlace(access, name)
    if (oci.kind !== 'oci') throw invalid(`The index of ${place.base} names an address that cannot be used.`)
    return this.#fromRegistry({ ...call, access, chart: name }, oci, tag === '' ? indexed.version : tag)
  }

  #indexed(call: ChartCall, place: Extract<ChartPlace, { kind: 'http' }>): Promise<IndexedChart[]> {
    return this.#repositories.versions(call.access, place.base, {
      chart: call.chart,
      maxAgeMs: call.maxAgeMs ?? 0,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    })
  }

  async #tagsOf(call: ChartCall, place: Extract<ChartPlace, { kind: 'oci' }>): Promise<string[]> {
    const key = `${place.origin} ${place.name} ${credentialsKey(call.access)}`
    const known = this.#tags.get(key)
    const { maxAgeMs = 0 } = call
    if (known !== undefined && maxAgeMs > 0 && this.#options.now() - known.askedAt <= maxAgeMs)
      return known.tags
    const askedAt = this.#options.now()
    const tags = await this.#registries.tags({
      access: call.access,
      place,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    })
    this.#tags.set(key, { tags, askedAt })
    return tags
  }

  #fileOf(call: ChartCall, version: string): string {
    const readable = `${call.chart}-${version}`.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 80)
    const hash = createHash('sha256').update(keyOf(call, version)).digest('hex').slice(0, 32)
    return join(this.#options.folder, `${readable.replace(/^\.+/, '')}-${hash}.tgz`)
  }
}

function keyOf({ access, chart }: ChartCall, version: string): string {
  return JSON.stringify([access.url.trim(), credentialsKey(access), chart, version])
}

function found(version: string): ResolvedRevision {
  return { revision: version, ref: '', followsBranch: false }
}

function readIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
}

function notFound(call: ChartCall, wanted: string, versions: readonly string[]): AppError {
  const place = call.access.url
  const message =
    versions.length === 0
      ? `The chart repository ${place} has no chart "${call.chart}".`
      : `Chart "${call.chart}" of ${place} has no version ${wanted === '' ? 'that is not a prerelease' : `"${wanted}"`}.`
  const field = versions.length === 0 ? 'spec.source.chart' : 'spec.source.targetRevision'
  return new AppError('NotFound', message, {
    fields: [{ field, message }],
    remedy:
      versions.length === 0
        ? 'Check the name of the chart.'
        : `Near are ${closest(wanted, [...versions]).join(', ')}.`,
  })
}

function invalid(message: string): AppError {
  return new AppError('BadRequest', message, { fields: [{ field: 'spec.source.chart', message }] })
}
