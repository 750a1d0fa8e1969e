import { createHash } from 'node:crypto'
import { AppError } from '@driftless/api'
import { credentialsKey } from '../access-key.ts'
import type { RepositoryAccess } from '../contract.ts'
import { isRecord } from '../manifest/parse.ts'
import {
  answerError,
  basicAuthorization,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
} from '../remote/http-client.ts'

export interface OciPlace {
  /** Scheme, host and port. */
  origin: string
  /** Repository name. */
  name: string
}

interface OciCall {
  access: RepositoryAccess
  place: OciPlace
  signal?: AbortSignal
}

export interface OciRegistriesOptions {
  http: HttpClient
  maxBytes: number
  now: () => number
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const chartTypes = [
  'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  'application/tar+gzip',
  'application/vnd.oci.image.layer.v1.tar+gzip',
]
const maxManifestBytes = 4 * 1024 * 1024
const maxTagPages = 50
const tokenLifeMs = 50_000

/**
 * Reads from OCI registries (distribution API v2): tags, manifests and chart layers, by the bearer token flow or with
 * Basic credentials. What a digest names is checked against it.
 */
export class OciRegistries {
  readonly #options: OciRegistriesOptions
  /** Authorization by registry, repository and credentials. */
  readonly #tokens = new Map<string, { header: string; until: number }>()

  constructor(options: OciRegistriesOptions) {
    this.#options = options
  }

  async tags(call: OciCall): Promise<string[]> {
    const tags: string[] = []
    let path: string | undefined = `/v2/${call.place.name}/tags/list?n=1000`
    for (let pages = 0; path !== undefined && pages < maxTagPages; pages += 1) {
      const answer: HttpAnswer = await this.#ask(call, {
        path,
        what: `The list of versions of ${call.place.name}`,
        maxBytes: maxManifestBytes,
      })
      const body = parseJson(answer.body)
      const list = isRecord(body) && Array.isArray(body.tags) ? body.tags : []
      tags.push(...list.filter((tag): tag is string => typeof tag === 'string'))
      path = nextPage(answer, call.place.origin)
    }
    return tags
  }

  /** What a tag means now. */
  async manifestDigest(call: OciCall, reference: string): Promise<string> {
    return digestOf(await this.#manifest(call, reference))
  }

  async #manifest(call: OciCall, reference: string): Promise<Buffer> {
    const what = `${call.place.name} ${reference}`
    const { body } = await this.#ask(call, {
      path: `/v2/${call.place.name}/manifests/${encodeURIComponent(reference).replace('%3A', ':')}`,
      what,
      accept: manifestType,
      maxBytes: maxManifestBytes,
    })
    if (reference.startsWith('sha256:')) checkDigest(body, reference, what)
    return body
  }

  /** Digest of the layer that is the chart, or the archive of an artifact. */
  async layerDigest(call: OciCall, reference: string): Promise<string> {
    const body = await this.#manifest(call, reference)
    const manifest = parseJson(body)
    const layers =
      isRecord(manifest) && Array.isArray(manifest.layers) ? manifest.layers.filter(isRecord) : []
    for (const type of chartTypes) {
      const layer = layers.find((candidate) => candidate.mediaType === type)
      if (typeof layer?.digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(layer.digest)) return layer.digest
    }
    throw invalid(`${call.place.name} ${reference} holds no Helm chart and no archive of manifests.`)
  }

  async blob(call: OciCall, digest: string): Promise<Buffer> {
    const what = `The archive of ${call.place.name}`
    const { body } = await this.#ask(call, {
      path: `/v2/${call.place.name}/blobs/${digest}`,
      what,
      maxBytes: this.#options.maxBytes,
    })
    checkDigest(body, digest, what)
    return body
  }

  async #ask(
    call: OciCall,
    how: { path: string; what: string; accept?: string; maxBytes: number },
  ): Promise<HttpAnswer> {
    const { access, place } = call
    const key = `${place.origin} ${place.name} ${credentialsKey(access)}`
    const request = (header: string | undefined): HttpRequest => ({
      url: `${place.origin}${how.path}`,
      what: how.what,
      access,
      ...(how.accept === undefined ? {} : { headers: { accept: how.accept } }),
      // Blobs are often redirected to a storage that must not see the token.
      authorization: (url) => (url.origin === place.origin ? header : undefined),
      maxBytes: how.maxBytes,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    })
    const token = this.#tokens.get(key)
    const known = token !== undefined && token.until > this.#options.now() ? token.header : undefined
    let sent = request(known)
    let answer = await this.#options.http.get(sent)
    if (answer.status === 401) {
      const header = await this.#authorize(call, answer.headers['www-authenticate'] ?? '')
      if (header !== undefined) {
        this.#tokens.set(key, { header, until: this.#options.now() + tokenLifeMs })
        sent = request(header)
        answer = await this.#options.http.get(sent)
      }
    }
    if (answer.status !== 200) throw answerError(sent, answer.status)
    return answer
  }

  /** Does what the registry's challenge asks for: Basic at once, or a token of its token server. */
  async #authorize(call: OciCall, challenge: string): Promise<string | undefined> {
    const { access, place } = call
    if (/^basic\b/i.test(challenge)) return basicAuthorization(access)
    if (access.bearerToken !== undefined) return `Bearer ${access.bearerToken}`
    const parts = challengeParts(challenge)
    if (!/^bearer\b/i.test(challenge) || !URL.canParse(parts.realm ?? '')) return undefined
    const realm = new URL(parts.realm ?? '')
    if (parts.service !== undefined) realm.searchParams.set('service', parts.service)
    realm.searchParams.set('scope', `repository:${place.name}:pull`)
    const request: HttpRequest = {
      url: realm.href,
      what: `The token server of ${place.origin}`,
      access,
      authorization: (url) => (url.origin === realm.origin ? basicAuthorization(access) : undefined),
      maxBytes: 1024 * 1024,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    }
    const { status, body } = await this.#options.http.get(request)
    if (status !== 200) throw answerError(request, status)
    const answer = parseJson(body)
    const token = isRecord(answer) ? (answer.token ?? answer.access_token) : undefined
    if (typeof token !== 'string') throw invalid(`The token server of ${place.origin} gave no token.`)
    return `Bearer ${token}`
  }
}

/** `key="value"` pairs of a `WWW-Authenticate` header. */
function challengeParts(challenge: string): Record<string, string | undefined> {
  const pairs = challenge.slice(0, 4096).matchAll(/([A-Za-z]+)="([^"]*)"/g)
  return Object.fromEntries([...pairs].map(([, key = '', value = '']) => [key.toLowerCase(), value]))
}

/** The address of the next page, on the same registry only. */
function nextPage(answer: HttpAnswer, origin: string): string | undefined {
  const link = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(String(answer.headers.link ?? ''))?.[1]
  if (link === undefined || !URL.canParse(link, origin)) return undefined
  const url = new URL(link, origin)
  return url.origin === origin ? `${url.pathname}${url.search}` : undefined
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new AppError('BadRequest', 'The registry answered something that is not JSON.', { cause })
  }
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}

function checkDigest(body: Buffer, digest: string, what: string): void {
  const actual = digestOf(body)
  if (actual !== digest)
    throw invalid(`${what} is not what its digest says: ${digest} was asked for, ${actual} came.`)
}

function invalid(message: string): AppError {
  return new AppError('BadRequest', message, { fields: [{ field: 'spec.source.chart', message }] })
}
