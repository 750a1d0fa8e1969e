import { isAppError } from '@driftless/api'
import {
  emptyFieldSet,
  type FieldSet,
  hasPath,
  type JsonObject,
  type KubeObject,
  type ManagedFieldsEntry,
  ownedFieldSet,
  parseFieldsV1,
  type TypeSchema,
  unionFieldSets,
} from '@driftless/apimachinery'
import { applyManaged, type ManagedWriteOptions, patchManaged, takeOverManaged } from './apply.ts'
import type { KubeClient } from './client.ts'
import { droppedFields } from './dropped-fields.ts'

export interface OwnedApply {
  object: KubeObject
  /** What is there now, whole; `undefined` for a new object. */
  live: KubeObject | undefined
  schema: TypeSchema | undefined
  /** Paths of our last apply, where the object does not say so any more (others took them, or cleared the record). */
  before?: FieldSet | undefined
  /** Whether entries of kubectl and Argo CD become ours first, see `takeOver`. */
  takeOver: boolean
}

export interface OwnedAnswer {
  object: KubeObject
  /** What people should know about fields that Git no longer has. */
  notes: string[]
}

/** Holds the number of replicas between the Git that no longer says it and the autoscaler that does not say it yet. */
export const handOverManager = 'driftless-handover'

/**
 * A forced apply with all that `kubernetes.md` §4 found to be needed around it. One write, and one more only for a take-over, for
 * fields that Git dropped and others hold, and for an entry of ours in a version that is no longer served.
 */
export async function applyOwned(
  client: KubeClient,
  input: OwnedApply,
  options: ManagedWriteOptions,
): Promise<OwnedAnswer> {
  const { object, schema } = input
  const live =
    input.live !== undefined && input.takeOver
      ? await takeOverManaged(client, input.live, options)
      : input.live
  const before = unionFieldSets(ownFields(live, options.manager), input.before ?? emptyFieldSet)
  const notes = await handOver(client, { object, live, before }, options)
  const applied = await applyUnblocked(client, { object, live }, options)
  if (live === undefined || schema === undefined) return { object: applied, notes }
  const wanted = ownedFieldSet(object, schema)
  const { patch, kept } = droppedFields({ applied, before, wanted, schema, manager: options.manager })
  for (const { path, managers } of kept) {
    if (!managers.includes(handOverManager))
      notes.push(`${path} is no longer in Git; ${managers.join(', ')} keeps it`)
  }
  return { object: patch.length === 0 ? applied : await patchManaged(client, applied, patch, options), notes }
}

function ownFields(live: KubeObject | undefined, manager: string): FieldSet {
  const entry = live?.metadata.managedFields?.find((candidate) => isOwn(candidate, manager))
  return entry?.fieldsV1 === undefined ? emptyFieldSet : parseFieldsV1(entry.fieldsV1)
}

function isOwn(entry: ManagedFieldsEntry, manager: string): boolean {
  return entry.manager === manager && entry.operation === 'Apply' && (entry.subresource ?? '') === ''
}

const replicasPath = ['f:spec', 'f:replicas']

/** Git no longer says `replicas` and nobody else does: the server would set 1 at once, so a manager in between holds the number. */
async function handOver(
  client: KubeClient,
  { object, live, before }: { object: KubeObject; live: KubeObject | undefined; before: FieldSet },
  options: ManagedWriteOptions,
): Promise<string[]> {
  const replicas = (live?.['spec'] as JsonObject | undefined)?.['replicas']
  const wanted = (object['spec'] as JsonObject | undefined)?.['replicas']
  if (live === undefined || typeof replicas !== 'number' || wanted !== undefined) return []
  if (!hasPath(before, replicasPath)) return []
  const held = (live.metadata.managedFields ?? []).some(
    (entry) => !isOwn(entry, options.manager) && hasPath(parseFieldsV1(entry.fieldsV1 ?? {}), replicasPath),
  )
  if (held) return []
  const { name, namespace } = object.metadata
  const metadata = namespace === undefined ? { name } : { name, namespace }
  const part = { apiVersion: object.apiVersion, kind: object.kind, metadata, spec: { replicas } }
  await applyManaged(client, part, { ...options, manager: handOverManager })
  return [`spec.replicas is no longer in Git; ${replicas} stays until somebody scales it`]
}

/** The server cannot read what it recorded in a version that it no longer serves: the entry is rewritten, then it can. */
async function applyUnblocked(
  client: KubeClient,
  { object, live }: { object: KubeObject; live: KubeObject | undefined },
  options: ManagedWriteOptions,
): Promise<KubeObject> {
  try {
    return await applyManaged(client, object, options)
  } catch (error) {
    const stale = (live?.metadata.managedFields ?? []).some(
      ({ apiVersion }) => apiVersion !== object.apiVersion,
    )
    if (live === undefined || !stale || !isBlocked(error)) throw error
    const entries = (live.metadata.managedFields ?? []).map((entry) => ({
      ...entry,
      apiVersion: object.apiVersion,
    }))
    const guard = {
      op: 'replace' as const,
      path: '/metadata/resourceVersion',
      value: live.metadata.resourceVersion,
    }
    await patchManaged(
      client,
      live,
      [{ op: 'replace', path: '/metadata/managedFields', value: entries }, guard],
      options,
    )
    return applyManaged(client, object, options)
  }
}

function isBlocked(error: unknown): boolean {
  return (
    isAppError(error) &&
    /failed to (prune fields|convert)|request to convert CR to an invalid group/.test(error.message)
  )
}
