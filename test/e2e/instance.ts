import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkDataDir } from '../../packages/apiserver/src/index.ts'

const root = new URL('../..', import.meta.url).pathname
export const cliFile = join(root, 'dist/driftless.mjs')
const execute = promisify(execFile)

/** The built product, started as a person would, in a data dir of its own. */
export interface Instance {
  url: string
  apiUrl: string
  password: string
  dataDir: string
  kubeconfig: string
  process: ChildProcess
  /** Everything that it has printed so far. */
  output(): string
  /** `kill -9`, as a power cut would. */
  kill(): Promise<void>
  stop(): Promise<void>
}

export async function makeFolder(name: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `driftless-${name}-`))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Ports are kept over restarts when given. */
export async function startInstance(input: {
  dataDir: string
  port?: number
  apiPort?: number
  /** Further flags of `driftless up`. */
  flags?: string[]
}): Promise<Instance> {
  const flags = ['--api-port', String(input.apiPort ?? 0), ...(input.flags ?? [])]
  return start({ ...input, command: 'up', flags, ready: 'Stop with Ctrl-C' })
}

/** `driftless server` on a cluster that is there. The password is told at the first start only. */
export async function startServerOn(input: {
  kubeconfig: string
  dataDir: string
  port?: number
  first: boolean
}): Promise<Instance> {
  const flags = ['--kubeconfig', input.kubeconfig, '--log-level', 'warn']
  const ready = input.first ? 'with password' : 'is running at'
  const instance = await start({ ...input, command: 'server', flags, ready })
  return { ...instance, kubeconfig: input.kubeconfig }
}

async function start(input: {
  command: string
  dataDir: string
  port?: number
  flags: string[]
  /** Printed when it can be used. */
  ready: string
}): Promise<Instance> {
  if (!existsSync(cliFile)) throw new Error(`${cliFile} does not exist: run npm run build`)
  const place = ['--data-dir', input.dataDir, '--port', String(input.port ?? 0)]
  const child = spawn(process.execPath, [cliFile, input.command, ...place, ...input.flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const text = await readUntilReady(child, closed, input.ready)
  const find = (pattern: RegExp) => pattern.exec(text)?.[1] ?? ''
  return {
    url: find(/running at (\S+)/),
    password: find(/with password (\S+)/),
    apiUrl: find(/Embedded Kubernetes API +(\S+)/),
    kubeconfig: find(/KUBECONFIG=(\S+)/),
    dataDir: input.dataDir,
    process: child,
    output: () => output,
    kill: async () => {
      child.kill('SIGKILL')
      await closed
      await requireSoundStores(input.dataDir)
    },
    stop: async () => {
      child.kill('SIGTERM')
      await closed
      await requireSoundStores(input.dataDir)
    },
  }
}

/** Whatever ended the product, the stores of its embedded clusters are in order. */
async function requireSoundStores(dataDir: string): Promise<void> {
  const more = join(dataDir, 'clusters')
  const others = existsSync(more) ? (await readdir(more)).map((name) => join(more, name)) : []
  for (const folder of [join(dataDir, 'cluster'), ...others]) {
    const faults = existsSync(folder) ? await checkDataDir(folder) : []
    if (faults.length > 0) throw new Error(`the store in ${folder} is at fault: ${faults.join('; ')}`)
  }
}

function readUntilReady(child: ChildProcess, closed: Promise<void>, ready: string): Promise<string> {
  let output = ''
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-20_000)
  })
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (new RegExp(`${ready}.*\\n`).test(output)) resolve(output)
    })
    void closed.then(() => reject(new Error(`driftless ended:\n${output}\n${errors}`)))
  })
}

/** Runs the CLI with its own configuration folder; never throws for an exit code. */
export async function cli(
  instance: Pick<Instance, 'dataDir'>,
  args: string[],
  input = '',
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [cliFile, ...args], {
    env: { ...process.env, XDG_CONFIG_HOME: join(instance.dataDir, '..', 'config') },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.stdin.end(input)
  const code = await new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? 1)))
  return { code, stdout, stderr }
}

export async function logIn(instance: Instance): Promise<void> {
  const { code, stderr } = await cli(
    instance,
    ['login', '--server', instance.url, '--username', 'admin', '--password-stdin'],
    `${instance.password}\n`,
  )
  if (code !== 0) throw new Error(`login failed: ${stderr}`)
}

/** A working copy of a repository that the instance serves, with the administrator's password. */
export async function cloneRepository(
  instance: Instance,
  input: { repository: string; folder: string },
): Promise<WorkingCopy> {
  const url = new URL(`${instance.url}/git/demo-project/${input.repository}.git`)
  url.username = 'admin'
  url.password = instance.password
  await execute('git', ['clone', '--quiet', url.href, input.folder])
  return workingCopy(input.folder)
}

export interface WorkingCopy {
  folder: string
  git(...args: string[]): Promise<string>
  /** Commits everything and pushes; answers the commit. */
  push(message: string): Promise<string>
}

function workingCopy(folder: string): WorkingCopy {
  const git = async (...args: string[]) => {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid']
    const { stdout } = await execute('git', ['-C', folder, ...identity, ...args])
    return stdout.trim()
  }
  return {
    folder,
    git,
    push: async (message) => {
      await git('add', '--all')
      await git('commit', '--quiet', '--message', message)
      await git('push', '--quiet', 'origin', 'HEAD')
      return git('rev-parse', 'HEAD')
    },
  }
}
