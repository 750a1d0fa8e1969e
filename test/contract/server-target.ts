import { gunzipSync } from 'node:zlib'
import type { JsonObject, JsonValue } from '@driftless/apimachinery'
import { Agent, type Dispatcher, request } from 'undici'
import { issueCertificate, type KeyPair } from '../../packages/apiserver/src/auth/certificates.ts'
import type { Answer, Step, Subject } from './contract-case.ts'
import { normalize } from './normalize.ts'

export interface TargetOptions {
  url: string
  /** Bearer token of a cluster administrator. */
  token: string
  /** Makes the server forget its history. */
  compact?: () => Promise<void>
  /** The authority of client certificates that the server trusts. */
  authority?: KeyPair
}

interface RawAnswer {
  answer: Answer
  /** As it came: later steps may carry its uid and resourceVersion. */
  raw: JsonValue
}

type Received = Dispatcher.ResponseData

/** The real server keeps what it found out about a token for ten seconds. */
const patienceMs = 20_000

/** One of the servers under comparison, over the wire. Certificates are not verified: both servers are ours. */
export class ServerTarget {
  #options: TargetOptions
  #agent = agentWith({})
  #subjects = new Map<string, Agent>()

  constructor(options: TargetOptions) {
    this.#options = options
  }

  async send(step: Step, raw: readonly JsonValue[] = []): Promise<RawAnswer> {
    if (step.compact === true) await this.#options.compact?.()
    const deadline = performance.now() + patienceMs
    for (;;) {
      const got = await this.#once(step, raw)
      if (isMet(step, got) || performance.now() > deadline) return got
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async #once(step: Step, raw: readonly JsonValue[]): Promise<RawAnswer> {
    const body = step.carry === undefined ? step.body : carried(step, raw)
    const response = await request(`${this.#options.url}${step.path}`, {
      method: step.method,
      dispatcher: this.#dispatcherOf(step.certificate),
      headers: {
        ...(step.certificate === undefined ? { authorization: `Bearer ${this.#options.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': step.type ?? 'application/json' }),
        ...step.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const read = await readBody(response, step)
    const shown = (step.shows ?? []).map((name): [string, string] => [
      name,
      String(response.headers[name] ?? ''),
    ])
    const answer = {
      code: response.statusCode,
      contentType: String(response.headers['content-type'] ?? ''),
      warnings: warningsOf(response.headers['warning']),
      ...(shown.length === 0 ? {} : { headers: Object.fromEntries(shown) }),
      body: normalize(read),
    }
    return { answer, raw: read }
  }

  #dispatcherOf(subject: Subject | undefined): Agent {
    if (subject === undefined) return this.#agent
    const { authority } = this.#options
    const key = JSON.stringify(subject)
    const known = this.#subjects.get(key)
    if (known !== undefined || authority === undefined) return known ?? this.#agent
    const { user: commonName, groups: organizations } = subject
    const agent = agentWith(
      issueCertificate({ commonName, organizations, usage: 'client', days: 1 }, authority),
    )
    this.#subjects.set(key, agent)
    return agent
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent, ...this.#subjects.values()].map((agent) => agent.destroy()))
  }
}

function agentWith(identity: Partial<KeyPair>): Agent {
  return new Agent({
    connect: { rejectUnauthorized: false, ...identity },
    connections: 24,
    bodyTimeout: 20_000,
    headersTimeout: 30_000,
  })
}

function isMet({ until }: Step, { answer, raw }: RawAnswer): boolean {
  if (until === undefined) return true
  const text = JSON.stringify(raw) ?? ''
  const lacks = until.without === undefined || !text.includes(until.without)
  return answer.code === until.code && lacks && text.includes(until.text ?? '')
}

async function readBody(response: Received, step: Step): Promise<JsonValue> {
  if (step.events !== undefined && response.statusCode === 200) return readEvents(response.body, step.events)
  const bytes = Buffer.from(await response.body.arrayBuffer())
  const text = (response.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8')
  return step.asText === true ? text : parse(text, String(response.headers['content-type'] ?? ''))
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
