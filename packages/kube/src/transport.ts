import { pause } from './backoff.ts'
import type { Clock } from './clock.ts'
import { connectionError, isConnectionReset } from './connection-error.ts'
import type { StreamRequest } from './watch-stream.ts'
import type { Wire, WireRequest, WireResponse } from './wire.ts'

/** Requests to one cluster, with the retries that are safe for everyone. */
export interface Transport {
  request(request: WireRequest): Promise<WireResponse>
  /** Resolves at the end of the stream; `text` is the body of an answer that is not 200. */
  stream(request: StreamRequest): Promise<{ status: number; text: string }>
  close(): Promise<void>
}

const readAttempts = 3
const busyAttempts = 6
const maxBusyWaitMs = 10_000

/** `origin` names the cluster in errors. */
export function createTransport(wire: Wire, origin: string, clock: Clock): Transport {
  return {
    async request(request) {
      try {
        return await withRetries(request, wire, clock)
      } catch (error) {
        if (request.signal?.aborted === true) throw error
        throw connectionError(error, origin)
      }
    },
    async stream(request) {
      try {
        return await wire.stream(request)
      } catch (error) {
        if (request.signal.aborted) return { status: 200, text: '' }
        throw connectionError(error, origin)
      }
    },
    async close() {
      wire.close()
    },
  }
}

/** Reads are sent again when their connection broke; anything is when the server was too busy to begin with it. */
async function withRetries(request: WireRequest, wire: Wire, clock: Clock): Promise<WireResponse> {
  const isRead = request.method === 'GET'
  let renewed = false
  for (let attempt = 1; ; attempt += 1) {
    let response: WireResponse
    try {
      response = await wire.send(request)
    } catch (error) {
      const again = isRead && attempt < readAttempts && isConnectionReset(error)
      if (!again) throw error
      await pause(20 * 2 ** attempt * (0.5 + Math.random()), request.signal, clock)
      continue
    }
    if (response.status === 401 && !renewed && wire.renewCredentials()) {
      renewed = true
      continue
    }
    const waitMs = attempt < busyAttempts ? busyWaitMs(response, isRead) : undefined
    if (waitMs === undefined) return response
    await pause(waitMs * (1 + Math.random() / 4), request.signal, clock)
  }
}

function busyWaitMs(response: WireResponse, isRead: boolean): number | undefined {
  const busy = response.status === 429 || (response.status === 503 && isRead)
  const header = response.headers['retry-after']
  if (!busy || typeof header !== 'string') return undefined
  const seconds = Number(header)
  if (!Number.isFinite(seconds) || seconds < 0) return undefined
  return Math.min(maxBusyWaitMs, Math.max(50, seconds * 1000))
}
