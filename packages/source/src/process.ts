import { type ChildProcess, spawn } from 'node:child_process'
import { AppError } from '@driftless/api'

export interface RunOptions {
  /** What is run, for messages: `git fetch`, `helm template`. */
  what: string
  cwd: string
  env: Record<string, string>
  timeoutMs: number
  maxOutputBytes: number
  input?: string | Uint8Array
  signal?: AbortSignal
}

export interface RunResult {
  /** Null when a signal ended it. */
  exitCode: number | null
  stdout: Buffer
  stderr: string
}

const maxStderrBytes = 64 * 1024

/**
 * Runs a program without a shell, in a process group of its own that is killed as a whole on timeout, abort or too much
 * output. Answers whatever the exit code is; throws only when the program did not run to its end.
 */
export async function run(program: string, args: string[], options: RunOptions): Promise<RunResult> {
  options.signal?.throwIfAborted()
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let failure: Error | undefined
  const stop = (reason: Error): void => {
    failure ??= reason
    killGroup(child)
  }
  const timer = setTimeout(() => stop(timeoutError(options)), options.timeoutMs)
  const onAbort = (): void => stop(abortError(options.signal))
  options.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const stdout = collect(child.stdout, options.maxOutputBytes, () => stop(outputError(options)))
    const stderr = collect(child.stderr, maxStderrBytes, () => undefined)
    // A child that ends early closes its input; its exit code tells more than the broken pipe.
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.input)
    const exitCode = await exitOf(child)
    if (failure !== undefined) throw failure
    return { exitCode, stdout: stdout(), stderr: stderr().toString('utf8') }
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', onAbort)
  }
}

function collect(stream: NodeJS.ReadableStream, limit: number, onExceeded: () => void): () => Buffer {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > limit) onExceeded()
    else chunks.push(chunk)
  })
  return () => Buffer.concat(chunks)
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code))
  })
}

/** Ends a child started with `detached: true` and everything that it started. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group is gone already.
    child.kill('SIGKILL')
  }
}

function abortError(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('aborted')
}

function timeoutError(options: RunOptions): AppError {
  return new AppError(
    'Timeout',
    `${options.what} took longer than ${Math.round(options.timeoutMs / 1000)} s and was stopped.`,
  )
}

function outputError(options: RunOptions): AppError {
  const mebibytes = Math.round(options.maxOutputBytes / 1024 / 1024)
  return new AppError(
    'RequestEntityTooLarge',
    `${options.what} printed more than ${mebibytes} MiB and was stopped.`,
  )
}
