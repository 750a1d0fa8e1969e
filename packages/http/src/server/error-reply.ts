import { AppError, type ErrorBody, type ErrorCode, errorCodes, messageOf } from '@driftless/api'
import { KubeApiError } from '@driftless/kube'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpLogger } from '../options.ts'

/** Fastify's own refusals. */
const refusals: Record<string, { code: ErrorCode; message: string }> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'RequestEntityTooLarge', message: 'The request is too large.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'UnsupportedMediaType',
    message: 'The content type of the request is not one that this address takes.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'BadRequest', message: 'The request was cut off.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'BadRequest', message: 'The request is not valid JSON.' },
  FST_ERR_BAD_URL: { code: 'BadRequest', message: 'The address is not valid.' },
}

/** Any thrown value as the error that people may see; details of unexpected ones stay in the log. */
export function publicError(error: unknown, requestId: string): AppError {
  if (error instanceof KubeApiError) return fromKubernetes(error, requestId)
  if (error instanceof AppError) return error
  const code = (error as { code?: unknown } | null)?.code
  const refusal = typeof code === 'string' ? refusals[code] : undefined
  if (refusal !== undefined) return new AppError(refusal.code, refusal.message, { cause: error })
  if (error instanceof SyntaxError) {
    return new AppError('BadRequest', 'The request is not valid JSON.', { cause: error })
  }
  const status = (error as { statusCode?: unknown } | null)?.statusCode
  if (status === 429)
    return new AppError('TooManyRequests', 'Too many requests.', { remedy: 'Wait a minute.' })
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new AppError(codeOf(status), 'The request is not valid.', { cause: error })
  }
  return internal(error, requestId)
}

/** Refusals of the API server are answers to the person; its failures are ours, and say nothing of its inside. */
function fromKubernetes(error: KubeApiError, requestId: string): AppError {
  if (error.code === 'Unauthorized') return internal(error, requestId)
  if (error.httpStatus < 500) {
    const remedy = error.code === 'Conflict' ? 'Load it again and repeat your change.' : undefined
    return new AppError(error.code, error.message, {
      cause: error,
      fields: error.fields,
      ...(remedy === undefined ? {} : { remedy }),
    })
  }
  if (error.code !== 'ServiceUnavailable' && error.code !== 'Timeout') return internal(error, requestId)
  return new AppError('ServiceUnavailable', 'The Kubernetes API does not answer at the moment.', {
    cause: error,
    remedy: 'Try again in a moment.',
  })
}

function internal(cause: unknown, requestId: string): AppError {
  return new AppError('InternalError', `Something went wrong here (request ${requestId}).`, {
    cause,
    remedy: 'Try again; when it stays, show the request number to an administrator.',
  })
}

function codeOf(status: number): ErrorCode {
  const found = Object.entries(errorCodes).find(([, entry]) => entry.httpStatus === status)
  return (found?.[0] as ErrorCode | undefined) ?? 'BadRequest'
}

export function errorBody(error: AppError): ErrorBody {
  return {
    error: {
      code: error.code,
      message: error.message,
      ...(error.fields.length === 0 ? {} : { fields: error.fields }),
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    },
  }
}

export function replyWithError(
  input: { request: FastifyRequest; reply: FastifyReply; log: HttpLogger },
  thrown: unknown,
): FastifyReply {
  const { request, reply, log } = input
  const error = publicError(thrown, request.id)
  if (error.httpStatus >= 500) {
    const cause = error.cause ?? thrown
    log.error('request failed', {
      request: request.id,
      method: request.method,
      path: request.url.split('?')[0] ?? '',
      code: error.code,
      cause: messageOf(cause),
      ...(cause instanceof Error && error.code === 'InternalError' ? { stack: cause.stack } : {}),
    })
  }
  return reply.code(error.httpStatus).header('cache-control', 'no-store').send(errorBody(error))
}
