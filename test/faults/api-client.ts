import type { KubeObject } from '@driftless/apimachinery'
import { type Dispatcher, Pool } from 'undici'

/** Requests to one server over a few kept connections. Certificates are not verified: the servers are our own. */
export class ApiClient {
  #pool: Pool
  #token: string

  constructor({ url, token }: { url: string; token: string }, connections = 16) {
    this.#token = token
    this.#pool = new Pool(url, { connect: { rejectUnauthorized: false }, connections, bodyTimeout: 0 })
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
    const headers = { authorization: `Bearer ${this.#token}` }
    const response = await this.#pool.request({ method: 'GET', path, headers })
    let unread = ''
    try {
      for await (const chunk of response.body.setEncoding('utf8')) {
        const lines = (unread + String(chunk)).split('\n')
        unread = lines.pop() ?? ''
        for (const line of lines) onEvent(JSON.parse(line) as { type: string; object: KubeObject })
      }
    } catch (error) {
      if (!isBroken(error)) throw error
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy()
  }
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
