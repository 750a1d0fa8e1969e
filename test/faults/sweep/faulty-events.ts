import { refusalText } from './answers.ts'
import type { Fault } from './point.ts'
import type { Tape } from './tape.ts'

export interface EventSink {
  deliver(line: string): void
  /** Ends the stream: in order, or with a broken connection. */
  end(how: 'orderly' | 'broken'): void
}

/** Held events come at the latest after this time, as a slow watch's do. */
const latestMs = 30

/** The lines of one watch on their way to the controller, with the fault of the tape. */
export class FaultyEvents {
  readonly #tape: Tape
  readonly #collection: string
  readonly #sink: EventSink
  #held: string[] | undefined
  #writesToWaitFor = 0
  #skipped = false
  #ended = false

  constructor(input: { tape: Tape; collection: string; sink: EventSink }) {
    this.#tape = input.tape
    this.#collection = input.collection
    this.#sink = input.sink
  }

  push(line: string): void {
    if (this.#ended) return
    const name = nameOf(line)
    const fault =
      name === undefined ? undefined : this.#tape.note('event', `EVENT ${this.#collection} ${name}`)
    if (this.#skipped) return this.#expire(line)
    if (this.#held !== undefined) this.#held.push(line)
    else if (fault === undefined) this.#sink.deliver(line)
    else this.#strike(fault, line)
  }

  /** The controller wrote something: a watch that is late by writes comes nearer. */
  wrote(): void {
    this.#writesToWaitFor -= 1
    if (this.#held !== undefined && this.#writesToWaitFor <= 0) this.#release()
  }

  #strike(fault: Fault, line: string): void {
    if (fault === 'drop' || fault === 'end') this.#end(fault === 'drop' ? 'broken' : 'orderly')
    else if (fault === 'expire') this.#expire()
    else if (fault === 'repeat') {
      this.#sink.deliver(line)
      this.#sink.deliver(line)
    } else if (fault === 'skip') {
      this.#skipped = true
      setTimeout(() => this.#expire(), latestMs)
    } else {
      this.#held = [line]
      this.#writesToWaitFor = Number(fault.slice(-1))
      setTimeout(() => this.#release(), latestMs)
    }
  }

  #release(): void {
    const lines = this.#held ?? []
    this.#held = undefined
    for (const line of lines) if (!this.#ended) this.#sink.deliver(line)
  }

  #expire(last?: string): void {
    if (this.#ended) return
    if (last !== undefined) this.#sink.deliver(last)
    this.#sink.deliver(`{"type":"ERROR","object":${refusalText('410')}}`)
    this.#end('orderly')
  }

  #end(how: 'orderly' | 'broken'): void {
    this.#ended = true
    this.#sink.end(how)
  }
}

interface Line {
  type: string
  object: { metadata?: { name?: string } }
}

/** `MODIFIED web`; the random end of a pod's name is left out. */
function nameOf(line: string): string | undefined {
  const event = parseLine(line)
  if (event === undefined) return undefined
  const { type, object } = event
  if (type === 'BOOKMARK' || type === 'ERROR') return undefined
  return `${type} ${(object.metadata?.name ?? '').replace(/-[a-z0-9]{5}$/, '-*')}`
}

function parseLine(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line
  } catch {
    process.stderr.write(`a watch brought half a line of ${line.length}: ${line.slice(0, 80)}\n`)
    return undefined
  }
}
