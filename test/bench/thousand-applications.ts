/**
 * The work that the peers were measured with: 1,000 applications from one Git repository, each 3 ConfigMaps and a
 * Service, automated with prune and self-heal, until all are Synced and Healthy. It runs the built product with its
 * embedded Kubernetes API, or with `--real` on etcd and kube-apiserver, as a process of its own, and reads what that
 * process used from the operating system.
 *
 *     npm run build && npx tsx test/bench/thousand-applications.ts [applications] [--real] [--timeout SECONDS] [--profile FOLDER]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createClient, type KubeClient, loadKubeconfig } from '@driftless/kube'
import { followApplications, type Progress } from './application-progress.ts'
import {
  createApplications,
  createRepositoryObject,
  createSurroundings,
  names,
  repositoryUrl,
} from './bench-objects.ts'
import { makeRepository, pushRepository, servedFolder } from './bench-repository.ts'
import { type ProcessUsage, processUsage } from './process-usage.ts'
import { startControlPlane } from '../kubernetes/control-plane/start-control-plane.ts'
import { type ProductProcess, startProduct } from './product-process.ts'
import { difference, type RequestCounts, readRequestCounts } from './request-counts.ts'

const idleSeconds = 30
const password = 'bench-password-of-one-run'

interface Measured {
  real: boolean
  count: number
  startedAt: number
  progress: Progress
  usage: { before: ProcessUsage; after: ProcessUsage; idle: ProcessUsage }
  requests: { before: RequestCounts; after: RequestCounts; idle: RequestCounts }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      real: { type: 'boolean', default: false },
      timeout: { type: 'string', default: '600' },
      profile: { type: 'string' },
    },
  })
  const count = Number(positionals[0] ?? 1000)
  const folder = await mkdtemp(join(tmpdir(), 'driftless-bench-'))
  const dataDir = join(folder, 'data')
  const cluster = values.real ? await startControlPlane({ workloads: false, durable: true }) : undefined
  let product: ProductProcess | undefined
  let client: KubeClient | undefined
  try {
    await makeRepository(join(folder, 'apps.git'), count)
    product = await startProduct({
      dataDir,
      adminPassword: password,
      profileDir: values.profile,
      kubeconfig: cluster?.kubeconfig,
    })
    say(`product ready after ${product.readySeconds.toFixed(1)} s`)
    client = createClient(await loadKubeconfig({ path: product.kubeconfig }))
    await createSurroundings(client)
    await createRepositoryObject(client, product.url)
    await pushRepository(join(folder, 'apps.git'), {
      url: repositoryUrl(product.url),
      user: 'admin',
      password,
      served: servedFolder(dataDir, names.project, names.repository),
    })
    say(`repository of ${count} folders pushed`)
    report(
      await measure(product, client, {
        count,
        real: values.real,
        timeoutMs: Number(values.timeout) * 1000,
      }),
    )
  } finally {
    await client?.close()
    await product?.stop()
    await cluster?.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(
  product: ProductProcess,
  client: KubeClient,
  { count, real, timeoutMs }: { count: number; real: boolean; timeoutMs: number },
): Promise<Measured> {
  const before = {
    usage: await processUsage(product.pid),
    requests: await readRequestCounts(client, product.url),
  }
  const startedAt = performance.now()
  const progress = followApplications(client, { namespace: names.project, count, timeoutMs })
  await Promise.all([createApplications(client, product.url, count), progress.finished])
  const after = {
    usage: await processUsage(product.pid),
    requests: await readRequestCounts(client, product.url),
  }
  say(`all are Synced and Healthy; now ${idleSeconds} s with nothing to do`)
  await sleep(idleSeconds * 1000)
  const idle = {
    usage: await processUsage(product.pid),
    requests: await readRequestCounts(client, product.url),
  }
  return {
    count,
    real,
    startedAt,
    progress,
    usage: { before: before.usage, after: after.usage, idle: idle.usage },
    requests: { before: before.requests, after: after.requests, idle: idle.requests },
  }
}

function report(measured: Measured): void {
  const { count, progress, usage, requests } = measured
  const seconds = (nth: number) =>
    (((progress.doneAt[nth] ?? Number.NaN) - measured.startedAt) / 1000).toFixed(1)
  const cpu = usage.after.cpuSeconds - usage.before.cpuSeconds
  const childCpu = usage.after.childCpuSeconds - usage.before.childCpuSeconds
  const idleCores = (usage.idle.cpuSeconds - usage.after.cpuSeconds) / idleSeconds
  const rows: [string, string, string, string][] = [
    ['', `Driftless (${count} applications)`, 'Argo CD (1,000)', 'Flux (435 of 1,000)'],
    [
      'first, half, all healthy',
      `${seconds(0)} s, ${seconds(Math.floor(count / 2))} s, ${seconds(count - 1)} s`,
      '44 s, 210 s, 403 s',
      '–, –, not after 405 s',
    ],
    ['CPU', `${cpu.toFixed(1)} s + ${childCpu.toFixed(1)} s of git`, '553 s + 26 s repo-server', '628 s'],
    ['peak memory', `${usage.after.peakMiB.toFixed(0)} MiB`, '967 + 119 MiB', '220 + 92 MiB'],
    ['API requests an application', requestsEach(measured).toFixed(2), '37', 'about 31'],
    ['writes an application', writesEach(measured), '', ''],
    ['idle afterwards', `${(idleCores * 100).toFixed(1)} % of a core`, '31 % of a core', '–'],
  ]
  say('')
  for (const row of rows) say(`| ${row.join(' | ')} |`)
  say('')
  if (!measured.real)
    say('CPU and memory of Driftless include its Kubernetes API server; those of the peers do not.')
  say(`requests an application: ${requestsByKind(measured)}`)
  say(
    `writes to Applications seen on a watch: ${(progress.events / count).toFixed(2)} an application, its creation among them`,
  )
  say(`writes in the ${idleSeconds} idle seconds: ${requests.idle.version - requests.after.version}`)
  const threads = usage.after.threads.map(
    ({ name, id, cpuSeconds }) => `${name} ${id}: ${cpuSeconds.toFixed(1)} s`,
  )
  say(`CPU by thread since the start: ${threads.join(', ')}`)
}

/** Requests that the product made; those that the API server answered to the bench are not among them. */
function requestsEach({ count, requests }: Measured): number {
  const byKind = difference(requests.before.byKind, requests.after.byKind)
  return Object.values(byKind).reduce((sum, kind) => sum + kind, 0) / count
}

function requestsByKind({ count, requests }: Measured): string {
  return Object.entries(difference(requests.before.byKind, requests.after.byKind))
    .sort(([, left], [, right]) => right - left)
    .map(([kind, requested]) => `${kind} ${(requested / count).toFixed(2)}`)
    .join(', ')
}

function writesEach({ count, requests }: Measured): string {
  const writes = requests.after.version - requests.before.version - count
  return `${(writes / count).toFixed(2)} (versions of the store, without the creation of the application)`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
