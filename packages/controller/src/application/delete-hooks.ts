import { AppError, type Application, fieldManager, finalizers, type HookType } from '@driftless/api'
import { formatKey, gvkOf, type KubeObject } from '@driftless/apimachinery'
import { operationAnnotation, type Target } from '@driftless/engine'
import { applyManaged, deleteManaged, releaseManaged } from '@driftless/kube'
import type { ClusterConnection, DesiredState } from '@driftless/planner'
import type { ApplicationControllerOptions } from './controller-options.ts'
import { type ApplicationRuntime, noteWritten } from './application-runtime.ts'
import { requireReadable } from './require-readable.ts'
import { writeClientFor } from './write-client.ts'

export type DeletePhase = Extract<HookType, 'PreDelete' | 'PostDelete'>

/** The first stands for the run of the hooks, the second for their removal afterwards. */
const finalizersOf: Record<DeletePhase, readonly [string, string]> = {
  PreDelete: [finalizers.preDelete, finalizers.preDeleteCleanup],
  PostDelete: [finalizers.postDelete, finalizers.postDeleteCleanup],
}

/** Finalizers that the application lacks for the deletion hooks that Git holds (`argocd.md` §2.7). */
export function missingFinalizers(application: Application, desired: DesiredState): string[] {
  if (application.metadata.deletionTimestamp !== undefined) return []
  const wanted = (['PreDelete', 'PostDelete'] as const).filter((phase) =>
    desired.targets.some(({ hook }) => hook.includes(phase)),
  )
  const given = application.metadata.finalizers ?? []
  return wanted.flatMap((phase) => finalizersOf[phase]).filter((name) => !given.includes(name))
}

/** Those that a deletion still has to take away; `run`: only that of the run. */
export function deletionFinalizers(application: Application, phase: DeletePhase, part?: 'run'): string[] {
  const [run, cleanup] = finalizersOf[phase]
  const wanted = part === 'run' ? [run] : [run, cleanup]
  return (application.metadata.finalizers ?? []).filter((name) => wanted.includes(name))
}

export interface DeletionContext {
  options: ApplicationControllerOptions
  application: Application
  runtime: ApplicationRuntime
  connection: ClusterConnection
}

/**
 * Runs the hooks of a phase of a deletion. True when all are through; otherwise wait for objects to change. A hook that
 * fails goes, so that it can run again, and the deletion stops there.
 * @throws AppError `BadRequest` when a hook failed; those of Git and the cluster as they are.
 */
export async function runDeletionHooks(context: DeletionContext, phase: DeletePhase): Promise<boolean> {
  const targets = await hooksOf(context, phase)
  let waiting = false
  for (const target of targets) {
    const old = liveOf(context, target)
    const ran = old?.metadata.annotations?.[operationAnnotation] === runOf(context, phase)
    const live = ran ? old : await startHook(context, { target, phase, old })
    if (live === undefined) {
      waiting = true
      continue
    }
    await context.options.planner.health.prepare([live])
    const health = context.options.planner.health.of(live)
    if (health?.status === 'Degraded' || health?.status === 'Unknown') {
      await removeHook(context, live)
      throw new AppError(
        'BadRequest',
        `${phase} hook ${target.key.kind} ${target.key.name} failed: ${health.message}`,
      )
    }
    if (health !== undefined && health.status !== 'Healthy') waiting = true
  }
  return !waiting
}

/** Takes away, by their policies, the hooks that ran. */
export async function cleanDeletionHooks(context: DeletionContext, phase: DeletePhase): Promise<void> {
  for (const target of await hooksOf(context, phase)) {
    const live = liveOf(context, target)
    if (live?.metadata.annotations?.[operationAnnotation] !== runOf(context, phase)) continue
    if (target.deletePolicies.includes('HookSucceeded')) await removeHook(context, live)
    else await releaseManaged(clientOf(context), live, finalizers.hook)
  }
}

async function hooksOf(
  { options, application, connection }: DeletionContext,
  phase: DeletePhase,
): Promise<Target[]> {
  const desired = await options.planner.readDesired({ application, connection, signal: options.signal })
  const hooks = desired.targets
    .filter(({ hook }) => hook.includes(phase))
    .sort((a, b) => a.wave - b.wave || (a.key.name < b.key.name ? -1 : 1))
  await requireReadable(
    connection,
    hooks.map(({ key, object }) => ({ key, apiVersion: object.apiVersion })),
  )
  return hooks
}

/** The same after a restart, so that a hook runs once for one deletion. */
function runOf({ application }: DeletionContext, phase: DeletePhase): string {
  return `${application.metadata.deletionTimestamp ?? ''}/${phase}`
}

function liveOf({ runtime, connection }: DeletionContext, target: Target): KubeObject | undefined {
  const written = runtime.written.get(formatKey(target.key))
  return written === null ? undefined : (written ?? connection.live.get(target.key)?.object)
}

function clientOf({ options, application, connection }: DeletionContext) {
  return writeClientFor(options, application, connection)
}

/** The hook as it was made; `undefined` while one of an earlier deletion has to go first. */
async function startHook(
  context: DeletionContext,
  { target, phase, old }: { target: Target; phase: DeletePhase; old: KubeObject | undefined },
): Promise<KubeObject | undefined> {
  if (old !== undefined) {
    if (old.metadata.deletionTimestamp === undefined) await removeHook(context, old)
    return undefined
  }
  const { metadata } = target.object
  const object: KubeObject = {
    ...target.object,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [operationAnnotation]: runOf(context, phase) },
      finalizers: [...new Set([...(metadata.finalizers ?? []), finalizers.hook])],
    },
  }
  const answer = await applyManaged(clientOf(context), object, { manager: fieldManager })
  noteWritten(context.runtime, context.connection.live, {
    key: target.key,
    uid: answer.metadata.uid ?? '',
    answer,
  })
  return answer
}

async function removeHook(context: DeletionContext, live: KubeObject): Promise<void> {
  const client = clientOf(context)
  const { group, version, kind } = gvkOf(live)
  const key = { group, kind, namespace: live.metadata.namespace ?? '', name: live.metadata.name }
  const uid = live.metadata.uid ?? ''
  await releaseManaged(client, live, finalizers.hook)
  const left = await deleteManaged(client, { key, version, uid, propagationPolicy: 'Background' })
  noteWritten(context.runtime, context.connection.live, { key, uid, answer: left ?? null })
}
