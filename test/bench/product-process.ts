import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface ProductProcess {
  pid: number
  /** Address of the console and of the Git server. */
  url: string
  /** An administrator's kubeconfig of the Kubernetes API that it works on. */
  kubeconfig: string
  readySeconds: number
  stop(): Promise<void>
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const startTimeoutMs = 120_000

export interface ProductOptions {
  dataDir: string
  adminPassword: string
  /** Folder for one CPU profile a thread, written when the product ends. */
  profileDir?: string | undefined
  /** The cluster to work on, as in production; absent: the embedded one. */
  kubeconfig?: string | undefined
}

/** Starts the built product on free ports and a data dir of its own, and waits until it says that it runs. */
export async function startProduct(options: ProductOptions): Promise<ProductProcess> {
  const { dataDir, adminPassword, profileDir } = options
  const entry = join(root, 'dist', 'driftless.mjs')
  if (!existsSync(entry)) throw new Error('the product is not built: run npm run build')
  const startedAt = performance.now()
  const flags = ['--data-dir', dataDir, '--port', '0', '--log-level', 'warn']
  const command =
    options.kubeconfig === undefined
      ? ['up', '--api-port', '0', '--no-sample']
      : ['server', '--kubeconfig', options.kubeconfig]
  const profile = profileDir === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profileDir]
  const child = spawn(process.execPath, [...profile, entry, ...command, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DRIFTLESS_ADMIN_PASSWORD: adminPassword },
  })
  try {
    const url = await announcement(child)
    return {
      pid: child.pid ?? 0,
      url,
      kubeconfig: options.kubeconfig ?? join(dataDir, 'kubeconfig'),
      readySeconds: (performance.now() - startedAt) / 1000,
      stop: () => stop(child),
    }
  } catch (error) {
    await stop(child)
    throw error
  }
}

function announcement(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (why: string) => reject(new Error(`the product did not start: ${why}\n${output}`))
    const timer = setTimeout(() => fail('no answer in time'), startTimeoutMs)
    const read = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-100_000)
      const url = /running at (https?:\S+)/.exec(output)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk)
      read(chunk)
    })
    child.on('error', (error) => fail(error.message))
    child.on('exit', (code, signal) => fail(`it ended with ${signal ?? `code ${code}`}`))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await ended
  clearTimeout(timer)
}
