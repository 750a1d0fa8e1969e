import type { KubeObject } from '@driftless/apimachinery'
import { badRequest, conflict, invalid, staleObject, type StatusError } from '../errors.ts'
import type { Target } from './context.ts'
import { needsVersion } from './kind-rules.ts'

/** Whom and which state a write was meant for. */
type Identity = Pick<KubeObject['metadata'], 'uid' | 'resourceVersion'>

/** Refuses an update of another object of the same name, or of a state that is not the newest. */
export function checkPreconditions(target: Target, { metadata }: KubeObject, live: KubeObject): void {
  checkIdentity(target, metadata, live)
  if (!metadata.resourceVersion && needsVersion(target.resource)) throw withoutVersion(target)
}

/** The same for an apply, which needs no version; conflicts of owners are told first. */
export function checkApplied(target: Target, identity: Identity, live: KubeObject | undefined): void {
  if (live !== undefined) checkIdentity(target, identity, live)
  else if (identity.uid) throw absent(target, identity.uid)
}

/** Takes what an applied object says of its identity out of it. */
export function takeIdentity(patch: KubeObject): Identity {
  const { managedFields, uid, resourceVersion } = patch.metadata
  if (managedFields !== undefined && managedFields.length > 0)
    throw badRequest('metadata.managedFields must be nil')
  delete patch.metadata.managedFields
  delete patch.metadata.uid
  delete patch.metadata.resourceVersion
  return { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) }
}

export function absent({ resource, name }: Target, uid: string): StatusError {
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
  return conflict(resource, name, why)
}

function checkIdentity(target: Target, { uid, resourceVersion }: Identity, live: KubeObject): void {
  const { resource, namespace, name } = target
  if (uid && uid !== live.metadata.uid) {
    const key = `/registry/${resource.resource}/${namespace}/${name}`
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`
    throw conflict(
      resource,
      name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
    )
  }
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion)
    throw conflict(resource, name, staleObject)
}

function withoutVersion({ resource, name }: Target): StatusError {
  const message = 'Invalid value: 0: must be specified for an update'
  const causes = [{ reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' }]
  return invalid({ group: resource.group, kind: resource.resource }, name, causes)
}
