/** Codes are the reasons of a Kubernetes `Status`, so that one table serves REST, CLI and console. */
export const errorCodes = {
  BadRequest: { httpStatus: 400, exitCode: 2 },
  Unauthorized: { httpStatus: 401, exitCode: 4 },
  Forbidden: { httpStatus: 403, exitCode: 4 },
  NotFound: { httpStatus: 404, exitCode: 5 },
  MethodNotAllowed: { httpStatus: 405, exitCode: 2 },
  Conflict: { httpStatus: 409, exitCode: 6 },
  AlreadyExists: { httpStatus: 409, exitCode: 6 },
  Gone: { httpStatus: 410, exitCode: 1 },
  Expired: { httpStatus: 410, exitCode: 1 },
  RequestEntityTooLarge: { httpStatus: 413, exitCode: 2 },
  UnsupportedMediaType: { httpStatus: 415, exitCode: 2 },
  Invalid: { httpStatus: 422, exitCode: 2 },
  TooManyRequests: { httpStatus: 429, exitCode: 7 },
  InternalError: { httpStatus: 500, exitCode: 1 },
  ServiceUnavailable: { httpStatus: 503, exitCode: 7 },
  Timeout: { httpStatus: 504, exitCode: 7 },
} as const

export type ErrorCode = keyof typeof errorCodes

/** One thing that is wrong with an input, at a field path such as `spec.source.path`. */
export interface FieldError {
  field: string
  message: string
}

export interface AppErrorOptions {
  cause?: unknown
  /** What the message is about, field by field; the console shows each at its input. */
  fields?: FieldError[]
  /** What the person can do now, one sentence. */
  remedy?: string
}

/** The one error type that crosses rooms. `message` is fit to be shown to people: no secret ever goes into it. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly fields: FieldError[]
  readonly remedy: string | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.fields = options.fields ?? []
    this.remedy = options.remedy
  }

  get httpStatus(): number {
    return errorCodes[this.code].httpStatus
  }
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code)
}

/** A sentence for any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
