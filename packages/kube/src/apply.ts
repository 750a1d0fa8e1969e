/**
 * The only door through which managed objects are created, changed and deleted. Everything that a synchronisation writes
 * to a destination cluster passes here; nothing else in the system does.
 */
import { AppError, isAppError } from '@driftless/api'
import { formatApiVersion, type KubeObject, type ObjectKey } from '@driftless/apimachinery'
import type { DeleteOptions, KubeClient, ObjectRef, WriteOptions } from './client.ts'
import { takeOver } from './take-over.ts'

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
  return client.apply(object, { ...writeOptions(options), manager: options.manager, force: true })
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
  if (live === undefined) return client.create(object, writeOptions(options))
  const { resourceVersion } = live.metadata
  const metadata = { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) }
  return client.replace({ ...object, metadata }, writeOptions(options))
}

export interface ManagedDelete {
  /** Any version that the cluster serves for the kind. */
  version: string
  key: ObjectKey
  /** The incarnation that was recorded; another one of the same name is left alone. */
  uid: string
  propagationPolicy?: NonNullable<DeleteOptions['propagationPolicy']>
  dryRun?: boolean
  signal?: AbortSignal
}

/**
 * Deletes exactly the incarnation that was recorded. Answers `gone` when it does not exist any more, also when another
 * object has taken its name since, and `deleting` when finalizers or dependents still hold it.
 */
export async function deleteManaged(client: KubeClient, target: ManagedDelete): Promise<'gone' | 'deleting'> {
  const { key, uid, version } = target
  if (uid === '')
    throw new AppError('InternalError', `${key.kind} ${key.name} cannot be deleted without its uid.`)
  const ref: ObjectRef = { apiVersion: formatApiVersion(key.group, version), ...key }
  try {
    const answer = await client.delete(ref, {
      uid,
      propagationPolicy: target.propagationPolicy ?? 'Foreground',
      ...(target.dryRun === undefined ? {} : { dryRun: target.dryRun }),
      ...(target.signal === undefined ? {} : { signal: target.signal }),
    })
    return answer?.metadata.deletionTimestamp === undefined ? 'gone' : 'deleting'
  } catch (error) {
    // The precondition fails: the name belongs to another object now.
    if (isAppError(error, 'Conflict')) return 'gone'
    throw error
  }
}

/** The first write of a take-over, see `takeOver`. Answers the object with its new entries, or the same object. */
export async function takeOverManaged(
  client: KubeClient,
  live: KubeObject,
  options: Pick<ManagedWriteOptions, 'manager' | 'signal'>,
): Promise<KubeObject> {
  const body = takeOver(live, options.manager)
  if (body === undefined) return live
  return client.patch(refOf(live), { type: 'json', body }, options)
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
