import type { Cluster } from '@driftless/api'
import { messageOf } from '@driftless/api'
import type { Informer, KubeClient } from '@driftless/kube'
import {
  type ControlLoop,
  enqueueFrom,
  type ReconcileResult,
  splitKey,
  startControlLoop,
} from '../control-loop.ts'
import type { Logger } from '../logger.ts'
import { patchStatus } from '../status-condition.ts'

export interface ClusterControllerOptions {
  client: KubeClient
  clusters: Informer
  /** A client for a cluster that is connected, by name. */
  connected(name: string): KubeClient | undefined
  signal: AbortSignal
  log: Logger
}

const recheckMs = 60_000
const retryMs = 10_000

/** Keeps `status` of each Cluster true: does its API answer, and in which version? */
export function startClusterController(options: ClusterControllerOptions): ControlLoop {
  const loop = startControlLoop({
    name: 'cluster',
    workers: 4,
    signal: options.signal,
    log: options.log,
    reconcile: (key) => reconcile(options, splitKey(key).name),
  })
  enqueueFrom(options.clusters, loop, options.signal)
  return loop
}

async function reconcile(
  options: ClusterControllerOptions,
  name: string,
): Promise<ReconcileResult | undefined> {
  const cluster = options.clusters.get('', name) as Cluster | undefined
  if (cluster === undefined || cluster.metadata.deletionTimestamp !== undefined) return undefined
  const seen = await probe(options.connected(name))
  const { status } = cluster
  if (status?.state !== seen.state || status.message !== seen.message || status.version !== seen.version) {
    await patchStatus(options.client, cluster, seen)
  }
  return { requeueAfterMs: seen.state === 'Connected' ? recheckMs : retryMs }
}

async function probe(
  client: KubeClient | undefined,
): Promise<{ state: string; message: string; version: string }> {
  if (client === undefined) return { state: 'Failed', message: 'no usable credentials for it', version: '' }
  try {
    const { status, body } = await client.raw({ method: 'GET', path: '/version' })
    if (status !== 200) return { state: 'Failed', message: `its API answered ${status}`, version: '' }
    const version = (body as { gitVersion?: string }).gitVersion ?? ''
    return { state: 'Connected', message: '', version }
  } catch (error) {
    return { state: 'Failed', message: messageOf(error), version: '' }
  }
}
