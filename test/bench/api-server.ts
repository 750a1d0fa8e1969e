/**
 * The embedded API server beside the real one (etcd that waits for the disk, and kube-apiserver), in one run from one
 * client: this process, 8 connections of TLS and 32 requests asked for at once. Row by row, first one server, then the
 * other; both get the same small work before, to warm up. The last rows fill the stores to 100,000 objects and kill and
 * start the servers.
 *
 *     npm run bench:api -- [--share 0.1] [--fill 100000] [--only embedded|real] [--profile FOLDER] [--rows REGEXP]
 */
import { parseArgs } from 'node:util'
import { ApiClient } from '../faults/api-client.ts'
import { benchConfigMap, benchNamespaces, configMaps } from './api-objects.ts'
import { type Row, rows } from './api-rows.ts'
import { type MeasuredServer, startEmbedded, startReal } from './api-servers.ts'
import { inParallel, type Measurement, measureRow, usageOf } from './measure-row.ts'
import { processUsage } from './process-usage.ts'
import { printHead, printRow, printVerdict, say, type TableRow } from './print-table.ts'

const connections = 8
const inFlight = 32
const warmUpShare = 0.05

interface Contender {
  server: MeasuredServer
  client: ApiClient
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      share: { type: 'string', default: '1' },
      fill: { type: 'string', default: '100000' },
      only: { type: 'string' },
      profile: { type: 'string' },
      rows: { type: 'string', default: '' },
    },
  })
  const servers: MeasuredServer[] = []
  try {
    if (values.only !== 'real') servers.push(await startEmbedded(values.profile))
    if (values.only !== 'embedded') servers.push(await startReal())
    const contenders = servers.map((server) => ({ server, client: new ApiClient(server, connections) }))
    const table: TableRow[] = []
    await Promise.all(contenders.map(({ client }) => prepare(client)))
    const before = await Promise.all(contenders.map(({ server }) => usageOf(server)))
    const print = (row: TableRow): void => {
      table.push(row)
      printRow(
        row,
        servers.map(({ name }) => name),
      )
    }
    printHead()
    for (const row of rows.filter(({ name }) => new RegExp(values.rows).test(name)))
      print(await measureOn(contenders, row, Number(values.share)))
    if (Number(values.fill) > 0)
      for (const row of await fillAndRestart(contenders, Number(values.fill), before)) print(row)
    printVerdict(table)
    for (const { client } of contenders) await client.close()
    for (const server of servers) await sayThreads(server)
  } finally {
    for (const server of servers) await server.close()
  }
}

async function prepare(client: ApiClient): Promise<void> {
  for (const name of benchNamespaces) {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    const { code, text } = await client.send('POST', '/api/v1/namespaces', { body })
    if (code !== 201) throw new Error(`namespace ${name}: ${code} ${text}`)
  }
}

async function measureOn(contenders: readonly Contender[], row: Row, share: number): Promise<TableRow> {
  const measured: Measurement[] = []
  for (const contender of contenders) {
    const { client } = contender
    await row.run({ client, set: 'warm', share: warmUpShare })
    measured.push(await measureRow(contender, () => row.run({ client, set: 'measured', share })))
  }
  return { name: row.name, unit: row.unit, required: row.required, measured }
}

/** 100,000 small objects: what each costs, and how long a start takes that finds them. */
async function fillAndRestart(
  contenders: readonly Contender[],
  objects: number,
  before: readonly { residentMiB: number }[],
): Promise<TableRow[]> {
  const filled: Measurement[] = []
  const memory: Measurement[] = []
  const started: Measurement[] = []
  for (const [at, { server, client }] of contenders.entries()) {
    const count = objects - (await objectsOf(client))
    const fill = await measureRow({ server, client }, async () => {
      await inParallel({ count, inFlight }, (name) => create(client, `filled-${name}`))
      return { operations: count, requests: count }
    })
    filled.push(fill)
    memory.push({
      ...fill,
      memoryEach: ((fill.residentMiB - (before[at]?.residentMiB ?? 0)) * 1024) / objects,
    })
    const startedAt = performance.now()
    await server.restart()
    const wallSeconds = (performance.now() - startedAt) / 1000
    const used = await usageOf(server)
    started.push({ operations: objects, requests: 0, writes: 0, wallSeconds, ...used })
    await requireStored(server, objects)
  }
  return [
    { name: `create until there are ${objects}`, unit: 'request', required: true, measured: filled },
    { name: 'memory per object', unit: 'object', required: true, measured: memory },
    { name: `kill -9, start with ${objects}`, unit: 'object', required: false, measured: started },
  ]
}

async function create(client: ApiClient, name: string): Promise<void> {
  const { code, text } = await client.send('POST', configMaps('filled'), {
    body: JSON.stringify(benchConfigMap(name)),
  })
  if (code !== 201) throw new Error(`create: ${code} ${text.slice(0, 500)}`)
}

/** How many ConfigMaps and Deployments there are. */
async function objectsOf(client: ApiClient): Promise<number> {
  let count = 0
  for (const path of ['/api/v1/configmaps', '/apis/apps/v1/deployments']) {
    const { text } = await client.send('GET', `${path}?limit=1`)
    const list = JSON.parse(text) as { items: unknown[]; metadata: { remainingItemCount?: number } }
    count += list.items.length + (list.metadata.remainingItemCount ?? 0)
  }
  return count
}

async function requireStored(server: MeasuredServer, objects: number): Promise<void> {
  const client = new ApiClient(server, 1)
  const found = await objectsOf(client)
  await client.close()
  if (found < objects) throw new Error(`${server.name} has ${found} of ${objects} objects after kill -9`)
}

async function sayThreads(server: MeasuredServer): Promise<void> {
  const usages = await Promise.all(server.pids().map(processUsage))
  const threads = usages.flatMap((usage) => usage.threads).toSorted((a, b) => b.cpuSeconds - a.cpuSeconds)
  const texts = threads.slice(0, 8).map(({ name, cpuSeconds }) => `${name} ${cpuSeconds.toFixed(1)} s`)
  say(`CPU by thread of ${server.name} since its last start: ${texts.join(', ')}`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 1
})
