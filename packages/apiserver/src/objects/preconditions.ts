import type { KubeObject } from '@driftless/apimachinery'
import { badRequest, conflict, invalid, staleObject, StatusError } from '../errors.ts'
import { apiVersionOf, type Resource } from '../kinds/resource.ts'
import type { Target } from './context.ts'
import { needsVersion } from './kind-rules.ts'

/** Whom and which state a write was meant for. */
type Identity = Pick<KubeObject['metadata'], 'uid' | 'resourceVersion'>

/** The uid cannot change; an update with another one is about another object, a patch asks for the change. */
export function checkPatchedUid({ resource, name }: Target, { uid }: Identity, live: KubeObject): void {
  if (!uid || uid === live.metadata.uid) return
  const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`
  throw invalid(resource, name, [{ reason: 'FieldValueInvalid', message, field: 'metadata.uid' }])
}

/** Refuses an update of another object of the same name, or of a state that is not the newest. */
export function checkPreconditions(target: Target, { metadata }: KubeObject, live: KubeObject): void {
  checkUid(target, metadata, live)
  checkVersion(target, metadata, live)
  if (!metadata.resourceVersion && needsVersion(target.resource)) throw withoutVersion(target)
}

/** The same for an apply, which needs no version; conflicts of owners are told first. */
export function checkApplied(target: Target, identity: Identity, live: KubeObject | undefined): void {
  if (live !== undefined) {
    checkVersion(target, identity, live)
    checkPatchedUid(target, identity, live)
  } else if (identity.uid) throw absent(target, identity.uid)
}

/** Takes what an applied object says of its identity out of it. */
export function takeIdentity(patch: KubeObject): Identity {
  const { managedFields, uid, resourceVersion } = patch.metadata
  if (managedFields) throw badRequest('metadata.managedFields must be nil')
  delete patch.metadata.managedFields
  delete patch.metadata.uid
  delete patch.metadata.resourceVersion
  return { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) }
}

export function absent({ resource, name }: Target, uid: string): StatusError {
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
  return conflict(resource, name, why)
}

function checkUid({ resource, namespace, name }: Target, { uid }: Identity, live: KubeObject): void {
  if (!uid || uid === live.metadata.uid) return
  const key = `/registry/${resource.resource}/${namespace}/${name}`
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`
  const shown = `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`
  throw conflict(resource, name, shown)
}

function checkVersion({ resource, name }: Target, { resourceVersion }: Identity, live: KubeObject): void {
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion)
    throw conflict(resource, name, staleObject)
}

function withoutVersion({ resource, name }: Target): StatusError {
  const message = 'Invalid value: 0: must be specified for an update'
  const causes = [{ reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' }]
  return invalid({ group: resource.group, kind: resource.resource }, name, causes)
}

/** A patch that makes another object of it: another name, place or kind. */
export function checkPatchedPlace(
  { resource, namespace, name, subresource }: Target,
  wanted: KubeObject,
): void {
  if (subresource !== undefined) return
  const { metadata } = wanted
  if (wanted.kind !== resource.kind || wanted.apiVersion !== apiVersionOf(resource))
    throw otherKind(wanted, resource)
  if (metadata.name !== name)
    throw badRequest(
      metadata.name
        ? `the name of the object (${metadata.name}) does not match the name on the URL (${name})`
        : `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    )
  if (resource.namespaced && metadata.namespace !== undefined && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

function otherKind(wanted: KubeObject, resource: Resource): StatusError {
  const { apiVersion, kind } = wanted
  const detail = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(wanted))}: ${detail}`
  if (resource.custom !== undefined) return badRequest(detail)
  return new StatusError('Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  })
}
