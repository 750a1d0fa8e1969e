import type { KubeObject } from '@driftless/apimachinery'
import type { Wire, WireRequest, WireResponse } from '@driftless/kube'
import { createLineSplitter } from '../../../packages/kube/src/line-splitter.ts'
import type { StreamRequest } from '../../../packages/kube/src/watch-stream.ts'
import { brokenConnection, never, noAnswer, refusal } from './answers.ts'
import { type EventSink, FaultyEvents } from './faulty-events.ts'
import type { History } from './history.ts'
import type { Fault } from './point.ts'
import { fencePath, followedResources, nameRequest, type RequestName } from './request-name.ts'
import type { Tape } from './tape.ts'

export interface WireContext {
  /** Connections to the server, shared by all places. */
  base: Wire
  namespace: string
  tape: Tape
  history: History
  /** Writes that the server took, by object. */
  writes: Map<string, number>
  /** How many versions behind the first lists are. */
  staleBy: number
  /** Ends this life of the controller and begins the next one. */
  kill(next: { staleBy: number }): void
}

type Answer = { status: number; text: string }

const ended: Answer = { status: 200, text: '' }

/** Between one life of a controller and the server. Once it is dead nothing passes in either direction. */
export class FaultyWire implements Wire {
  readonly #context: WireContext
  readonly #streams = new Set<FaultyEvents>()
  readonly #listed = new Set<string>()
  readonly #closing = new AbortController()
  #dead = false

  constructor(context: WireContext) {
    this.#context = context
  }

  /** As a kill of the process: what was sent is done, and nobody hears of it. */
  die(): void {
    this.#dead = true
    // Not amid the bytes of a stream: closing one there can hand out those of another twice or in part.
    setImmediate(() => this.#closing.abort())
  }

  close(): void {
    this.die()
  }

  renewCredentials(): boolean {
    return false
  }

  async send(request: WireRequest): Promise<WireResponse> {
    if (this.#dead) return never()
    const name = nameRequest(request)
    const fault = this.#context.tape.note(name.occasion, name.name)
    const answer = await (fault === undefined
      ? this.#forward(request, name)
      : this.#strike(fault, request, name))
    return this.#dead ? never() : answer
  }

  /** A watch of a dead controller ends as an aborted one does, so that its timers go. */
  async stream(request: StreamRequest): Promise<Answer> {
    if (this.#dead) return ended
    const name = nameRequest({ ...request, method: 'GET' })
    const fault = this.#context.tape.note('watch', name.name)
    const refused = fault === undefined ? undefined : this.#refuseWatch(fault)
    const answer = await (refused ?? this.#follow(request, name, fault === 'kill-after'))
    return this.#dead ? ended : answer
  }

  async #strike(fault: Fault, request: WireRequest, name: RequestName): Promise<WireResponse> {
    if (fault === 'kill-before') return this.#killed(0)
    if (fault === '409' || fault === '429' || fault === '500') return refusal(fault)
    if (fault === 'reset') throw brokenConnection()
    await this.#forward(request, name)
    if (fault === 'lost') throw noAnswer()
    return this.#killed(fault === 'kill-after' ? 0 : Number(fault.slice(-1)))
  }

  #killed(staleBy: number): Promise<never> {
    if (!this.#dead) {
      this.die()
      this.#context.kill({ staleBy })
    }
    return never()
  }

  /** The signal stays behind: a request that was sent is done, whatever becomes of its sender. */
  async #forward(request: WireRequest, name: RequestName): Promise<WireResponse> {
    const { base, namespace, writes } = this.#context
    const { signal: _sender, ...sent } = request
    const answer = await base.send({ ...sent, path: fencePath(sent.path, namespace) })
    if (name.occasion === 'write' && answer.status < 300) {
      writes.set(name.object, (writes.get(name.object) ?? 0) + 1)
      for (const stream of this.#streams) stream.wrote()
    }
    return this.#agedList(name, answer)
  }

  #agedList({ collection, name }: RequestName, answer: WireResponse): WireResponse {
    const { history, staleBy } = this.#context
    if (staleBy === 0 || collection === undefined || this.#listed.has(name)) return answer
    this.#listed.add(name)
    const list = JSON.parse(answer.text) as { kind: string; metadata: object; items: KubeObject[] }
    const old = history.before(list.kind.replace(/List$/, ''), staleBy)
    if (old === undefined || name.includes('?')) return answer
    const metadata = { ...list.metadata, resourceVersion: old.resourceVersion }
    return { ...answer, text: JSON.stringify({ ...list, metadata, items: old.objects }) }
  }

  #refuseWatch(fault: Fault): Promise<Answer> | undefined {
    if (fault === 'reset') return Promise.reject(brokenConnection())
    if (fault === '429' || fault === '500') return Promise.resolve(refusal(fault))
    if (fault === 'expire') return Promise.resolve(refusal('410'))
    if (fault === 'kill-before') void this.#killed(0)
    return fault === 'kill-after' ? undefined : Promise.resolve(ended)
  }

  async #follow(request: StreamRequest, name: RequestName, killWhenOpen: boolean): Promise<Answer> {
    const { base, namespace, tape } = this.#context
    const stopping = new AbortController()
    let broken = false
    const sink: EventSink = {
      deliver: (line) => {
        if (!this.#dead) request.onChunk(Buffer.from(`${line}\n`))
      },
      end: (how) => {
        broken = how === 'broken'
        setImmediate(() => stopping.abort())
      },
    }
    const collection = name.name.replace(/^WATCH /, '')
    const events = new FaultyEvents({ tape, collection, sink })
    const lines = createLineSplitter((line) => (isOurs(name) ? events.push(line) : sink.deliver(line)))
    this.#streams.add(events)
    try {
      const answer = await base.stream({
        ...request,
        path: fencePath(request.path, namespace),
        signal: AbortSignal.any([request.signal, stopping.signal, this.#closing.signal]),
        onOpen: () => {
          if (killWhenOpen) void this.#killed(0)
          else if (!this.#dead) request.onOpen()
        },
        onChunk: (chunk) => lines.push(chunk),
      })
      if (broken) throw brokenConnection()
      return answer
    } finally {
      this.#streams.delete(events)
    }
  }
}

/** Cluster-scoped collections show the events of other places too. */
function isOurs({ collection = '' }: RequestName): boolean {
  return (
    followedResources.has(collection) && fencePath(`/api/v1/${collection}`, 'x').includes('/namespaces/x/')
  )
}
