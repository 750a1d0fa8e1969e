import { AppError, type ErrorBody, type ErrorCode, errorCodes, messageOf } from '@driftless/api'
import { request } from 'undici'

export interface ApiClientOptions {
  server: string
  token?: string
  signal?: AbortSignal
}

const timeoutMs = 120_000

/** The REST API of one server as one user. Every failure is an `AppError` with the server's own sentence. */
export class ApiClient {
  readonly server: string
  readonly #options: ApiClientOptions

  constructor(options: ApiClientOptions) {
    this.server = options.server
    this.#options = options
  }

  get<T>(path: string, query: Record<string, string | undefined> = {}): Promise<T> {
    return this.#json<T>('GET', path + queryOf(query))
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#json<T>('POST', path, body)
  }

  delete<T>(path: string, query: Record<string, string | undefined> = {}): Promise<T> {
    return this.#json<T>('DELETE', path + queryOf(query))
  }

  async text(path: string): Promise<string> {
    return (await this.#send('GET', path)).text
  }

  async #json<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const { text } = await this.#send(method, path, body)
    try {
      return (text === '' ? undefined : JSON.parse(text)) as T
    } catch (cause) {
      throw this.#notDriftless(cause)
    }
  }

  async #send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<{ text: string }> {
    const { token, signal } = this.#options
    const response = await request(`${this.server}/api/v1${path}`, {
      method,
      headers: {
        accept: 'application/json, text/plain',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    }).catch((error: unknown) => {
      signal?.throwIfAborted()
      throw unreachable(this.server, error)
    })
    const text = await response.body.text()
    if (response.statusCode < 300) return { text }
    throw this.#failure(response.statusCode, text)
  }

  #failure(status: number, text: string): AppError {
    const body = parseError(text)
    if (body === undefined)
      return status === 404 || status === 200 ? this.#notDriftless(undefined) : codeOnly(status)
    const { code, message, fields, remedy } = body.error
    const hint =
      remedy ?? (code === 'Unauthorized' ? `Run \`driftless login --server ${this.server}\`.` : undefined)
    return new AppError(isErrorCode(code) ? code : 'InternalError', message, {
      ...(fields === undefined ? {} : { fields }),
      ...(hint === undefined ? {} : { remedy: hint }),
    })
  }

  #notDriftless(cause: unknown): AppError {
    return new AppError('ServiceUnavailable', `${this.server} does not answer like a Driftless server.`, {
      cause,
      remedy: 'Check the address given with --server.',
    })
  }
}

function queryOf(query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

function parseError(text: string): ErrorBody | undefined {
  try {
    const body = JSON.parse(text) as Partial<ErrorBody>
    return typeof body.error?.message === 'string' ? (body as ErrorBody) : undefined
  } catch {
    // Not JSON: a proxy or another program answered.
    return undefined
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}

function codeOnly(status: number): AppError {
  const code = (Object.keys(errorCodes) as ErrorCode[]).find((name) => errorCodes[name].httpStatus === status)
  return new AppError(code ?? 'InternalError', `The server answered with status ${status}.`)
}

function unreachable(server: string, error: unknown): AppError {
  const reason = error instanceof AggregateError ? messageOf(error.errors[0]) : messageOf(error)
  return new AppError('ServiceUnavailable', `No server answers at ${server} (${reason}).`, {
    cause: error,
    remedy: 'Start one with `driftless up`, or give its address with --server.',
  })
}
