import type { KubeObject } from '@driftless/apimachinery'
import { Agent, type Dispatcher, request } from 'undici'
import { type ApiServer, type ApiServerOptions, startApiServer } from './server.ts'

export interface Answer {
  code: number
  // biome-ignore lint: tests read any field of any answer
  body: Record<string, any>
  warning: string
}

export interface WatchEvent {
  type: string
  object: KubeObject
}

/** The server as tests start it: closing it checks its store. */
export function startTestServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  return startApiServer({ checkOnClose: true, ...options })
}

/** A small client over the wire, for tests only. */
export class TestClient {
  #server: ApiServer
  #agent: Agent
  #token: string

  constructor(server: ApiServer, token = server.adminToken) {
    this.#server = server
    this.#token = token
    this.#agent = new Agent({ connect: { ca: server.caCert }, connections: 16, bodyTimeout: 0 })
  }

  async send(
    method: Dispatcher.HttpMethod,
    path: string,
    input: { body?: unknown; type?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const { body, type = 'application/json', headers = {} } = input
    const response = await request(`${this.#server.url}${path}`, {
      method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.body.text()
    const json = response.headers['content-type']?.toString().startsWith('application/json') === true
    return {
      code: response.statusCode,
      body: json ? JSON.parse(text) : { text },
      warning: String(response.headers['warning'] ?? ''),
    }
  }

  apply(path: string, body: KubeObject, options = 'force=true'): Promise<Answer> {
    return this.send('PATCH', `${path}?fieldManager=test&${options}`, {
      body,
      type: 'application/apply-patch+yaml',
    })
  }

  /** The events of a watch until `enough` of them have come. */
  async watch(path: string, enough: (events: WatchEvent[]) => boolean): Promise<WatchEvent[]> {
    const response = await request(`${this.#server.url}${path}`, {
      dispatcher: this.#agent,
      headers: { authorization: `Bearer ${this.#token}` },
    })
    const events: WatchEvent[] = []
    let unread = ''
    // Leaving the loop destroys the body, and with it the connection.
    for await (const chunk of response.body.setEncoding('utf8')) {
      const lines = (unread + String(chunk)).split('\n')
      unread = lines.pop() ?? ''
      for (const line of lines) events.push(JSON.parse(line) as WatchEvent)
      if (enough(events)) break
    }
    return events
  }

  /** Reads `path` until `holds`. */
  async until(path: string, holds: (answer: Answer) => boolean): Promise<Answer> {
    for (;;) {
      const answer = await this.send('GET', path)
      if (holds(answer)) return answer
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }
}

export function configMap(
  name: string,
  data: Record<string, string> = {},
  metadata: object = {},
): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data }
}
