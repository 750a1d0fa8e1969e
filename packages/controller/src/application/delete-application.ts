import { AppError, type Application, finalizers, isAppError, messageOf } from '@driftless/api'
import { formatKey, keyOf, parseApiVersion } from '@driftless/apimachinery'
import { type Doomed, isConfirmed, parseSyncOptions, planCascade } from '@driftless/engine'
import { deleteManaged } from '@driftless/kube'
import { instanceOf } from '@driftless/planner'
import type { ReconcileResult } from '../control-loop.ts'
import { mergeConditions } from './application-status.ts'
import type { ApplicationControllerOptions } from './controller-options.ts'
import { type ApplicationRuntime, followCluster, noteWritten } from './application-runtime.ts'
import { confirmProject } from './confirm-project.ts'
import {
  cleanDeletionHooks,
  type DeletePhase,
  deletionFinalizers,
  type DeletionContext,
  runDeletionHooks,
} from './delete-hooks.ts'
import { isLasting, mayPass, passingWaitMs } from './failed-pass.ts'
import { requireReadable } from './require-readable.ts'
import { writeApplication } from './write-application.ts'
import { writeClientFor } from './write-client.ts'

const cascading = [
  finalizers.resources,
  finalizers.resourcesForeground,
  finalizers.resourcesBackground,
] as string[]

/**
 * Deletion of an Application, one step a pass: PreDelete hooks, the cascade, PostDelete hooks; each step takes its finalizers
 * away when it is through. Where the destination cluster is no longer registered the finalizers are dropped (Argo CD
 * behaviour); one that only cannot be reached is waited for.
 */
export async function deleteApplication(
  options: ApplicationControllerOptions,
  application: Application,
  runtime: ApplicationRuntime,
): Promise<ReconcileResult | undefined> {
  const connection = options.clusters.find(application.spec.destination)
  const pre = deletionFinalizers(application, 'PreDelete')
  const post = deletionFinalizers(application, 'PostDelete')
  const mine = (application.metadata.finalizers ?? []).filter((finalizer) => cascading.includes(finalizer))
  const dropping = (names: string[]) =>
    writeApplication(options.client, runtime, { application, write: { dropFinalizers: names } })
  if (pre.length + mine.length + post.length === 0) return undefined
  if (connection === undefined) {
    await dropping([...pre, ...mine, ...post])
    return undefined
  }
  followCluster(runtime, connection.name)
  const context = { options, application, runtime, connection }
  try {
    const through = await nextStep(context, { pre, mine, post })
    if (through !== undefined) await dropping(through)
    runtime.failures = 0
    return undefined
  } catch (error) {
    if (!isAppError(error)) throw error
    return tryAgain(context, error)
  }
}

/**
 * One step of the deletion: the finalizers of it when it is through. That hooks ran is written down by taking their first
 * finalizer away before their objects go by the second, so that none runs twice.
 */
async function nextStep(
  context: DeletionContext,
  { pre, mine, post }: Record<'pre' | 'mine' | 'post', string[]>,
): Promise<string[] | undefined> {
  if (pre.length > 0) return hookStep(context, 'PreDelete', pre)
  if (mine.length === 0) return hookStep(context, 'PostDelete', post)
  return (await cascade(context, mine.includes(finalizers.resourcesBackground))) ? mine : undefined
}

async function hookStep(
  context: DeletionContext,
  phase: DeletePhase,
  held: string[],
): Promise<string[] | undefined> {
  const [running] = deletionFinalizers(context.application, phase, 'run')
  if (running !== undefined) return (await runDeletionHooks(context, phase)) ? [running] : undefined
  await cleanDeletionHooks(context, phase)
  return held
}

/** What may pass is tried again soon, and told only when it lasts; what needs a person is told at once. */
async function tryAgain(context: DeletionContext, error: AppError): Promise<ReconcileResult> {
  const { runtime } = context
  runtime.failures += 1
  if (!mayPass(error)) {
    await tell(context, messageOf(error))
    return { requeueAfterMs: 30_000 }
  }
  if (isLasting(runtime) && error.code !== 'Conflict') await tell(context, messageOf(error))
  return { requeueAfterMs: passingWaitMs(runtime) }
}

/** True when nothing is left. @throws AppError when it cannot go on by itself. */
async function cascade(context: DeletionContext, background: boolean): Promise<boolean> {
  const { options, application, connection } = context
  await connection.live.ready
  await confirmProject(options, application)
  await requireReadable(connection, context.runtime.inventory.values())
  const plan = planCascade({
    objects: objectsOf(context),
    syncOptions: parseSyncOptions(application.spec.syncPolicy?.syncOptions),
    confirmed: isConfirmed(application, application.metadata.deletionTimestamp),
  })
  const [first] = plan.unconfirmed
  if (first !== undefined) {
    const more = plan.unconfirmed.length > 1 ? ` and ${plan.unconfirmed.length - 1} more` : ''
    throw new AppError(
      'BadRequest',
      `waiting for deletion confirmation of ${first.key.kind} ${first.key.name}${more}`,
    )
  }
  const client = writeClientFor(options, application, connection)
  const deletions = plan.now.map(async ({ key, object }) => {
    const left = await deleteManaged(client, {
      key,
      version: parseApiVersion(object.apiVersion).version,
      uid: object.metadata.uid ?? '',
      propagationPolicy: background ? 'Background' : 'Foreground',
    })
    const uid = object.metadata.uid ?? ''
    noteWritten(context.runtime, connection.live, { key, uid, answer: left ?? null })
  })
  // All have ended before anything is asked again.
  for (const outcome of await Promise.allSettled(deletions)) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
  return plan.remaining.length === 0
}

/**
 * Objects that say that they belong to the application and that its project permits (`argocd.md` §2.9); of those that were
 * recorded, the recorded incarnation, and where the project is gone, only those. Never itself.
 */
function objectsOf({ options, application, runtime, connection }: DeletionContext): Doomed[] {
  const instance = instanceOf(application, options.controlNamespace)
  const self = formatKey(keyOf(application as never))
  const recorded = new Map([...runtime.inventory.values()].map((entry) => [formatKey(entry.key), entry]))
  return connection.live
    .managedBy(instance)
    .filter((live) => {
      const id = formatKey(live.key)
      const entry = recorded.get(id)
      if (id === self || live.ownerUids.length > 0 || (entry !== undefined && entry.uid !== live.uid))
        return false
      return options.planner.permitsLive(application, live.key) ?? entry !== undefined
    })
    .flatMap(({ key, object }) => {
      const written = runtime.written.get(formatKey(key))
      return written === null ? [] : [{ key, object: written ?? object }]
    })
}

/** Why the deletion does not go on, as a condition; written once. */
async function tell({ options, application, runtime }: DeletionContext, message: string): Promise<void> {
  const condition = { type: 'DeletionError', message }
  if (application.status?.conditions?.some((old) => old.type === condition.type && old.message === message))
    return
  const conditions = mergeConditions(application, [condition], options.now().toISOString())
  await writeApplication(options.client, runtime, {
    application,
    write: { status: { ...application.status, conditions } },
  })
}
