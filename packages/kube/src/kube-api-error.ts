import { AppError, errorCodes, isAppError, type ErrorCode, type FieldError } from '@driftless/api'
import type { KubeStatus } from '@driftless/apimachinery'

const codeByHttpStatus: Record<number, ErrorCode> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
  504: 'Timeout',
}

/** A refusal by an API server: the code is the Status reason, `status` the whole answer with its causes. */
export class KubeApiError extends AppError {
  readonly status: KubeStatus

  constructor(status: KubeStatus) {
    super(
      codeOf(status),
      status.message ?? status.reason ?? `the API server answered ${status.code ?? 500}`,
      {
        fields: fieldsOf(status),
      },
    )
    this.status = status
  }

  /** Status code of the answer. */
  override get httpStatus(): number {
    return this.status.code ?? super.httpStatus
  }

  /** Seconds to wait before trying again, when the server says. */
  get retryAfterSeconds(): number | undefined {
    return this.status.details?.retryAfterSeconds
  }
}

/** True for refusals that say the asked resourceVersion cannot be served, so that only a new list helps. */
export function needsRelist(error: unknown): boolean {
  if (!(error instanceof KubeApiError)) return false
  if (error.code === 'Expired' || error.code === 'Gone') return true
  const causes = error.status.details?.causes ?? []
  return causes.some((cause) => cause.reason === 'ResourceVersionTooLarge')
}

/** Someone else wrote first, or a precondition on uid or version failed. */
export function isConflict(error: unknown): boolean {
  return isAppError(error, 'Conflict')
}

/**
 * The server will refuse the same manifest every time: it breaks a rule of its kind (422), cannot be decoded (400) or has
 * fields that the schema does not declare, which server-side apply answers with 500. Trying again changes nothing.
 */
export function isUnappliable(error: unknown): boolean {
  if (!(error instanceof KubeApiError)) return false
  const { httpStatus, message } = error
  if (httpStatus === 422 || httpStatus === 400) return true
  return (
    httpStatus === 500 && /failed to create typed patch object|field not declared in schema/.test(message)
  )
}

/** The cluster serves no such kind: discovery says so before anything is sent. */
export function isUnknownKind(error: unknown): boolean {
  return isAppError(error, 'NotFound') && !(error instanceof KubeApiError)
}

/** The object (or its kind) does not exist. */
export function isAlreadyGone(error: unknown): boolean {
  return isAppError(error, 'NotFound') || isAppError(error, 'Gone')
}

/** Turns an answer into its error; bodies that are no Status (proxies, load balancers) become one. */
export function errorFromResponse(httpStatus: number, body: unknown, request: string): KubeApiError {
  if (isStatus(body)) return new KubeApiError({ ...body, code: body.code ?? httpStatus })
  const text = typeof body === 'string' ? body.trim().slice(0, 300) : ''
  return new KubeApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    code: httpStatus,
    message: `${request}: the server answered ${httpStatus}${text === '' ? '' : `: ${text}`}`,
  })
}

function isStatus(body: unknown): body is KubeStatus {
  return typeof body === 'object' && body !== null && (body as { kind?: unknown }).kind === 'Status'
}

function codeOf(status: KubeStatus): ErrorCode {
  const reason = status.reason ?? ''
  if (Object.hasOwn(errorCodes, reason)) return reason as ErrorCode
  return codeByHttpStatus[status.code ?? 500] ?? 'InternalError'
}

function fieldsOf(status: KubeStatus): FieldError[] {
  const fields: FieldError[] = []
  for (const cause of status.details?.causes ?? []) {
    if (cause.field !== undefined && cause.field !== '') {
      fields.push({ field: cause.field, message: cause.message ?? cause.reason ?? '' })
    }
  }
  return fields
}
