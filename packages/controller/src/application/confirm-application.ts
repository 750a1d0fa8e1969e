import { type Application, isCompleted } from '@driftless/api'
import type { ApplicationRuntime } from './application-runtime.ts'
import type { ApplicationControllerOptions } from './controller-options.ts'
import { deletionFinalizers } from './delete-hooks.ts'

/**
 * What a controller finds under way when it comes to life is read once from the server itself: a list or a watch may be
 * behind, and a hook whose end is not seen would be taken for lost and run again. Later the answers of our own writes
 * keep us up to date.
 */
export async function confirmApplication(
  { client, signal }: ApplicationControllerOptions,
  application: Application,
  runtime: ApplicationRuntime,
): Promise<void> {
  if (runtime.confirmed || !(isAtWork(application) || isRunningDeletionHooks(application))) return
  const { apiVersion, kind, metadata } = application
  const current = await client.get(
    { apiVersion, kind, name: metadata.name, namespace: metadata.namespace ?? '' },
    { signal },
  )
  runtime.confirmed = true
  runtime.latest = current as unknown as Application
}

function isAtWork({ status }: Application): boolean {
  return status?.operationState !== undefined && !isCompleted(status.operationState.phase)
}

function isRunningDeletionHooks(application: Application): boolean {
  if (application.metadata.deletionTimestamp === undefined) return false
  return (['PreDelete', 'PostDelete'] as const).some(
    (phase) => deletionFinalizers(application, phase).length > 0,
  )
}
