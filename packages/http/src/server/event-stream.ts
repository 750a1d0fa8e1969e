import type { FastifyReply, FastifyRequest } from 'fastify'

const pingMs = 15_000
/** A reader that lags this far behind is cut off; it comes back with its last id. */
const maxWaitingBytes = 4 * 1_024 * 1_024

/** Server-sent events on one connection. Frames are sent whole or not at all. */
export class EventStream {
  readonly #reply: FastifyReply
  readonly #closers: (() => void)[] = []
  #open = true

  constructor(request: FastifyRequest, reply: FastifyReply, signal: AbortSignal) {
    this.#reply = reply
    const headers = reply.getHeaders()
    reply.hijack()
    reply.raw.writeHead(200, {
      ...(headers as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that collect answers would hold events back.
      'x-accel-buffering': 'no',
    })
    reply.raw.flushHeaders()
    request.raw.socket.setNoDelay(true)
    const ping = setInterval(() => this.send('event: ping\ndata: {}\n\n'), pingMs)
    ping.unref()
    const end = (): void => this.end()
    signal.addEventListener('abort', end, { once: true })
    reply.raw.on('error', end)
    reply.raw.on('close', () => {
      clearInterval(ping)
      signal.removeEventListener('abort', end)
      this.#close()
    })
    if (signal.aborted) this.end()
  }

  send(frame: string): void {
    if (!this.#open) return
    if (this.#reply.raw.writableLength > maxWaitingBytes) {
      this.#reply.raw.destroy()
      return
    }
    this.#reply.raw.write(frame)
  }

  end(): void {
    if (this.#open) this.#reply.raw.end()
    this.#close()
  }

  /** Called once, also when the connection is closed already. */
  onClose(closer: () => void): void {
    if (this.#open) this.#closers.push(closer)
    else closer()
  }

  #close(): void {
    if (!this.#open) return
    this.#open = false
    for (const closer of this.#closers) closer()
  }
}
