import { AppError, type ErrorCode, isAppError, messageOf } from '@driftless/api'
import type { KubeStatus } from '@driftless/apimachinery'

export type StatusDetails = NonNullable<KubeStatus['details']>
export type StatusCause = NonNullable<StatusDetails['causes']>[number]

/** What a failure is about: the resource in plural, as `deployments` of `apps`. */
export interface ResourceName {
  group: string
  resource: string
}

/** An `AppError` that knows the `details` of the `Status` it becomes. */
export class StatusError extends AppError {
  readonly details: StatusDetails | undefined
  /** The HTTP status when it is not the one of the code, e.g. 406. */
  readonly httpCode: number | undefined
  /** A reason of the API that is no code of ours. */
  readonly shownReason: string | undefined
  /** The answer names no reason: the real server answers so where an error is not of the API. */
  readonly withoutReason: boolean

  constructor(
    code: ErrorCode,
    message: string,
    details?: StatusDetails & { httpCode?: number; withoutReason?: boolean; shownReason?: string },
  ) {
    super(code, message)
    const { httpCode, withoutReason = false, shownReason, ...rest } = details ?? {}
    const isPlain = details === undefined || withoutReason || shownReason !== undefined
    this.details = isPlain ? undefined : rest
    this.shownReason = shownReason
    this.withoutReason = withoutReason
    this.httpCode = httpCode
  }
}

/** A 404 without a Status, as the real server gives for paths that no handler knows. */
export class PlainNotFound extends StatusError {
  constructor() {
    super('NotFound', '404 page not found', {})
  }
}

/** `deployments.apps`, or `pods` for the core group. */
export function qualifiedName({ group, resource }: ResourceName): string {
  return group === '' ? resource : `${resource}.${group}`
}

function detailsOf(target: ResourceName, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(target.group === '' ? {} : { group: target.group }),
    kind: target.resource,
  }
}

export function notFound(target: ResourceName, name: string): StatusError {
  return new StatusError('NotFound', `${qualifiedName(target)} "${name}" not found`, detailsOf(target, name))
}

export function alreadyExists(target: ResourceName, name: string, isDeleted = false): StatusError {
  return new StatusError(
    'AlreadyExists',
    `${isDeleted ? 'object is being deleted: ' : ''}${qualifiedName(target)} "${name}" already exists`,
    detailsOf(target, name),
  )
}

export function conflict(target: ResourceName, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualifiedName(target)} "${name}": ${why}`
  return new StatusError('Conflict', message, detailsOf(target, name))
}

export const staleObject =
  'the object has been modified; please apply your changes to the latest version and try again'

export function forbidden(target: ResourceName, name: string, why: string): StatusError {
  const message = `${qualifiedName(target)} ${name === '' ? '' : `"${name}" `}is forbidden: ${why}`
  return new StatusError('Forbidden', message, detailsOf(target, name))
}

export function badRequest(message: string): StatusError {
  return new StatusError('BadRequest', message)
}

/** The 422 of a kind whose fields are wrong; `group` and `kind` name the kind, not the resource. */
export function invalid(
  kind: { group: string; kind: string },
  name: string,
  causes: { reason: string; message: string; field: string }[],
): StatusError {
  const qualified = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`)
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  return new StatusError('Invalid', `${qualified} "${name}" is invalid: ${list}`, {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    ...(kind.kind === '' ? {} : { kind: kind.kind }),
    causes,
  })
}

export function expired(message: string): StatusError {
  return new StatusError('Expired', message)
}

export function methodNotAllowed(target?: ResourceName): StatusError {
  return new StatusError(
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    target === undefined ? {} : detailsOf(target, ''),
  )
}

export function pageNotFound(): StatusError {
  return new StatusError('NotFound', 'the server could not find the requested resource', {})
}

/** The `Status` that a client sees for any thrown value. */
export function statusOf(error: unknown): KubeStatus {
  const known = isAppError(error) ? error : undefined
  const shown = error instanceof StatusError ? error.shownReason : undefined
  const reason = shown ?? known?.code ?? 'InternalError'
  const code = (error instanceof StatusError ? error.httpCode : undefined) ?? known?.httpStatus ?? 500
  const details = error instanceof StatusError ? error.details : undefined
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: known === undefined ? `Internal error occurred: ${messageOf(error)}` : known.message,
    ...(error instanceof StatusError && error.withoutReason ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  }
}
