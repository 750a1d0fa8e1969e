import type { KubeObject } from '@driftless/apimachinery'
import { badRequest, conflict, invalid, staleObject, StatusError } from '../errors.ts'
import { apiVersionOf, type Resource } from '../kinds/resource.ts'
import type { Target } from './context.ts'

/** A replacement with another uid is about another object; a patch of the uid is a change of what cannot change. */
export function checkPreconditions(
  target: Target,
  wanted: KubeObject,
  { live, patched }: { live: KubeObject; patched: boolean },
): void {
  const { uid, resourceVersion } = wanted.metadata
  if (patched && uid && uid !== live.metadata.uid) {
    const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`
    throw invalid(target.resource, target.name, [
      { reason: 'FieldValueInvalid', message, field: 'metadata.uid' },
    ])
  }
  if (uid && uid !== live.metadata.uid) {
    throw conflict(
      target.resource,
      target.name,
      `StorageError: invalid object, Code: 4, Key: /registry/${target.resource.resource}/${target.namespace}/${target.name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`,
    )
  }
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion)
    throw conflict(target.resource, target.name, staleObject)
}

export function checkApplyPreconditions(
  target: Target,
  patch: KubeObject,
  live: KubeObject | undefined,
): void {
  if (patch.metadata.managedFields !== undefined) {
    throw badRequest('metadata.managedFields must be nil')
  }
  if (live !== undefined) checkPreconditions(target, patch, { live, patched: true })
  else if (patch.metadata.uid) {
    throw conflict(
      target.resource,
      target.name,
      `uid mismatch: the provided object specified uid ${patch.metadata.uid}, and no existing object was found`,
    )
  }
  delete patch.metadata.uid
  delete patch.metadata.resourceVersion
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
  if (resource.custom !== undefined) throw badRequest(detail)
  return new StatusError('Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  })
}
