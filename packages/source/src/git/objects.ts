import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { AppError } from '@driftless/api'
import { killGroup } from '../process.ts'
import type { Git } from './command.ts'

export interface GitObject {
  type: 'blob' | 'tree' | 'commit' | 'tag'
  size: number
  /** Undefined when the object is larger than was asked for. */
  data: Buffer | undefined
}

interface Pending {
  maxBytes: number
  resolve: (object: GitObject | undefined) => void
  reject: (error: Error) => void
}

interface Arriving {
  type: GitObject['type']
  size: number
  left: number
  data: Buffer[] | undefined
}

function isObjectType(type: string): type is GitObject['type'] {
  return type === 'blob' || type === 'tree' || type === 'commit' || type === 'tag'
}

const idleMs = 30_000

/**
 * Reads objects of one repository over one long-lived `git cat-file --batch`, as many questions in flight as are asked.
 * The child starts with the first question, ends when nothing was asked for a while, and starts again when needed.
 */
export class ObjectReader {
  readonly #git: Git
  readonly #folder: string
  readonly #pending: Pending[] = []
  #child: ChildProcessWithoutNullStreams | undefined
  #chunks: Buffer[] = []
  #buffered = 0
  /** The object whose bytes are arriving. */
  #current: Arriving | undefined
  #idle: NodeJS.Timeout | undefined

  constructor(git: Git, folder: string) {
    this.#git = git
    this.#folder = folder
  }

  /** `name` is an object id or `<id>^{commit}`. Undefined when there is no such object. */
  read(name: string, maxBytes: number): Promise<GitObject | undefined> {
    const child = this.#child ?? this.#start()
    clearTimeout(this.#idle)
    return new Promise((resolve, reject) => {
      this.#pending.push({ maxBytes, resolve, reject })
      child.stdin.write(`${name}\n`)
    })
  }

  close(): void {
    clearTimeout(this.#idle)
    if (this.#child !== undefined) this.#end(this.#child, new Error('The repository was closed.'))
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = this.#git.start(['cat-file', '--batch'], this.#folder)
    this.#child = child
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-2000)
    })
    child.stdin.on('error', () => undefined)
    child.stdout.on('data', (chunk: Buffer) => this.#accept(child, chunk))
    child.once('error', (error) => this.#end(child, error))
    child.once('close', () =>
      this.#end(child, new AppError('InternalError', `Git stopped reading objects. ${stderr.trim()}`)),
    )
    return child
  }

  #end(child: ChildProcessWithoutNullStreams, reason: Error): void {
    if (this.#child !== child) return
    this.#child = undefined
    this.#chunks = []
    this.#buffered = 0
    this.#current = undefined
    for (const pending of this.#pending.splice(0)) pending.reject(reason)
    killGroup(child)
  }

  #accept(child: ChildProcessWithoutNullStreams, chunk: Buffer): void {
    if (this.#child !== child) return
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    while (this.#step()) {
      // One header or one piece of content at a time.
    }
    if (this.#pending.length === 0) {
      clearTimeout(this.#idle)
      this.#idle = setTimeout(() => this.close(), idleMs)
      this.#idle.unref()
    }
  }

  #step(): boolean {
    const current = this.#current
    return current === undefined ? this.#header() : this.#content(current)
  }

  #header(): boolean {
    if (this.#buffered === 0) return false
    const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks)
    const end = all.indexOf(10)
    this.#chunks = [all]
    if (end < 0) return false
    this.#keep(all.subarray(end + 1))
    const [, type = '', length] = all.toString('utf8', 0, end).split(' ')
    if (isObjectType(type)) {
      const size = Number(length)
      const wanted = size <= (this.#pending[0]?.maxBytes ?? 0)
      this.#current = { type, size, left: size + 1, data: wanted ? [] : undefined }
    } else {
      // `<name> missing`, or ambiguous.
      this.#pending.shift()?.resolve(undefined)
    }
    return true
  }

  /** Takes the bytes that are here; the object is followed by one line feed. */
  #content(current: Arriving): boolean {
    const chunk = this.#chunks.shift()
    if (chunk === undefined) return false
    const piece = chunk.subarray(0, current.left)
    this.#buffered -= piece.length
    if (piece.length < chunk.length) this.#chunks.unshift(chunk.subarray(piece.length))
    current.left -= piece.length
    current.data?.push(piece)
    if (current.left > 0) return true
    this.#current = undefined
    const data = current.data && Buffer.concat(current.data).subarray(0, current.size)
    this.#pending.shift()?.resolve({ type: current.type, size: current.size, data })
    return true
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#buffered = rest.length
  }
}
