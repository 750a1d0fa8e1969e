import { parseJson, stringifyJson } from '@driftless/apimachinery'
import { AppError } from '@driftless/api'
import type { ClientStats, RequestRecord } from './client.ts'
import type { Impersonation } from './cluster-config.ts'
import { errorFromResponse } from './kube-api-error.ts'
import type { Transport } from './transport.ts'
import type { HeaderValues, StreamRequest } from './watch-stream.ts'
import type { WireResponse } from './wire.ts'

export interface Call {
  /** For the statistics: get, list, create, update, patch, apply, delete, review, discovery, raw. */
  verb: string
  method: string
  path: string
  body?: unknown
  contentType?: string
  accept?: string
  headers?: Record<string, string>
  /** Give the body as it came. */
  text?: boolean
  dryRun?: boolean
  onWarning?: ((warning: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** Requests under one identity: headers, counting, and answers that are no success turned into errors. */
export interface Session {
  /** The parsed body. Throws `KubeApiError` for every answer that is not 2xx. */
  call(call: Call): Promise<unknown>
  send(call: Call): Promise<WireResponse>
  /** A GET whose answer does not end by itself; see `Transport.stream`. */
  stream(
    request: Pick<StreamRequest, 'path' | 'signal' | 'onChunk'>,
  ): Promise<{ status: number; text: string }>
  readonly watchSeconds: number
}

/** What all identities of a client share. */
export interface SharedSession {
  transport: Transport
  stats: ClientStats
  userAgent: string
  onRequest: ((record: RequestRecord) => void) | undefined
  /** How long a watch is asked to last at least. */
  watchSeconds: number
}

const writeVerbs = new Set(['create', 'update', 'patch', 'apply', 'delete'])

export function createSession(shared: SharedSession, impersonation: Impersonation | undefined): Session {
  const identity = impersonation === undefined ? {} : impersonationHeaders(impersonation)

  const headers = (accept: string): HeaderValues => ({ accept, 'user-agent': shared.userAgent, ...identity })

  async function send(call: Call): Promise<WireResponse> {
    const startedMs = performance.now()
    let status = 0
    try {
      const response = await shared.transport.request({
        method: call.method,
        path: call.path,
        headers: {
          ...headers(call.accept ?? 'application/json'),
          ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
          ...call.headers,
        },
        ...(call.body === undefined ? {} : { body: bodyText(call.body) }),
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      })
      status = response.status
      return response
    } finally {
      const { verb, method, path, dryRun = false } = call
      record(shared, { verb, method, path, status, durationMs: performance.now() - startedMs, dryRun })
    }
  }

  return {
    send,
    watchSeconds: shared.watchSeconds,
    stream: (request) => openStream(shared, { ...request, headers: headers('application/json') }),
    async call(call) {
      const response = await send(call)
      if (call.onWarning !== undefined) {
        for (const warning of warningsOf(response.headers['warning'])) call.onWarning(warning)
      }
      const succeeded = response.status >= 200 && response.status < 300
      if (succeeded && call.text === true) return response.text
      const body = parseBody(response.text)
      if (succeeded) return body
      throw errorFromResponse(response.status, body, `${call.method} ${pathOnly(call.path)}`)
    },
  }
}

function record({ stats, onRequest }: SharedSession, entry: RequestRecord): void {
  stats.requests += 1
  stats.byVerb[entry.verb] = (stats.byVerb[entry.verb] ?? 0) + 1
  if (isWrite(entry)) stats.writes += 1
  onRequest?.(entry)
}

/** A watch is counted when it opens, or when it cannot be opened. */
async function openStream(
  shared: SharedSession,
  request: Omit<StreamRequest, 'onOpen'>,
): Promise<{ status: number; text: string }> {
  const startedMs = performance.now()
  let recorded = false
  const opened = (status: number): void => {
    if (recorded) return
    recorded = true
    const durationMs = performance.now() - startedMs
    record(shared, { verb: 'watch', method: 'GET', path: request.path, status, durationMs, dryRun: false })
  }
  let status = 0
  try {
    const result = await shared.transport.stream({ ...request, onOpen: () => opened(200) })
    status = result.status
    return result
  } finally {
    opened(status)
  }
}

/** JSON, or the text itself when it is none. */
export function parseBody(text: string): unknown {
  if (text === '') return undefined
  try {
    return parseJson(text)
  } catch {
    return text
  }
}

function pathOnly(path: string): string {
  const mark = path.indexOf('?')
  return mark < 0 ? path : path.slice(0, mark)
}

function bodyText(body: unknown): string {
  return typeof body === 'string' ? body : stringifyJson(body)
}

function isWrite(entry: RequestRecord): boolean {
  if (entry.dryRun) return false
  return (
    writeVerbs.has(entry.verb) || (entry.verb === 'raw' && entry.method !== 'GET' && entry.method !== 'HEAD')
  )
}

/** Texts of `Warning: 299 - "text"` headers. */
function warningsOf(header: string | string[] | undefined): string[] {
  const texts: string[] = []
  for (const value of typeof header === 'string' ? [header] : (header ?? [])) {
    for (const match of value.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
      texts.push((match[1] ?? '').replace(/\\(.)/g, '$1'))
    }
  }
  return texts
}

function impersonationHeaders(impersonation: Impersonation): HeaderValues {
  const { user, groups = [], extra = {} } = impersonation
  if (user === '') {
    throw new AppError('Unauthorized', 'A request needs a user, but its user name is empty.')
  }
  const headers: HeaderValues = { 'impersonate-user': headerValue(user) }
  if (groups.length > 0) headers['impersonate-group'] = groups.map(headerValue)
  for (const [name, values] of Object.entries(extra)) {
    headers[`impersonate-extra-${encodeURIComponent(name).toLowerCase()}`] = values.map(headerValue)
  }
  return headers
}

function headerValue(value: string): string {
  if (/^[\x20-\x7e]+$/.test(value)) return value
  throw new AppError('BadRequest', 'A user or group name has characters that an HTTP header cannot carry.', {
    remedy: 'Use names of printable ASCII characters.',
  })
}
