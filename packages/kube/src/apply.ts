/**
 * The only door through which managed objects are created, changed and deleted. Everything that a synchronisation writes
 * to a destination cluster passes here; nothing else in the system does.
 */
import { AppError, isAppError } from '@driftless/api'
import { formatApiVersion, type KubeObject, type ObjectKey } from '@driftless/apimachinery'
import type { DeleteOptions, KubeClient, ObjectRef, WriteOptions } from './client.ts'
import { hidingSecretValues } from './hide-secret-values.ts'
import { isConflict } from './kube-api-error.ts'
import { type JsonPatch, takeOver } from './take-over.ts'

export interface ManagedWriteOptions {
  manager: string
  dryRun?: boolean
  /** False for the sync option `Validate=false`: unknown fields are ignored. Default true: they are refused. */
  validate?: boolean
  onWarning?: (warning: string) => void
  signal?: AbortSignal
}

/** Forced server-side apply. The answer is the object as the server keeps it now. */
export function applyManaged(
  client: KubeClient,
  object: KubeObject,
  options: ManagedWriteOptions,
): Promise<KubeObject> {
  return hidingSecretValues(object, () =>
    client.apply(object, { ...writeOptions(options), manager: options.manager, force: true }),
  )
}

/** For `Replace=true`: PUT over what is there, create when nothing is. */
export async function replaceManaged(
  client: KubeClient,
  object: KubeObject,
  options: ManagedWriteOptions,
): Promise<KubeObject> {
  const live = await client.find(
    refOf(object),
    options.signal === undefined ? {} : { signal: options.signal },
  )
  if (live === undefined)
    return hidingSecretValues(object, () => client.create(object, writeOptions(options)))
  const { resourceVersion } = live.metadata
  const metadata = { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) }
  return hidingSecretValues(object, () => client.replace({ ...object, metadata }, writeOptions(options)))
}

interface DeleteHow {
  /** Default Foreground. */
  propagationPolicy?: NonNullable<DeleteOptions['propagationPolicy']>
  dryRun?: boolean
  signal?: AbortSignal
}

/** What was recorded: an object as it was seen, or its key with the uid and any version that the cluster serves. */
export type ManagedDelete = DeleteHow &
  ({ object: KubeObject } | { key: ObjectKey; version: string; uid: string })

/**
 * Deletes exactly the incarnation that was recorded. Answers the object with its deletion mark when finalizers or
 * dependents still hold it, and `undefined` when it does not exist any more, also when another object has taken its name.
 */
export async function deleteManaged(
  client: KubeClient,
  target: ManagedDelete,
): Promise<KubeObject | undefined> {
  const { ref, uid } = incarnationOf(target)
  if (uid === '')
    throw new AppError('InternalError', `${ref.kind} ${ref.name} cannot be deleted without its uid.`)
  const signal = target.signal === undefined ? {} : { signal: target.signal }
  try {
    const answer = await client.delete(ref, {
      uid,
      propagationPolicy: target.propagationPolicy ?? 'Foreground',
      ...(target.dryRun === undefined ? {} : { dryRun: target.dryRun }),
      ...signal,
    })
    return answer?.metadata.deletionTimestamp === undefined ? undefined : answer
  } catch (error) {
    if (!isConflict(error)) throw error
    // Either the name belongs to another object now, or this one (a namespace) is being deleted already.
    const live = await client.find(ref, signal)
    if (live === undefined || live.metadata.uid !== uid) return undefined
    if (live.metadata.deletionTimestamp !== undefined) return live
    throw error
  }
}

function incarnationOf(target: ManagedDelete): { ref: ObjectRef; uid: string } {
  if ('object' in target) return { ref: refOf(target.object), uid: target.object.metadata.uid ?? '' }
  const { key, version, uid } = target
  return { ref: { ...key, apiVersion: formatApiVersion(key.group, version) }, uid }
}

/** The first write of a take-over, see `takeOver`. Answers the object with its new entries, or the same object. */
export async function takeOverManaged(
  client: KubeClient,
  live: KubeObject,
  options: Pick<ManagedWriteOptions, 'manager' | 'signal'>,
): Promise<KubeObject> {
  const body = takeOver(live, options.manager)
  return body === undefined ? live : patchManaged(client, live, body, options)
}

/** A JSON patch of exactly the object that was seen, around an apply; see `applyOwned`. */
export function patchManaged(
  client: KubeClient,
  object: KubeObject,
  body: JsonPatch,
  options: Pick<ManagedWriteOptions, 'manager' | 'signal'>,
): Promise<KubeObject> {
  const { manager, signal } = options
  return client.patch(
    refOf(object),
    { type: 'json', body },
    { manager, ...(signal === undefined ? {} : { signal }) },
  )
}

/** For actions of people: a merge patch of one object. Bind it to the version that was read with `metadata.resourceVersion`. */
export function changeManaged(
  client: KubeClient,
  object: KubeObject,
  body: unknown,
  options: Pick<ManagedWriteOptions, 'manager' | 'signal'>,
): Promise<KubeObject> {
  return client.patch(refOf(object), { type: 'merge', body }, options)
}

/** A new object, for `Force=true` after the deletion and for actions of people; refused when its name is taken. */
export function createManaged(
  client: KubeClient,
  object: KubeObject,
  options: Pick<ManagedWriteOptions, 'manager' | 'signal'>,
): Promise<KubeObject> {
  return hidingSecretValues(object, () => client.create(object, options))
}

function refOf(object: KubeObject): ObjectRef {
  const { name, namespace } = object.metadata
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  }
}

function writeOptions(options: ManagedWriteOptions): WriteOptions {
  const { validate = true, ...rest } = options
  return { ...rest, fieldValidation: validate ? 'Strict' : 'Ignore' }
}

/**
 * Takes one finalizer of ours away, so that a hook object may go. Answers the object as it is now, `undefined` when it is
 * gone. Made anew from the newest version when somebody else wrote meanwhile.
 */
export async function releaseManaged(
  client: KubeClient,
  object: KubeObject,
  finalizer: string,
): Promise<KubeObject | undefined> {
  let current: KubeObject | undefined = object
  for (let attempt = 0; current !== undefined && attempt < 5; attempt += 1) {
    const { finalizers = [], resourceVersion } = current.metadata
    if (!finalizers.includes(finalizer)) return current
    const kept = finalizers.filter((name) => name !== finalizer)
    try {
      return await client.patch(refOf(current), {
        type: 'merge',
        body: { metadata: { resourceVersion, finalizers: kept } },
      })
    } catch (error) {
      if (isAppError(error, 'NotFound')) return undefined
      if (!isAppError(error, 'Conflict')) throw error
      current = await client.find(refOf(current))
    }
  }
  return current
}
