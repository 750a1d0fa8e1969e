import type { JsonObject, JsonValue } from '@driftless/apimachinery'
import { Agent, request } from 'undici'
import type { Answer, Step } from './contract-case.ts'
import { normalize } from './normalize.ts'

export interface TargetOptions {
  url: string
  /** Bearer token of a cluster administrator. */
  token: string
}

interface RawAnswer {
  answer: Answer
  /** As it came: later steps may carry its uid and resourceVersion. */
  raw: JsonValue
}

/** One of the servers under comparison, over the wire. Certificates are not verified: both servers are ours. */
export class ServerTarget {
  #options: TargetOptions
  #agent = new Agent({
    connect: { rejectUnauthorized: false },
    connections: 24,
    bodyTimeout: 20_000,
    headersTimeout: 30_000,
  })

  constructor(options: TargetOptions) {
    this.#options = options
  }

  async send(step: Step, raw: readonly JsonValue[] = []): Promise<RawAnswer> {
    const body = step.carry === undefined ? step.body : carried(step, raw)
    const response = await request(`${this.#options.url}${step.path}`, {
      method: step.method,
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.#options.token}`,
        ...(body === undefined ? {} : { 'content-type': step.type ?? 'application/json' }),
        ...step.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const contentType = String(response.headers['content-type'] ?? '')
    const parsed: JsonValue =
      step.events === undefined
        ? parse(await response.body.text(), contentType)
        : await readEvents(response.body, step.events)
    const answer = {
      code: response.statusCode,
      contentType,
      warnings: warningsOf(response.headers['warning']),
      body: normalize(parsed),
    }
    return { answer, raw: parsed }
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }
}

async function readEvents(body: AsyncIterable<unknown>, count: number): Promise<JsonValue> {
  const events: JsonValue[] = []
  let unread = ''
  // Leaving the loop ends the request.
  for await (const chunk of body) {
    const lines = (unread + String(chunk)).split('\n')
    unread = lines.pop() ?? ''
    for (const line of lines) events.push(JSON.parse(line) as JsonValue)
    if (events.length >= count) break
  }
  return events.slice(0, count)
}

function parse(text: string, contentType: string): JsonValue {
  return contentType.startsWith('application/json') && text !== '' ? (JSON.parse(text) as JsonValue) : text
}

function warningsOf(header: string | string[] | undefined): string[] {
  return header === undefined ? [] : Array.isArray(header) ? header : [header]
}

function carried(step: Step, raw: readonly JsonValue[]): JsonValue {
  const source = (raw[step.carry?.from ?? 0] ?? {}) as JsonObject
  const from = (source['metadata'] ?? {}) as JsonObject
  const body = structuredClone(step.body ?? {}) as JsonObject
  const metadata = { ...((body['metadata'] ?? {}) as JsonObject) }
  for (const field of step.carry?.fields ?? []) metadata[field] = from[field] ?? ''
  return { ...body, metadata }
}
