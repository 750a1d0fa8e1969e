import type { KubeObject } from '@driftless/apimachinery'
import { type Dispatcher, Agent, Pool } from 'undici'

/** Requests to one server over a few kept connections. Certificates are not verified: the servers are our own. */
export class ApiClient {
  #url: string
  #pool: Pool
  /** One connection a stream. */
  #streams: Agent
  #token: string

  constructor({ url, token }: { url: string; token: string }, connections = 16) {
    const options = { connect: { rejectUnauthorized: false }, bodyTimeout: 0 }
    this.#url = url
    this.#token = token
    this.#pool = new Pool(url, { ...options, connections })
    this.#streams = new Agent(options)
  }

  /** Resolves when the whole answer is there. */
  async send(
    method: Dispatcher.HttpMethod,
    path: string,
    input: { body?: string; type?: string; headers?: Record<string, string> } = {},
  ): Promise<{ code: number; text: string }> {
    const { body, type = 'application/json', headers = {} } = input
    const response = await this.#pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    })
    return { code: response.statusCode, text: await response.body.text() }
  }

  /** Calls `onEvent` for each event of a watch; resolves when the watch ends in any way. */
  async watch(path: string, onEvent: (event: { type: string; object: KubeObject }) => void): Promise<void> {
    let unread = ''
    try {
      for await (const chunk of (await this.#stream(path)).setEncoding('utf8')) {
        const lines = (unread + String(chunk)).split('\n')
        unread = lines.pop() ?? ''
        for (const line of lines) onEvent(JSON.parse(line) as { type: string; object: KubeObject })
      }
    } catch (error) {
      if (!isBroken(error)) throw error
    }
  }

  /** A stream that is only counted; resolves when the server has begun to answer. */
  async openStream(path: string): Promise<{ lines(count: number): Promise<void>; close(): void }> {
    const body = await this.#stream(path)
    return {
      async lines(count) {
        let left = count
        for await (const chunk of body.iterator({ destroyOnReturn: false })) {
          left -= lineBreaks(chunk as Buffer)
          if (left <= 0) return
        }
        throw new Error(`the stream ended ${left} lines early`)
      },
      close: () => void body.destroy(),
    }
  }

  async #stream(path: string): Promise<Dispatcher.ResponseData['body']> {
    const response = await this.#streams.request({
      origin: this.#url,
      method: 'GET',
      path,
      headers: { authorization: `Bearer ${this.#token}` },
    })
    if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode}`)
    return response.body
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.destroy(), this.#streams.destroy()])
  }
}

function lineBreaks(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count += 1
  return count
}

/** The other side is gone, or we are. */
export function isBroken(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    [
      'ECONNRESET',
      'ECONNREFUSED',
      'EPIPE',
      'UND_ERR_SOCKET',
      'UND_ERR_DESTROYED',
      'UND_ERR_ABORTED',
    ].includes(code) || error.message === 'terminated'
  )
}
