import { annotations, type Application, finalizers } from '@driftless/api'
import { formatKey, type KubeObject, type ObjectKey, parseApiVersion } from '@driftless/apimachinery'
import { deleteManaged } from '@driftless/kube'
import { type ClusterConnection, instanceOf } from '@driftless/planner'
import type { ReconcileResult } from '../control-loop.ts'
import type { ApplicationControllerOptions } from './controller-options.ts'
import type { ApplicationRuntime } from './application-runtime.ts'
import { writeApplication } from './write-application.ts'

const cascading = [
  finalizers.resources,
  finalizers.resourcesForeground,
  finalizers.resourcesBackground,
] as string[]

/**
 * Deletion of an Application. With a cascading finalizer its objects go first: those of the inventory whose uid is
 * still the same, highest wave first, one wave at a time, waiting for each object to be gone. CRDs, objects with
 * `Delete=false` and Helm's `keep` stay. Where the destination cluster no longer exists the finalizer is dropped
 * (Argo CD behaviour).
 */
export async function deleteApplication(
  options: ApplicationControllerOptions,
  application: Application,
  runtime: ApplicationRuntime,
): Promise<ReconcileResult | undefined> {
  const mine = (application.metadata.finalizers ?? []).filter((finalizer) => cascading.includes(finalizer))
  if (mine.length === 0) return undefined
  const connection = options.clusters.find(application.spec.destination)
  if (connection !== undefined) {
    const remaining = objectsToDelete(options, { application, runtime, connection })
    if (remaining.length > 0) {
      await deleteHighestWave(connection, remaining, mine.includes(finalizers.resourcesBackground))
      return undefined
    }
  }
  await writeApplication(options.client, runtime, { application, write: { dropFinalizers: mine } })
  return undefined
}

interface Remaining {
  key: ObjectKey
  object: KubeObject
  wave: number
  deleting: boolean
}

function objectsToDelete(
  options: ApplicationControllerOptions,
  input: { application: Application; runtime: ApplicationRuntime; connection: ClusterConnection },
): Remaining[] {
  const { application, runtime, connection } = input
  const instance = instanceOf(application, options.controlNamespace)
  const recorded = new Map([...runtime.inventory.values()].map((entry) => [formatKey(entry.key), entry]))
  const appDelete = application.spec.syncPolicy?.syncOptions?.find((option) => option.startsWith('Delete='))
  const remaining: Remaining[] = []
  for (const live of connection.live.managedBy(instance)) {
    const entry = recorded.get(formatKey(live.key))
    if (entry !== undefined && entry.uid !== live.uid) continue
    if (live.key.kind === 'CustomResourceDefinition' || isKept(live.object, appDelete)) continue
    remaining.push({
      key: live.key,
      object: live.object,
      wave: Number(live.object.metadata.annotations?.[annotations.syncWave] ?? 0) || 0,
      deleting: live.deleting,
    })
  }
  return remaining
}

function isKept(object: KubeObject, appDelete: string | undefined): boolean {
  const notes = object.metadata.annotations ?? {}
  if (notes[annotations.helmResourcePolicy] === 'keep') return true
  const own = (notes[annotations.syncOptions] ?? '').split(',').map((option) => option.trim())
  const decision = own.find((option) => option.startsWith('Delete=')) ?? appDelete
  return decision === 'Delete=false'
}

async function deleteHighestWave(
  connection: ClusterConnection,
  remaining: Remaining[],
  background: boolean,
): Promise<void> {
  const highest = Math.max(...remaining.map((entry) => entry.wave))
  const wave = remaining.filter((entry) => entry.wave === highest && !entry.deleting)
  await Promise.all(
    wave.map((entry) =>
      deleteManaged(connection.client, {
        key: entry.key,
        version: parseApiVersion(entry.object.apiVersion).version,
        uid: entry.object.metadata.uid ?? '',
        propagationPolicy: background ? 'Background' : 'Foreground',
      }),
    ),
  )
}
