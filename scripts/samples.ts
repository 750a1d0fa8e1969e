/**
 * `npm run samples -- BUNDLE`: serves a Git bundle from a throw-away instance and deploys a list of its directories
 * through the CLI, one application each. Prints for each: state, objects, requests, writes and seconds; fails when one
 * ends other than expected.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cli = join(root, 'dist/driftless.mjs')
const execute = promisify(execFile)

interface Sample {
  path: string
  /** Part of the message that the sample is expected to end with; absent: Synced and Healthy. */
  expectedError?: string
}

const samples: Sample[] = [
  { path: 'guestbook' },
  { path: 'kustomize-guestbook' },
  { path: 'helm-guestbook' },
  { path: 'helm-hooks' },
  { path: 'sock-shop' },
  { path: 'sync-waves' },
  { path: 'pre-post-sync' },
  { path: 'helm-dependency', expectedError: 'network' },
]

interface Row {
  sample: string
  ok: boolean
  sync: string
  health: string
  objects: number
  requests: number
  writes: number
  seconds: number
  message: string
}

interface ApplicationJson {
  application: {
    status?: {
      sync?: { status: string }
      health?: { status?: string }
      resources?: unknown[]
      conditions?: { type: string; message?: string }[]
      operationState?: { phase: string; message?: string; syncResult?: { resources?: unknown[] } }
    }
  }
}

async function main(): Promise<void> {
  const bundle = process.argv[2]
  if (bundle === undefined || !existsSync(bundle)) {
    process.stderr.write(
      'usage: npm run samples -- BUNDLE   (a Git bundle, e.g. of argoproj/argocd-example-apps)\n',
    )
    process.exit(2)
  }
  const folder = await mkdtemp(join(tmpdir(), 'driftless-samples-'))
  const instance = await startInstance(join(folder, 'data'))
  try {
    await importBundle(resolve(bundle), join(folder, 'data'), instance)
    process.stdout.write(
      'sample               result  sync       health       objects requests writes seconds  message\n',
    )
    const rows: Row[] = []
    for (const sample of samples) {
      const row = await deploy(sample, instance, folder)
      print(row)
      rows.push(row)
    }
    process.exitCode = rows.every((row) => row.ok) ? 0 : 1
  } finally {
    instance.stop()
    await instance.stopped
    await rm(folder, { recursive: true, force: true })
  }
}

interface Instance {
  url: string
  password: string
  kubeconfig: string
  stop(): void
  stopped: Promise<void>
}

function startInstance(dataDir: string): Promise<Instance> {
  const child = spawn(
    process.execPath,
    [cli, 'up', '--data-dir', dataDir, '--port', '0', '--api-port', '0'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const stopped = new Promise<void>((done) => child.on('close', () => done()))
  return new Promise((done, fail) => {
    let text = ''
    child.on('close', () => fail(new Error('the instance ended before it was ready')))
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const url = /running at (\S+)/.exec(text)?.[1]
      const password = /with password (\S+)/.exec(text)?.[1]
      const kubeconfig = /KUBECONFIG=(\S+)/.exec(text)?.[1]
      if (url === undefined || password === undefined || kubeconfig === undefined) return
      done({ url, password, kubeconfig, stopped, stop: () => child.kill('SIGTERM') })
    })
  })
}

async function importBundle(bundle: string, dataDir: string, instance: Instance): Promise<void> {
  const target = join(dataDir, 'git/demo-project/examples.git')
  await execute('git', ['clone', '--quiet', '--bare', bundle, target])
  const login = spawn(
    process.execPath,
    [cli, 'login', '--server', instance.url, '--username', 'admin', '--password-stdin'],
    {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: environment(dataDir),
    },
  )
  login.stdin.end(`${instance.password}\n`)
  await new Promise<void>((done, fail) => {
    login.on('close', (code) => (code === 0 ? done() : fail(new Error('login failed'))))
  })
  await runCli(dataDir, [
    'repo',
    'add',
    'examples',
    '--devops',
    'demo-project',
    '--url',
    `${instance.url}/git/demo-project/examples.git`,
  ])
}

function environment(dataDir: string): NodeJS.ProcessEnv {
  return { ...process.env, XDG_CONFIG_HOME: join(dirname(dataDir), 'config') }
}

async function runCli(dataDir: string, args: string[]): Promise<{ code: number; output: string }> {
  try {
    const { stdout, stderr } = await execute(process.execPath, [cli, ...args], {
      env: environment(dataDir),
      maxBuffer: 64 << 20,
    })
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const failure = error as { code?: number; stdout?: string; stderr?: string }
    return { code: failure.code ?? 1, output: `${failure.stdout ?? ''}${failure.stderr ?? ''}` }
  }
}

async function deploy(sample: Sample, instance: Instance, folder: string): Promise<Row> {
  const dataDir = join(folder, 'data')
  const name = sample.path
  const before = await countRequests(instance)
  const startedAt = performance.now()
  const created = await runCli(dataDir, [
    'app',
    'create',
    name,
    '--devops',
    'demo-project',
    '--repo',
    'examples',
    '--path',
    sample.path,
    '--cluster',
    'in-cluster',
    '--namespace',
    `demo-${name}`,
    '--sync-option',
    'CreateNamespace=true',
  ])
  const synced =
    created.code === 0
      ? await runCli(dataDir, [
          'app',
          'sync',
          name,
          '--devops',
          'demo-project',
          '--timeout',
          '180',
          '--wait-healthy',
        ])
      : created
  const seconds = (performance.now() - startedAt) / 1000
  const after = await countRequests(instance)
  const { application } =
    created.code === 0
      ? await readApplication(dataDir, name)
      : { application: {} as ApplicationJson['application'] }
  const { status } = application
  const outcome = status?.operationState?.message ?? (synced.code === 0 ? '' : synced.output.trim())
  const message = [outcome, ...(status?.conditions ?? []).map((condition) => condition.message ?? '')]
    .filter((text) => text !== '')
    .join('; ')
  const sync = status?.sync?.status ?? 'Unknown'
  const health = status?.health?.status ?? 'Unknown'
  const ok =
    sample.expectedError === undefined
      ? sync === 'Synced' && health === 'Healthy'
      : message.includes(sample.expectedError)
  return {
    sample: name,
    ok,
    sync,
    health,
    objects: status?.operationState?.syncResult?.resources?.length ?? 0,
    requests: after.requests - before.requests,
    writes: after.writes - before.writes,
    seconds,
    message,
  }
}

async function readApplication(dataDir: string, name: string): Promise<ApplicationJson> {
  const { output } = await runCli(dataDir, ['app', 'get', name, '--devops', 'demo-project', '-o', 'json'])
  const parsed = JSON.parse(output) as ApplicationJson | ApplicationJson['application']
  return 'application' in parsed ? parsed : { application: parsed }
}

/** Requests that the daemon made to Kubernetes, from its metrics. */
async function countRequests(instance: Instance): Promise<{ requests: number; writes: number }> {
  const response = await fetch(`${instance.url}/metrics`)
  const text = await response.text()
  const sum = (pattern: RegExp) =>
    [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1] ?? 0), 0)
  return {
    requests: sum(/^driftless_kube_requests_total\{[^}]*\} (\d+)/gm),
    writes: sum(
      /^driftless_kube_requests_total\{[^}]*verb="(?:create|update|patch|apply|delete)"[^}]*\} (\d+)/gm,
    ),
  }
}

function print(row: Row): void {
  const cells = [
    row.sample.padEnd(20),
    (row.ok ? 'ok' : 'FAILED').padEnd(7),
    row.sync.padEnd(10),
    row.health.padEnd(12),
    String(row.objects).padStart(7),
    String(row.requests).padStart(8),
    String(row.writes).padStart(6),
    row.seconds.toFixed(1).padStart(7),
    ` ${row.message.split('\n')[0] ?? ''}`,
  ]
  process.stdout.write(`${cells.join(' ')}\n`)
}

await main()
