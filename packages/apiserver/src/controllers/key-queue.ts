import { messageOf } from '@driftless/api'

export interface ControllerOptions {
  signal: AbortSignal
  log: (line: string) => void
}

/** Runs work for keys one after another; a key that comes again while it waits is done once, a failed one again later. */
export class KeyQueue {
  #waiting = new Set<string>()
  #running = false
  #work: (key: string) => Promise<void>
  #options: ControllerOptions
  #failures = new Map<string, number>()

  constructor(work: (key: string) => Promise<void>, options: ControllerOptions) {
    this.#work = work
    this.#options = options
  }

  add(key: string): void {
    if (this.#options.signal.aborted) return
    this.#waiting.add(key)
    if (this.#running) return
    this.#running = true
    setImmediate(() => void this.#run())
  }

  async #run(): Promise<void> {
    for (const key of this.#waiting) {
      if (this.#options.signal.aborted) break
      this.#waiting.delete(key)
      try {
        await this.#work(key)
        this.#failures.delete(key)
      } catch (error) {
        this.#retry(key, error)
      }
    }
    this.#running = false
  }

  #retry(key: string, error: unknown): void {
    const failures = (this.#failures.get(key) ?? 0) + 1
    this.#failures.set(key, failures)
    this.#options.log(`${key}: ${messageOf(error)}`)
    const timer = setTimeout(() => this.add(key), Math.min(30_000, 50 * 2 ** failures))
    timer.unref()
  }
}
