import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface ApiProcess {
  pid: number
  url: string
  token: string
  /** Milliseconds from the start of the process until it served. */
  readyMs: number
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves when the process is gone, rejects when it did not end well. */
  stop(): Promise<void>
}

export interface ApiProcessOptions {
  dataDir: string
  /** Flags of node, e.g. `--cpu-prof`. */
  nodeFlags?: readonly string[]
}

const program = fileURLToPath(new URL('server-process.mjs', import.meta.url))
const worker = fileURLToPath(new URL('../../dist/apiserver-worker.mjs', import.meta.url))

/** Starts the built API server in a process of its own, without simulation; `ready` may never come when it is killed. */
export function spawnApiProcess({ dataDir, nodeFlags = [] }: ApiProcessOptions): {
  ready: Promise<ApiProcess>
  kill(): Promise<void>
} {
  if (!existsSync(worker)) throw new Error(`${worker} does not exist: run npm run build`)
  const startedAt = performance.now()
  const child = spawn(
    process.execPath,
    [...nodeFlags, program, JSON.stringify({ dataDir, simulate: false })],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  const stop = async () => {
    child.kill('SIGTERM')
    const code = await ended
    if (code !== 0) throw new Error(`the server ended with code ${code}`)
  }
  const ready = new Promise<ApiProcess>((resolve, reject) => {
    void ended.then(() => reject(new Error('the server ended before it was ready')))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as { type: string; url: string; adminToken: string; message: string }
      const readyMs = performance.now() - startedAt
      if (message.type === 'ready')
        resolve({ pid: child.pid ?? 0, url: message.url, token: message.adminToken, readyMs, kill, stop })
      else if (message.type === 'failed') reject(new Error(message.message))
    })
  })
  return { ready, kill }
}
