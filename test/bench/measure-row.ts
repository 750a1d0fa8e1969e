import type { ApiClient } from '../faults/api-client.ts'
import type { MeasuredServer } from './api-servers.ts'
import { processUsage } from './process-usage.ts'

/** What one server did in one row of the table. */
export interface Measurement {
  operations: number
  requests: number
  /** Versions of the store. */
  writes: number
  /** Seconds of CPU of the server's processes. */
  cpuSeconds: number
  wallSeconds: number
  peakMiB: number
  residentMiB: number
  /** Resident KiB for each stored object; only where that is what is measured. */
  memoryEach?: number
}

/** Runs `work` and reads what the server used meanwhile; `work` answers how many operations and requests it made. */
export async function measureRow(
  { server, client }: { server: MeasuredServer; client: ApiClient },
  work: () => Promise<{ operations: number; requests: number }>,
): Promise<Measurement> {
  const before = { version: await versionOf(client), cpuSeconds: (await usageOf(server)).cpuSeconds }
  const startedAt = performance.now()
  const done = await work()
  const wallSeconds = (performance.now() - startedAt) / 1000
  const { cpuSeconds, peakMiB, residentMiB } = await usageOf(server)
  return {
    ...done,
    writes: (await versionOf(client)) - before.version,
    cpuSeconds: cpuSeconds - before.cpuSeconds,
    wallSeconds,
    peakMiB,
    residentMiB,
  }
}

/** Of all its processes together. */
export async function usageOf(
  server: MeasuredServer,
): Promise<{ cpuSeconds: number; peakMiB: number; residentMiB: number }> {
  const all = await Promise.all(server.pids().map(processUsage))
  const sum = (field: 'cpuSeconds' | 'peakMiB' | 'residentMiB') =>
    all.reduce((total, usage) => total + usage[field], 0)
  return { cpuSeconds: sum('cpuSeconds'), peakMiB: sum('peakMiB'), residentMiB: sum('residentMiB') }
}

async function versionOf(client: ApiClient): Promise<number> {
  const { text } = await client.send('GET', '/api/v1/namespaces?limit=1')
  return Number((JSON.parse(text) as { metadata: { resourceVersion: string } }).metadata.resourceVersion)
}

/** Calls `operation` with 0 to `count` - 1, at most `inFlight` at once. */
export async function inParallel(
  { count, inFlight }: { count: number; inFlight: number },
  operation: (at: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < count; at = next++) await operation(at)
  }
  await Promise.all(Array.from({ length: Math.min(count, inFlight) }, work))
}
