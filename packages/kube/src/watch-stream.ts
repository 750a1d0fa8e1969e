import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import type { Dispatcher } from 'undici'
import type { WatchSessions } from './watch-sessions.ts'

export type HeaderValues = Record<string, string | string[]>

export interface StreamRequest {
  path: string
  headers: HeaderValues
  signal: AbortSignal
  onOpen(): void
  /** Must not throw. */
  onChunk(chunk: Buffer): void
}

interface Routes {
  origin: URL
  sessions: WatchSessions | undefined
  /** Used when the server speaks no HTTP/2. */
  fallback: Dispatcher
}

type StreamResult = { status: number; text: string }

/** An endless GET: a stream of the shared HTTP/2 session, or a connection of its own. */
export async function openWatchStream(request: StreamRequest, routes: Routes): Promise<StreamResult> {
  const slot = await routes.sessions?.acquire()
  if (slot === undefined) return overHttp1(request, routes)
  try {
    return await overHttp2(request, slot.session, routes.origin)
  } finally {
    slot.release()
  }
}

function overHttp2(request: StreamRequest, session: ClientHttp2Session, origin: URL): Promise<StreamResult> {
  return new Promise((resolve, reject) => {
    const stream: ClientHttp2Stream = session.request({
      ':method': 'GET',
      ':path': request.path,
      ':scheme': 'https',
      ':authority': origin.host,
      ...request.headers,
    })
    const abort = (): void => stream.close(constants.NGHTTP2_CANCEL)
    request.signal.addEventListener('abort', abort, { once: true })
    let status = 0
    let ended = false
    const refusal: Buffer[] = []
    let failed: Error | undefined
    stream.on('response', (headers) => {
      status = headers[':status'] ?? 0
      if (status === 200) request.onOpen()
      // Not earlier: data that came together with the headers would be given out before this event.
      stream.on('data', (chunk: Buffer) => {
        if (status === 200) request.onChunk(chunk)
        else refusal.push(chunk)
      })
    })
    stream.on('end', () => {
      ended = true
    })
    stream.on('error', (error) => {
      failed = error
    })
    stream.on('close', () => {
      request.signal.removeEventListener('abort', abort)
      const text = Buffer.concat(refusal).toString('utf8')
      if (request.signal.aborted) resolve({ status: 200, text: '' })
      else if (failed === undefined && ended && status !== 0) resolve({ status, text })
      else reject(failed ?? Object.assign(new Error('the stream broke'), { code: 'ECONNRESET' }))
    })
    if (request.signal.aborted) abort()
  })
}

async function overHttp1(request: StreamRequest, routes: Routes): Promise<StreamResult> {
  const response = await routes.fallback.request({
    origin: routes.origin.origin,
    method: 'GET',
    path: request.path,
    headers: request.headers,
    signal: request.signal,
  })
  if (response.statusCode !== 200) return { status: response.statusCode, text: await response.body.text() }
  request.onOpen()
  for await (const chunk of response.body) request.onChunk(chunk as Buffer)
  return { status: 200, text: '' }
}
