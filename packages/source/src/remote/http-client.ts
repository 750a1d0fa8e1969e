import { lookup } from 'node:dns'
import { type IncomingHttpHeaders, type IncomingMessage, request as startHttp } from 'node:http'
import { request as startHttps, type RequestOptions } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import { AppError, isAppError } from '@driftless/api'
import type { RepositoryAccess } from '../contract.ts'
import { isMachineLocal } from '../git/url.ts'

export interface HttpRequest {
  url: string
  /** What is asked for, for messages: `The index of the chart repository`. */
  what: string
  access: RepositoryAccess
  headers?: Record<string, string>
  /** The Authorization header for an address; asked again after every redirect, so that no credential goes further. */
  authorization?: (url: URL) => string | undefined
  maxBytes: number
  signal?: AbortSignal
}

export interface HttpAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  /** After redirects. */
  url: URL
}

export interface HttpClientOptions {
  allowLoopback: (url: string) => boolean
  timeoutMs: number
}

const maxRedirects = 5

/**
 * The only way to chart repositories and registries: every address, also that of a redirect, is looked up and checked
 * before it is connected to (decision 23), answers are limited, and credentials stay with the host they are for.
 */
export class HttpClient {
  readonly #options: HttpClientOptions

  constructor(options: HttpClientOptions) {
    this.#options = options
  }

  /** Answers of any status are returned. @throws AppError when no answer came, or one that may not be taken. */
  async get(request: HttpRequest): Promise<HttpAnswer> {
    let url = checkAddress(request.url, request)
    for (let hops = 0; hops <= maxRedirects; hops += 1) {
      const answer = await this.#once(url, request)
      const location = isRedirect(answer.status) ? answer.headers.location : undefined
      if (location === undefined) return answer
      const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined
      if (next === undefined || (url.protocol === 'https:' && next.protocol !== 'https:')) {
        throw refused(request, `redirects to an address that may not be used: ${location.slice(0, 200)}`)
      }
      url = checkAddress(next.href, request)
    }
    throw refused(request, `redirects more than ${maxRedirects} times`)
  }

  #once(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    const allowed = this.#options.allowLoopback(url.href)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (!allowed && isIP(host) !== 0 && isMachineLocal(host)) throw machineLocal(request, host)
    const authorization = request.authorization?.(url)
    const timeout = AbortSignal.timeout(this.#options.timeoutMs)
    const signal = request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal])
    const options: RequestOptions = {
      agent: false,
      headers: {
        'user-agent': 'driftless',
        ...request.headers,
        ...(authorization === undefined ? {} : { authorization }),
      },
      lookup: guardedLookup(allowed, request),
      signal,
      ...tlsOf(request.access),
    }
    const start = url.protocol === 'https:' ? startHttps : startHttp
    return new Promise<HttpAnswer>((resolve, reject) => {
      const sent = start(url.href, options, (answer) => {
        collect(answer, request).then(
          (body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, url }),
          reject,
        )
      })
      sent.on('error', reject)
      sent.end()
    }).catch((error: unknown) => {
      request.signal?.throwIfAborted()
      throw isAppError(error) ? error : unreachable(request, { host, error, timedOut: timeout.aborted })
    })
  }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

function checkAddress(text: string, request: HttpRequest): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw refused(request, `is at an address that is neither https nor http: ${text.slice(0, 200)}`)
  }
  if (url.username !== '' || url.password !== '') throw refused(request, 'is at an address with credentials')
  if (url.protocol === 'http:' && request.access.insecure !== true && request.access.plainHttp !== true) {
    throw refused(request, 'is at a plain HTTP address, which anyone on the way can change')
  }
  return url
}

function tlsOf(access: RepositoryAccess): RequestOptions {
  return {
    rejectUnauthorized: access.insecure !== true,
    ...(access.caCert === undefined ? {} : { ca: [...rootCertificates, access.caCert] }),
    ...(access.tlsClientCert === undefined ? {} : { cert: access.tlsClientCert }),
    ...(access.tlsClientKey === undefined ? {} : { key: access.tlsClientKey }),
  }
}

/** Looks a name up once and connects to what was checked, whatever the name server says next. */
function guardedLookup(allowed: boolean, request: HttpRequest): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error !== null || first === undefined) callback(error ?? new Error('not found'), '', 0)
      else if (!allowed && addresses.some(({ address }) => isMachineLocal(address)))
        callback(machineLocal(request, host), '', 0)
      else if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

async function collect(answer: IncomingMessage, request: HttpRequest): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > request.maxBytes) {
      answer.destroy()
      const mebibytes = Math.round(request.maxBytes / 1024 / 1024)
      throw new AppError('RequestEntityTooLarge', `${request.what} is larger than ${mebibytes} MiB.`, {
        fields: [{ field: 'url', message: 'is too large' }],
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function refused(request: HttpRequest, why: string): AppError {
  const message = `${request.what} ${why}.`
  return new AppError('Invalid', message, { fields: [{ field: 'url', message }] })
}

function machineLocal(request: HttpRequest, host: string): AppError {
  const message = `${request.what} is at an address of this machine (${host}), which is not permitted.`
  return new AppError('Invalid', message, {
    fields: [{ field: 'url', message }],
    remedy: 'Use an address that other machines can reach too.',
  })
}

function unreachable(
  request: HttpRequest,
  failure: { host: string; error: unknown; timedOut: boolean },
): AppError {
  const { host, error, timedOut } = failure
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const words = error instanceof Error ? error.message : String(error)
  const why = timedOut
    ? `${host} did not answer in time`
    : code === 'ENOTFOUND' || code === 'EAI_AGAIN'
      ? `the host ${host} was not found`
      : `${host} cannot be reached (${words})`
  const message = `${request.what} needs the network, and ${why}.`
  return new AppError('ServiceUnavailable', message, {
    cause: error,
    fields: [{ field: 'url', message }],
    remedy: 'Check the address and the network of this machine; it is tried again by itself.',
  })
}

/** The header of a user name and password. */
export function basicAuthorization(access: RepositoryAccess): string | undefined {
  const { username, password } = access
  if (username === undefined && password === undefined) return undefined
  return `Basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')}`
}

/** The error for an answer that is not the wanted one. */
export function answerError(request: HttpRequest, status: number): AppError {
  const has = (request.access.password ?? request.access.bearerToken) !== undefined
  const denied = status === 401 || status === 403
  const message = denied
    ? has
      ? `The credentials were refused: ${request.what} cannot be read (HTTP ${status}).`
      : `${request.what} asks for credentials, and none are given (HTTP ${status}).`
    : status === 404
      ? `${request.what} was not found at ${request.url}.`
      : `${request.what} cannot be read: the server answered HTTP ${status}.`
  const code = denied
    ? status === 401
      ? 'Unauthorized'
      : 'Forbidden'
    : status === 404
      ? 'NotFound'
      : status >= 500 || status === 429
        ? 'ServiceUnavailable'
        : 'BadRequest'
  return new AppError(code, message, {
    fields: [{ field: denied ? 'credentials' : 'url', message }],
    remedy: denied
      ? 'Give a user name and a password or token that may read it.'
      : 'Check the address, the name of the chart and its version.',
  })
}
