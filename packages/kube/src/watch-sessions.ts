import { connect as connectHttp2, constants, type ClientHttp2Session } from 'node:http2'
import { isIP } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { TlsOptions } from './tls-options.ts'

const connectTimeoutMs = 10_000
const pingEveryMs = 20_000
/** How long a server that refused HTTP/2 is not asked again. */
const refusalMs = 600_000

/**
 * HTTP/2 sessions of one cluster that carry its watches as streams: one session, and another only when the server's
 * limit of concurrent streams is reached. A session whose ping gets no answer is destroyed, which ends its watches.
 */
export interface WatchSessions {
  /** A session with room for one more stream, or `undefined` when the server does not speak HTTP/2. */
  acquire(): Promise<{ session: ClientHttp2Session; release(): void } | undefined>
  close(): void
}

interface Entry {
  session: ClientHttp2Session
  open: number
  limit: number
}

export function createWatchSessions(origin: URL, tls: TlsOptions): WatchSessions {
  const entries = new Set<Entry>()
  let connecting: Promise<Entry | undefined> | undefined
  let refusedUntilMs = 0
  let closed = false

  async function connect(): Promise<Entry | undefined> {
    const socket = await openSocket(origin, tls)
    if (socket.alpnProtocol !== 'h2') {
      socket.destroy()
      refusedUntilMs = Date.now() + refusalMs
      return undefined
    }
    const session = await openSession(origin, socket)
    if (closed) {
      session.destroy()
      throw closedError()
    }
    return track(session, entries)
  }

  function withRoom(): Entry | undefined {
    for (const entry of entries) {
      if (!entry.session.closed && !entry.session.destroyed && entry.open < entry.limit) return entry
    }
    return undefined
  }

  return {
    async acquire() {
      if (origin.protocol !== 'https:' || Date.now() < refusedUntilMs) return undefined
      let entry = withRoom()
      while (entry === undefined) {
        if (closed) throw closedError()
        connecting ??= connect().finally(() => {
          connecting = undefined
        })
        if ((await connecting) === undefined) return undefined
        entry = withRoom()
      }
      const taken = entry
      taken.open += 1
      return {
        session: taken.session,
        release: () => {
          taken.open -= 1
        },
      }
    },
    close() {
      closed = true
      for (const entry of entries) entry.session.destroy()
      entries.clear()
    },
  }
}

/** Keeps the session among the usable ones until it ends or the server asks to leave it. */
function track(session: ClientHttp2Session, entries: Set<Entry>): Entry {
  const entry: Entry = { session, open: 0, limit: session.remoteSettings.maxConcurrentStreams ?? 100 }
  entries.add(entry)
  const drop = (): void => {
    entries.delete(entry)
  }
  session.once('close', drop)
  session.once('goaway', drop)
  session.on('error', drop)
  session.on('remoteSettings', (settings) => {
    entry.limit = settings.maxConcurrentStreams ?? entry.limit
  })
  keepAlive(session)
  return entry
}

function openSocket(origin: URL, tls: TlsOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const host = origin.hostname.replace(/^\[|\]$/g, '')
    const port = origin.port === '' ? 443 : Number(origin.port)
    const servername = tls.servername ?? (isIP(host) === 0 ? host : undefined)
    const socket = connectTls({
      host,
      port,
      ALPNProtocols: ['h2', 'http/1.1'],
      ...tls,
      ...(servername === undefined ? {} : { servername }),
    })
    const timer = setTimeout(() => socket.destroy(timeoutError()), connectTimeoutMs)
    const settle = (): void => {
      clearTimeout(timer)
      socket.removeListener('error', fail)
    }
    const fail = (error: Error): void => {
      settle()
      reject(error)
    }
    socket.once('error', fail)
    socket.once('secureConnect', () => {
      settle()
      socket.setNoDelay(true)
      resolve(socket)
    })
  })
}

/** Resolves when the server's settings are known: before them, its limit of streams is a guess. */
function openSession(origin: URL, socket: TLSSocket): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: 1 << 20 },
    })
    const timer = setTimeout(() => session.destroy(timeoutError()), connectTimeoutMs)
    const fail = (error?: Error): void => {
      clearTimeout(timer)
      reject(error ?? Object.assign(new Error('the session was closed'), { code: 'ECONNRESET' }))
    }
    session.once('error', fail)
    session.once('close', fail)
    session.once('remoteSettings', () => {
      clearTimeout(timer)
      session.removeListener('error', fail)
      session.removeListener('close', fail)
      session.setLocalWindowSize(8 << 20)
      resolve(session)
    })
  })
}

function keepAlive(session: ClientHttp2Session): void {
  let answered = true
  const timer = setInterval(() => {
    if (session.destroyed) return
    if (!answered) {
      session.destroy(timeoutError(), constants.NGHTTP2_CANCEL)
      return
    }
    answered = false
    session.ping(() => {
      answered = true
    })
  }, pingEveryMs)
  timer.unref()
  session.once('close', () => clearInterval(timer))
}

function closedError(): Error {
  return Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' })
}

function timeoutError(): Error {
  return Object.assign(new Error('the server did not answer in time'), { code: 'ETIMEDOUT' })
}
