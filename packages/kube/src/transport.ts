import { Pool, ProxyAgent, type Dispatcher } from 'undici'
import { AppError } from '@driftless/api'
import type { ClusterConfig } from './cluster-config.ts'
import { pause } from './backoff.ts'
import { connectionError, isConnectionReset } from './connection-error.ts'
import { createCredentialSource, type Credentials } from './credentials.ts'
import { openWatchStream, type HeaderValues, type StreamRequest } from './watch-stream.ts'
import { tlsOptions } from './tls-options.ts'
import { createWatchSessions, type WatchSessions } from './watch-sessions.ts'

interface TransportRequest {
  method: string
  /** Path with query, without the path prefix of the server. */
  path: string
  headers: HeaderValues
  body?: string
  signal?: AbortSignal
}

export interface TransportResponse {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** Bytes to and from one cluster: connections, credentials, and the retries that are safe for everyone. */
export interface Transport {
  request(request: TransportRequest): Promise<TransportResponse>
  /** Resolves at the end of the stream; `text` is the body of an answer that is not 200. */
  stream(request: StreamRequest): Promise<{ status: number; text: string }>
  close(): Promise<void>
}

interface Connections {
  credentials: Credentials
  pool: Dispatcher
  /** For watches over HTTP/1.1: a connection each. */
  streams: Dispatcher
  sessions: WatchSessions | undefined
}

const readAttempts = 3
const busyAttempts = 6
const maxBusyWaitMs = 10_000

export function createTransport(config: ClusterConfig, poolSize: number): Transport {
  const base = new URL(config.server)
  const prefix = base.pathname.replace(/\/+$/, '')
  const source = createCredentialSource(config)
  let current: Connections | undefined
  let closed = false

  async function connections(): Promise<Connections> {
    const credentials = await source.get()
    if (closed) throw new AppError('ServiceUnavailable', `The client of ${base.origin} is closed.`)
    if (current !== undefined && sameIdentity(current.credentials, credentials)) {
      current.credentials = credentials
      return current
    }
    const previous = current
    current = openConnections({ base, config, poolSize }, credentials)
    if (previous !== undefined) retireConnections(previous)
    return current
  }

  async function send(request: TransportRequest): Promise<TransportResponse> {
    const { pool, credentials } = await connections()
    const response = await pool.request({
      method: request.method,
      path: prefix + request.path,
      headers: withAuthorization(request.headers, credentials),
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    })
    return { status: response.statusCode, headers: response.headers, text: await response.body.text() }
  }

  async function openStream(request: StreamRequest, { credentials, streams, sessions }: Connections) {
    const headers = withAuthorization(request.headers, credentials)
    const routes = { origin: base, sessions, fallback: streams }
    const result = await openWatchStream({ ...request, path: prefix + request.path, headers }, routes)
    if (result.status === 401) source.invalidate()
    return result
  }

  return {
    async request(request) {
      try {
        return await withRetries(request, send, () => source.invalidate())
      } catch (error) {
        if (request.signal?.aborted === true) throw error
        throw connectionError(error, base.origin)
      }
    },
    async stream(request) {
      try {
        return await openStream(request, await connections())
      } catch (error) {
        if (request.signal.aborted) return { status: 200, text: '' }
        throw connectionError(error, base.origin)
      }
    },
    async close() {
      closed = true
      if (current !== undefined) closeConnections(current)
      current = undefined
    },
  }
}

/** Reads are sent again when their connection broke; anything is when the server was too busy to begin with it. */
async function withRetries(
  request: TransportRequest,
  send: (request: TransportRequest) => Promise<TransportResponse>,
  renewCredentials: () => boolean,
): Promise<TransportResponse> {
  const isRead = request.method === 'GET'
  let renewed = false
  for (let attempt = 1; ; attempt += 1) {
    let response: TransportResponse
    try {
      response = await send(request)
    } catch (error) {
      const again = isRead && attempt < readAttempts && isConnectionReset(error)
      if (!again) throw error
      await pause(20 * 2 ** attempt * (0.5 + Math.random()), request.signal)
      continue
    }
    if (response.status === 401 && !renewed && renewCredentials()) {
      renewed = true
      continue
    }
    const waitMs = attempt < busyAttempts ? busyWaitMs(response, isRead) : undefined
    if (waitMs === undefined) return response
    await pause(waitMs * (1 + Math.random() / 4), request.signal)
  }
}

function busyWaitMs(response: TransportResponse, isRead: boolean): number | undefined {
  const busy = response.status === 429 || (response.status === 503 && isRead)
  const header = response.headers['retry-after']
  if (!busy || typeof header !== 'string') return undefined
  const seconds = Number(header)
  if (!Number.isFinite(seconds) || seconds < 0) return undefined
  return Math.min(maxBusyWaitMs, Math.max(50, seconds * 1000))
}

function openConnections(
  at: { base: URL; config: ClusterConfig; poolSize: number },
  credentials: Credentials,
): Connections {
  const { base, config, poolSize } = at
  const tls = tlsOptions(config, credentials)
  const connect = { ...tls, timeout: 10_000 }
  const common = { keepAliveTimeout: 30_000, keepAliveMaxTimeout: 60_000 }
  const streaming = { ...common, bodyTimeout: 0, headersTimeout: 30_000 }
  if (config.proxyUrl !== undefined) {
    const proxy = { uri: config.proxyUrl, requestTls: connect }
    return {
      credentials,
      pool: new ProxyAgent({ ...proxy, ...common, connections: poolSize }),
      streams: new ProxyAgent({ ...proxy, ...streaming }),
      sessions: undefined,
    }
  }
  return {
    credentials,
    pool: new Pool(base.origin, { ...common, connect, connections: poolSize }),
    streams: new Pool(base.origin, { ...streaming, connect, connections: null }),
    sessions: base.protocol === 'https:' ? createWatchSessions(base, tls) : undefined,
  }
}

function closeConnections(connections: Connections): void {
  connections.sessions?.close()
  for (const dispatcher of [connections.pool, connections.streams]) {
    dispatcher.destroy().catch(() => undefined)
  }
}

/** Requests in flight end in peace; watches reconnect with the new identity. */
function retireConnections(connections: Connections): void {
  connections.sessions?.close()
  connections.pool.close().catch(() => undefined)
  connections.streams.destroy().catch(() => undefined)
}

function sameIdentity(a: Credentials, b: Credentials): boolean {
  return a.cert === b.cert && a.key === b.key
}

function withAuthorization(headers: HeaderValues, credentials: Credentials): HeaderValues {
  if (credentials.authorization === undefined) return headers
  return { ...headers, authorization: credentials.authorization }
}
