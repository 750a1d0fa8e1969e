import { type GitRepository, messageOf } from '@driftless/api'
import type { Informer, KubeClient } from '@driftless/kube'
import type { RepositoryAccess, SourceService } from '@driftless/source'
import {
  type ControlLoop,
  enqueueFrom,
  type ReconcileResult,
  splitKey,
  startControlLoop,
} from '../control-loop.ts'
import type { Logger } from '../logger.ts'
import { patchStatus } from '../status-condition.ts'

export interface RepositoryControllerOptions {
  client: KubeClient
  repositories: Informer
  source: SourceService
  accessFor(namespace: string, repoURL: string): Promise<RepositoryAccess>
  now(): Date
  signal: AbortSignal
  log: Logger
}

/** How often the connection of a repository that works is tested again, beside every change of the object. */
const recheckMs = 10 * 60_000
const retryMs = 60_000

/** Keeps `status.connection` of each GitRepository true: can it be reached, with these credentials? */
export function startRepositoryController(options: RepositoryControllerOptions): ControlLoop {
  const loop = startControlLoop({
    name: 'repository',
    workers: 4,
    signal: options.signal,
    log: options.log,
    reconcile: (key) => reconcile(options, key),
  })
  enqueueFrom(options.repositories, loop, options.signal)
  return loop
}

async function reconcile(
  options: RepositoryControllerOptions,
  key: string,
): Promise<ReconcileResult | undefined> {
  const { namespace, name } = splitKey(key)
  const repository = options.repositories.get(namespace, name) as GitRepository | undefined
  if (repository === undefined || repository.metadata.deletionTimestamp !== undefined) return undefined
  const connection = await testConnection(options, namespace, repository.spec.url)
  const old = repository.status?.connection
  if (old?.state !== connection.state || (old.message ?? '') !== connection.message) {
    await patchStatus(options.client, repository, {
      connection: { ...connection, checkedAt: options.now().toISOString() },
      ...(connection.defaultBranch === undefined ? {} : { defaultBranch: connection.defaultBranch }),
    })
  }
  return { requeueAfterMs: connection.state === 'Connected' ? recheckMs : retryMs }
}

async function testConnection(
  options: RepositoryControllerOptions,
  namespace: string,
  url: string,
): Promise<{ state: 'Connected' | 'Failed'; message: string; defaultBranch?: string }> {
  try {
    const result = await options.source.test(await options.accessFor(namespace, url))
    if (result.ok) return { state: 'Connected', message: '', defaultBranch: result.defaultBranch }
    return { state: 'Failed', message: result.message }
  } catch (error) {
    return { state: 'Failed', message: messageOf(error) }
  }
}
