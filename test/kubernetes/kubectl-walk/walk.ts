import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { binariesFolder } from '../binaries/folder.mjs'
import { differentLines } from './different-lines.ts'
import { type DocumentedOutput, reasonOf } from './documented-output.ts'
import { normalizeOutput } from './normalize-output.ts'
import { argumentsOf, type WalkCommand } from './walk-command.ts'
import { walkFiles } from './walk-files.ts'

/** A cluster that the walk goes through. */
export interface WalkCluster {
  server: string
  caCert: string
  token: string
  /** Name of its one node. */
  node: string
}

export interface WalkStep {
  line: string
  /** What came out on both, exit codes in front; the first is the embedded server's. */
  outputs: readonly [string, string]
  equal: boolean
  /** Why they differ, where that is documented. */
  reason: DocumentedOutput['reason'] | undefined
}

const patienceMs = 15_000
const pauseMs = 250

/** Runs the commands on both clusters, step by step, in folders that look the same. */
export async function walk(
  clusters: readonly [WalkCluster, WalkCluster],
  commands: readonly WalkCommand[],
  folder: string,
): Promise<WalkStep[]> {
  const walkers = clusters.map((cluster, at) => new Walker(cluster, join(folder, String(at))))
  const steps: WalkStep[] = []
  for (const command of commands) steps.push(await stepOf(walkers, command))
  return steps
}

async function stepOf(walkers: readonly Walker[], command: WalkCommand): Promise<WalkStep> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const [embedded = '', real = ''] = await Promise.all(walkers.map((walker) => walker.run(command)))
    const reason = embedded === real ? undefined : reasonOf(command.line, differentLines(embedded, real))
    const settled = embedded === real || reason !== undefined
    if (settled || !command.reads || performance.now() > deadline)
      return { line: command.line, outputs: [embedded, real], equal: embedded === real, reason }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/** kubectl on one cluster, with a home, a configuration and files of its own. */
class Walker {
  #cluster: WalkCluster
  #folder: string

  constructor(cluster: WalkCluster, folder: string) {
    this.#cluster = cluster
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of Object.entries(walkFiles))
      writeFileSync(join(folder, name), text, { mode: 0o755 })
    writeFileSync(join(folder, 'config'), kubeconfigOf(cluster), { mode: 0o600 })
  }

  /** Exit code and both outputs, normalized. */
  async run({ line, sorted }: WalkCommand): Promise<string> {
    const { node } = this.#cluster
    const words = argumentsOf(line).map((word) => (word === 'NODE' ? node : word))
    const { code, stdout, stderr } = await this.#kubectl(words)
    const shown = (text: string): string => normalizeOutput(text, { node, sorted })
    return `exit ${code}\n${shown(stdout)}${stderr === '' ? '' : `stderr:\n${shown(stderr)}`}`
  }

  #kubectl(words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn(join(binariesFolder(), 'kubectl'), words, {
        cwd: this.#folder,
        env: {
          PATH: process.env['PATH'],
          HOME: this.#folder,
          KUBECONFIG: join(this.#folder, 'config'),
          KUBE_EDITOR: './editor.sh',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 90_000,
      })
      let [stdout, stderr] = ['', '']
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
      child.once('error', reject)
      child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
    })
  }
}

function kubeconfigOf({ server, caCert, token }: WalkCluster): string {
  const authority = Buffer.from(caCert).toString('base64')
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'walk',
    clusters: [{ name: 'walk', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'walker', user: { token } }],
    contexts: [{ name: 'walk', context: { cluster: 'walk', user: 'walker', namespace: 'default' } }],
  })
}
