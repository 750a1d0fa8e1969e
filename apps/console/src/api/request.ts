import { AppError, errorCodes, type ErrorBody, type ErrorCode } from '@driftless/api'

const base = '/api/v1'

export interface RequestOptions {
  body?: unknown
  contentType?: string
  signal?: AbortSignal
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Asks the server; `path` starts with `/` below `/api/v1`. Throws `AppError` for every answer that is not 2xx. */
export async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  const answer = await send(method, path, options)
  const text = await answer.text()
  if (!answer.ok) throw failure(answer.status, text)
  const isJson = answer.headers.get('content-type')?.includes('json') === true
  return (isJson && text !== '' ? JSON.parse(text) : text) as T
}

async function send(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (method !== 'GET') headers['x-driftless-csrf'] = '1'
  if (options.body !== undefined) headers['content-type'] = options.contentType ?? 'application/json'
  try {
    return await fetch(base + path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause
    throw new AppError('ServiceUnavailable', unreachable, { cause })
  }
}

/** The message of an error that came from the network and not from the server; shown translated. */
export const unreachable = 'The server cannot be reached.'

function failure(status: number, text: string): AppError {
  const body = parse(text)
  const code = body?.error.code
  const known = code !== undefined && code in errorCodes ? (code as ErrorCode) : codeOfStatus(status)
  const message = body?.error.message ?? `The server answered ${status}.`
  return new AppError(known, message, {
    ...(body?.error.fields === undefined ? {} : { fields: body.error.fields }),
    ...(body?.error.remedy === undefined ? {} : { remedy: body.error.remedy }),
    cause: text,
  })
}

function parse(text: string): ErrorBody | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'error' in value ? (value as ErrorBody) : undefined
  } catch {
    // A proxy in between may answer HTML; the status then has to do.
    return undefined
  }
}

function codeOfStatus(status: number): ErrorCode {
  const entry = Object.entries(errorCodes).find(([, row]) => row.httpStatus === status)
  if (entry !== undefined) return entry[0] as ErrorCode
  return status >= 502 && status <= 504 ? 'ServiceUnavailable' : 'InternalError'
}
