import { Pool, ProxyAgent, type Dispatcher } from 'undici'
import { AppError } from '@driftless/api'
import type { ClusterConfig } from './cluster-config.ts'
import { createCredentialSource, type Credentials } from './credentials.ts'
import { tlsOptions } from './tls-options.ts'
import { createWatchSessions, type WatchSessions } from './watch-sessions.ts'
import { openWatchStream, type HeaderValues, type StreamRequest } from './watch-stream.ts'

export interface WireRequest {
  method: string
  /** Path with query, without the path prefix of the server. */
  path: string
  headers: HeaderValues
  body?: string
  signal?: AbortSignal
}

export interface WireResponse {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** Each request once, as it is; errors are those of the connection. The seam at which tests put faults. */
export interface Wire {
  send(request: WireRequest): Promise<WireResponse>
  /** Resolves at the end of the stream; `text` is the body of an answer that is not 200. */
  stream(request: StreamRequest): Promise<{ status: number; text: string }>
  /** Forgets cached credentials; false when another try would send the same again. */
  renewCredentials(): boolean
  close(): void
}

interface Connections {
  credentials: Credentials
  pool: Dispatcher
  /** For watches over HTTP/1.1: a connection each. */
  streams: Dispatcher
  sessions: WatchSessions | undefined
}

/** Connections to one cluster, opened when they are needed. */
export function createWire(config: ClusterConfig, poolSize: number): Wire {
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

  async function send(request: WireRequest): Promise<WireResponse> {
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

  async function stream(request: StreamRequest): Promise<{ status: number; text: string }> {
    const { credentials, streams, sessions } = await connections()
    const headers = withAuthorization(request.headers, credentials)
    const routes = { origin: base, sessions, fallback: streams }
    const result = await openWatchStream({ ...request, path: prefix + request.path, headers }, routes)
    if (result.status === 401) source.invalidate()
    return result
  }

  return {
    send,
    stream,
    renewCredentials: () => source.invalidate(),
    close() {
      closed = true
      if (current !== undefined) closeConnections(current)
      current = undefined
    },
  }
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
