import { badRequest, invalid, type StatusCause, type StatusError } from '../errors.ts'
import type { Resource } from '../kinds/resource.ts'

/** A field of a built-in kind with a value of another type: the real server cannot even read such an object. */
export function undecodable(
  resource: Resource,
  cause: Required<StatusCause>,
  isUpdate: boolean,
): StatusError {
  const { kind, version } = resource
  const is = /"([a-z]+)"/.exec(cause.message)?.[1] ?? 'value'
  const named = is === 'integer' ? 'number' : is === 'boolean' ? 'bool' : is
  const detail = `json: cannot unmarshal ${named} into Go struct field ${kind}.${cause.field}`
  // Patches and replacements meet the stored object, and what comes out of that is invalid.
  if (isUpdate) return invalid(resource, '', [cause])
  return badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${detail}`)
}
