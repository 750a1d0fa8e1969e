import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { isJsonObject, type KubeObject } from '@driftless/apimachinery'
import { load } from 'js-yaml'
import { badRequest, PlainNotFound, statusOf, StatusError } from '../errors.ts'
import type { User } from '../objects/context.ts'
import { decodeProtobuf } from '../protobuf/decode.ts'
import type { RequestInfo } from './request-info.ts'

export type Request = IncomingMessage | Http2ServerRequest
export type Response = ServerResponse | Http2ServerResponse

/** One request on its way through the handlers. */
export interface Exchange {
  request: Request
  response: Response
  info: RequestInfo
  user: User
  warnings: string[]
}

const bodyLimit = 3 * 1024 * 1024
const gzipFrom = 128 * 1024
/** Each chunk is a turn of a helper thread. */
const gzipChunkBytes = 512 * 1024
const gzipAsync = promisify(gzip)

export async function readBody(request: Request): Promise<string> {
  return (await readBytes(request)).toString('utf8')
}

/** Reads the whole body; more than 3 MiB is a 413. */
async function readBytes(request: Request): Promise<Buffer> {
  const tooLarge = () =>
    new StatusError('RequestEntityTooLarge', `Request entity too large: limit is ${bodyLimit}`)
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  // Events cost a third of what an iterator does, and every write pays it.
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > bodyLimit) reject(tooLarge())
      else chunks.push(chunk)
    })
    let whole = false
    request.once('end', () => {
      whole = true
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks))
    })
    request.once('error', reject)
    request.once('close', () => {
      if (!whole) reject(badRequest('the request ended before its body'))
    })
  })
}

/** Parses JSON or YAML by content type; without one, JSON. */
export function parseBody(text: string, contentType: string): unknown {
  try {
    // Clients send JSON under the YAML types too, and JSON is parsed ten times faster.
    if (!contentType.includes('yaml') || text.trimStart().startsWith('{')) return JSON.parse(text)
    return load(text, { json: true })
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${contentType.includes('yaml') ? 'YAML' : 'JSON'}): ${String(error)}`,
    )
  }
}

const protobuf = 'application/vnd.kubernetes.protobuf'
const readable = ['', 'application/json', 'application/yaml', protobuf]

/** The value in the body, written in JSON, YAML or protobuf; undefined when there is none. Other types are a 415. */
export async function readValue(request: Request, inspect?: (json: string) => void): Promise<unknown> {
  const contentType = mediaType(request)
  const bytes = await readBytes(request)
  if (bytes.length === 0) return undefined
  if (!readable.includes(contentType)) throw unsupportedMediaType(readable.slice(1))
  if (contentType === protobuf) return decodeProtobuf(bytes)
  const text = bytes.toString('utf8')
  const value = parseBody(text, contentType)
  if (!contentType.includes('yaml')) inspect?.(text)
  return value
}

/** The object in the body; anything that is no object with `kind` and `apiVersion` is a 400. */
/** The object of the body. What it does not say of its kind and version is what the endpoint takes. */
export async function readObject(
  request: Request,
  endpoint?: { apiVersion: string; kind: string },
): Promise<KubeObject> {
  const value = await readValue(request)
  return asKubeObject(endpoint !== undefined && isJsonObject(value) ? { ...endpoint, ...value } : value)
}

export function asKubeObject(value: unknown): KubeObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('the object provided is unrecognized (must be of type object)')
  }
  const object = value as Partial<KubeObject>
  if (typeof object.kind !== 'string' || object.kind === '')
    throw badRequest("Object 'Kind' is missing in the body")
  if (typeof object.apiVersion !== 'string' || object.apiVersion === '')
    throw badRequest("Object 'apiVersion' is missing in the body")
  const metadata = (object.metadata ?? {}) as unknown as Record<string, unknown>
  if (typeof metadata !== 'object' || Array.isArray(metadata)) throw badRequest('metadata must be an object')
  for (const field of ['labels', 'annotations']) requireMap(object, field, metadata[field])
  return { ...object, metadata } as unknown as KubeObject
}

function requireMap({ apiVersion = '', kind }: Partial<KubeObject>, field: string, value: unknown): void {
  if (value === undefined || value === null || (typeof value === 'object' && !Array.isArray(value))) return
  const version = apiVersion.replace(/^.*\//, '')
  const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  throw badRequest(
    `${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal ${type} into Go struct field ObjectMeta.metadata.${field} of type map[string]string`,
  )
}

export function mediaType(request: Request): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
}

export function unsupportedMediaType(supported: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`
  return new StatusError('UnsupportedMediaType', message)
}

export function header(request: Request, name: string): string {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : (value ?? '')
}

/** Answers with a value as JSON, or with text that is JSON already; bytes end with their line. */
export async function sendJson(exchange: Exchange, body: unknown, code = 200): Promise<void> {
  const isText = typeof body === 'string' || Buffer.isBuffer(body)
  await sendText(exchange, lineOf(exchange, isText ? body : JSON.stringify(body)), {
    code,
    contentType: 'application/json',
  })
}

function lineOf(exchange: Exchange, text: string | Buffer): string | Buffer {
  if (isPretty(exchange)) return indented(text.toString())
  return typeof text === 'string' ? `${text}\n` : text
}

function isPretty({ info }: Exchange): boolean {
  const pretty = info.query.get('pretty')
  return pretty === 'true' || pretty === '1'
}

function indented(text: string): string {
  return JSON.stringify(JSON.parse(text), undefined, 2)
}

export async function sendText(
  exchange: Exchange,
  text: string | Buffer,
  {
    code = 200,
    contentType = 'text/plain; charset=utf-8',
    headers = {},
  }: { code?: number; contentType?: string; headers?: Record<string, string> } = {},
): Promise<void> {
  const { request, response, warnings } = exchange
  const head: Record<string, string | string[]> = {
    'content-type': contentType,
    'cache-control': 'no-cache, private',
    ...headers,
  }
  if (warnings.length > 0) head['warning'] = warnings.map((warning) => `299 - "${escapeQuoted(warning)}"`)
  const zipped = text.length >= gzipFrom && header(request, 'accept-encoding').includes('gzip')
  // A text goes out together with the head; bytes take a write of their own.
  const body = zipped ? await gzipAsync(text, { level: 1, chunkSize: gzipChunkBytes }) : text
  if (zipped) Object.assign(head, { 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
  head['content-length'] = String(Buffer.byteLength(body))
  ;(response as ServerResponse).writeHead(code, head)
  ;(response as ServerResponse).end(request.method === 'HEAD' ? '' : body)
}

export async function sendError(exchange: Exchange, error: unknown): Promise<void> {
  const status = statusOf(error)
  if (exchange.response.headersSent) {
    exchange.response.end()
    return
  }
  if (error instanceof PlainNotFound) return sendText(exchange, `${error.message}\n`, { code: 404 })
  await sendJson(exchange, status, status.code ?? 500)
}

/** A header carries Latin-1 only and no line breaks. */
function escapeQuoted(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, String.raw`\$&`)
}
