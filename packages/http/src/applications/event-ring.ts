/** One event as every stream sends it: serialised once. */
export interface RingEvent {
  sequence: number
  project: string
  /** The whole frame, id included. */
  frame: string
}

/**
 * The last events, so that a stream that broke can go on where it was. A cursor is `<start>-<sequence>`; a cursor of
 * another start of the process, or older than the ring, cannot be continued.
 */
export class EventRing {
  readonly #start: string
  readonly #capacity: number
  #events: RingEvent[] = []
  #sequence = 0

  constructor(start: string, capacity = 8_192) {
    this.#start = start
    this.#capacity = capacity
  }

  get cursor(): string {
    return this.cursorAt(this.#sequence)
  }

  cursorAt(sequence: number): string {
    return `${this.#start}-${sequence}`
  }

  push(project: string, event: string, data: string): RingEvent {
    this.#sequence += 1
    const frame = `id: ${this.cursor}\nevent: ${event}\ndata: ${data}\n\n`
    const entry = { sequence: this.#sequence, project, frame }
    this.#events.push(entry)
    // Trimmed in steps: removing one from the front of an array each time would copy it each time.
    if (this.#events.length > this.#capacity * 2) this.#events = this.#events.slice(-this.#capacity)
    return entry
  }

  /** Events after the cursor, or undefined when they are not known any more. */
  since(cursor: string): RingEvent[] | undefined {
    const at = cursor.lastIndexOf('-')
    const sequence = Number(cursor.slice(at + 1))
    if (at < 0 || cursor.slice(0, at) !== this.#start || !Number.isSafeInteger(sequence)) return undefined
    if (sequence < 0 || sequence > this.#sequence) return undefined
    const oldest = this.#events[0]?.sequence ?? this.#sequence + 1
    if (sequence < oldest - 1) return undefined
    return this.#events.slice(sequence - oldest + 1)
  }
}
