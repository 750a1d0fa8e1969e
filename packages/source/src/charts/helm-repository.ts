import { AppError } from '@driftless/api'
import { load, YAMLException } from 'js-yaml'
import { LRUCache } from 'lru-cache'
import { credentialsKey } from '../access-key.ts'
import type { RepositoryAccess } from '../contract.ts'
import { goSchema } from '../manifest/go-schema.ts'
import { isRecord } from '../manifest/parse.ts'
import { answerError, basicAuthorization, type HttpClient, type HttpRequest } from '../remote/http-client.ts'

/** One version of a chart as the index of its repository tells it. */
export interface IndexedChart {
  version: string
  /** Absolute. */
  url: string
  /** SHA-256 in hexadecimal digits; empty where the index tells none. */
  digest: string
}

interface Index {
  text: string
  askedAt: number
  charts: Map<string, IndexedChart[]>
}

export interface HelmRepositoriesOptions {
  http: HttpClient
  maxBytes: number
  now: () => number
}

/** How much index text is kept in memory, characters. */
const keptCharacters = 96 * 1024 * 1024
/** Indexes of up to this size are parsed as a whole; of larger ones the part about one chart is cut out first. */
const wholeParseCharacters = 512 * 1024

/** Helm repositories over HTTP: an `index.yaml`, and archives beside it or anywhere else. */
export class HelmRepositories {
  readonly #options: HelmRepositoriesOptions
  readonly #indexes = new LRUCache<string, Index>({
    maxSize: keptCharacters,
    sizeCalculation: (index) => index.text.length + 1,
  })
  readonly #asking = new Map<string, Promise<Index>>()

  constructor(options: HelmRepositoriesOptions) {
    this.#options = options
  }

  /** All versions of a chart, newest answer up to `maxAgeMs` old. */
  async versions(
    access: RepositoryAccess,
    base: string,
    how: { chart: string; maxAgeMs: number; signal?: AbortSignal },
  ): Promise<IndexedChart[]> {
    const index = await this.#index(access, base, how)
    const known = index.charts.get(how.chart)
    if (known !== undefined) return known
    const charts = readChart(index.text, { chart: how.chart, base })
    index.charts.set(how.chart, charts)
    return charts
  }

  /** The archive, checked against the digest that the index tells. */
  async archive(
    access: RepositoryAccess,
    base: string,
    how: { chart: string; indexed: IndexedChart; passCredentials: boolean; signal?: AbortSignal },
  ): Promise<Buffer> {
    const { chart, indexed, passCredentials } = how
    const request: HttpRequest = {
      url: indexed.url,
      what: `Chart ${chart} ${indexed.version} of ${base}`,
      access,
      authorization: authorizationFor(access, { base, passCredentials }),
      maxBytes: this.#options.maxBytes,
      ...(how.signal === undefined ? {} : { signal: how.signal }),
    }
    const { status, body } = await this.#options.http.get(request)
    if (status !== 200) throw answerError(request, status)
    return body
  }

  /** What is known of the repository is asked anew. */
  invalidate(base: string): void {
    for (const key of this.#indexes.keys()) if (key.startsWith(`${base} `)) this.#indexes.delete(key)
    for (const key of this.#asking.keys()) if (key.startsWith(`${base} `)) this.#asking.delete(key)
  }

  async #index(
    access: RepositoryAccess,
    base: string,
    how: { maxAgeMs: number; signal?: AbortSignal },
  ): Promise<Index> {
    const key = `${base} ${credentialsKey(access)}`
    const known = this.#indexes.get(key)
    if (known !== undefined && how.maxAgeMs > 0 && this.#options.now() - known.askedAt <= how.maxAgeMs)
      return known
    const asking = this.#asking.get(key) ?? this.#ask(access, base, key)
    const index = await asking
    how.signal?.throwIfAborted()
    return index
  }

  /** Callers at the same time share one question. */
  #ask(access: RepositoryAccess, base: string, key: string): Promise<Index> {
    const askedAt = this.#options.now()
    const asking = this.#fetch(access, base).then((text) => {
      const index: Index = { text, askedAt, charts: new Map() }
      if (this.#asking.get(key) === asking) this.#indexes.set(key, index)
      return index
    })
    this.#asking.set(key, asking)
    const done = (): void => {
      if (this.#asking.get(key) === asking) this.#asking.delete(key)
    }
    asking.then(done, done)
    return asking
  }

  async #fetch(access: RepositoryAccess, base: string): Promise<string> {
    const request: HttpRequest = {
      url: `${base}/index.yaml`,
      what: `The index of the chart repository ${base}`,
      access,
      authorization: authorizationFor(access, { base, passCredentials: false }),
      maxBytes: this.#options.maxBytes,
    }
    const { status, body } = await this.#options.http.get(request)
    if (status !== 200) throw answerError(request, status)
    return body.toString('utf8')
  }
}

/** Credentials go to the repository's own host, elsewhere only when told to (`helm.passCredentials`). */
function authorizationFor(
  access: RepositoryAccess,
  how: { base: string; passCredentials: boolean },
): (url: URL) => string | undefined {
  const own = new URL(how.base).origin
  const header =
    access.bearerToken === undefined ? basicAuthorization(access) : `Bearer ${access.bearerToken}`
  return (url) => (how.passCredentials || url.origin === own ? header : undefined)
}

function readChart(text: string, how: { chart: string; base: string }): IndexedChart[] {
  const part = text.length > wholeParseCharacters ? cutOut(text, how.chart) : undefined
  const content = parseIndex(part ?? text, how.base)
  const entries = isRecord(content) ? content.entries : undefined
  const list = isRecord(entries) ? entries[how.chart] : undefined
  if (!Array.isArray(list)) return []
  return list.flatMap((entry) => indexedChart(entry, how.base))
}

/**
 * The lines about one chart, as `entries:` with that chart alone. Undefined where the index is not laid out as Helm
 * writes it; then the whole is parsed.
 */
function cutOut(text: string, chart: string): string | undefined {
  const start = /^entries:\s*$/m.exec(text)
  if (start === null) return undefined
  const name = chart.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const from = new RegExp(`^( +)(?:"${name}"|'${name}'|${name}):[ \\t]*$`, 'm').exec(text.slice(start.index))
  const indent = from?.[1]
  if (from === null || indent === undefined) return undefined
  const rest = text.slice(start.index + from.index + from[0].length)
  const end = new RegExp(`^(?:\\S|${indent}[^\\s-])`, 'm').exec(rest)
  return `entries:\n${from[0]}${end === null ? rest : rest.slice(0, end.index)}`
}

function parseIndex(text: string, base: string): unknown {
  try {
    return load(text, { schema: goSchema, json: true })
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const message = `The index of the chart repository ${base} is not valid YAML, line ${(error.mark?.line ?? 0) + 1}: ${error.reason}.`
    throw new AppError('BadRequest', message, { fields: [{ field: 'url', message }] })
  }
}

function indexedChart(entry: unknown, base: string): IndexedChart[] {
  if (!isRecord(entry) || typeof entry.version !== 'string' || !Array.isArray(entry.urls)) return []
  const [first] = entry.urls as unknown[]
  if (typeof first !== 'string' || !URL.canParse(first, `${base}/`)) return []
  // Whatever the index tells must fit; only an index that tells nothing is believed.
  const told =
    typeof entry.digest === 'string' || typeof entry.digest === 'number' ? String(entry.digest) : ''
  const digest = told.replace(/^sha256:/, '').toLowerCase()
  return [{ version: entry.version, url: new URL(first, `${base}/`).href, digest }]
}
