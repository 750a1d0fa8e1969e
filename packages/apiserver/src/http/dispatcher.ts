import type { Authenticator } from '../auth/authenticate.ts'
import { impersonate } from '../auth/impersonate.ts'
import { denial, type Attributes, type RbacAuthorizer } from '../authorization/rbac.ts'
import { badRequest, forbidden, methodNotAllowed, pageNotFound, StatusError } from '../errors.ts'
import type { Registry } from '../kinds/registry.ts'
import type { User } from '../objects/context.ts'
import type { OpenApiDocuments } from '../openapi/documents.ts'
import type { Discovery } from './discovery.ts'
import {
  type Exchange,
  mediaType,
  type Request,
  type Response,
  sendError,
  sendJson,
  sendText,
} from './exchange.ts'
import type { InFlight } from './in-flight.ts'
import { RequestMetrics } from './request-metrics.ts'
import { parseRequestInfo, type RequestInfo } from './request-info.ts'
import { type ResourceHandlers, targetOf } from './resource-handlers.ts'
import type { ReviewHandlers } from './review-handlers.ts'
import type { SubresourceHandlers } from './subresource-handlers.ts'
import { version } from './version.ts'

export interface DispatcherParts {
  authenticator: Authenticator
  authorizer: RbacAuthorizer
  registry: Registry
  discovery: Discovery
  openapi: OpenApiDocuments
  resources: ResourceHandlers
  subresources: SubresourceHandlers
  reviews: ReviewHandlers
  inFlight: InFlight
  log: (line: string) => void
}

const openPaths = new Set(['/healthz', '/livez', '/readyz', '/version', '/version/'])

/** Takes every request: who, what, allowed?, then the part that answers it. */
export class Dispatcher {
  #parts: DispatcherParts
  #metrics = new RequestMetrics()

  constructor(parts: DispatcherParts) {
    this.#parts = parts
  }

  async handle(request: Request, response: Response): Promise<void> {
    const info = parseRequestInfo(request.method ?? 'GET', request.url ?? '/')
    const exchange: Exchange = { request, response, info, user: { name: '', groups: [] }, warnings: [] }
    let leave: (() => void) | undefined
    try {
      exchange.user = this.#userOf(request)
      leave = this.#parts.inFlight.enter(info, exchange.user)
      if (leave === undefined) return await sendTooMany(exchange)
      this.#authorize(exchange.user, info)
      await this.#route(exchange)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && 'httpStatus' in error)) {
        this.#parts.log(
          `${request.method} ${info.path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        )
      }
      await sendError(exchange, error)
    } finally {
      leave?.()
      this.#metrics.count(info, { code: response.statusCode, contentType: mediaType(request) })
    }
  }

  #userOf(request: Request): User {
    const user = this.#parts.authenticator.authenticate(request)
    return impersonate(request, user, this.#parts.authorizer)
  }

  #authorize(user: User, info: RequestInfo): void {
    if (openPaths.has(info.path)) return
    const wanted = attributesOf(info)
    if (this.#parts.authorizer.allows(user, wanted)) return
    const why = denial(user, wanted)
    if (wanted.path !== undefined) throw new StatusError('Forbidden', `forbidden: ${why}`, {})
    throw forbidden({ group: wanted.group, resource: wanted.resource }, info.resource?.name ?? '', why)
  }

  async #route(exchange: Exchange): Promise<void> {
    if (exchange.info.resource === undefined) return this.#plain(exchange)
    if (exchange.request.method === 'HEAD') throw methodNotAllowed()
    checkTimeout(exchange.info.query.get('timeout'))
    const { registry, resources, subresources, reviews } = this.#parts
    const target = targetOf(registry, exchange.info)
    if (await reviews.serve(exchange, target)) return
    if (await subresources.serve(exchange, target)) return
    await resources.serve(exchange, target)
  }

  #servesGroup([, root, group]: string[]): boolean {
    return root === 'apis' && [...this.#parts.registry.groups()].some(([name]) => name === group)
  }

  async #plain(exchange: Exchange): Promise<void> {
    const { path } = exchange.info
    if (/^\/(healthz|livez|readyz)(\/ping)?$/.test(path)) return sendHealth(exchange)
    if (path === '/version' || path === '/version/') {
      if (exchange.request.method === 'HEAD') throw methodNotAllowed()
      return sendJson(exchange, version)
    }
    if (path === '/metrics')
      return sendText(exchange, this.#metrics.text(), {
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
      })
    if (await this.#parts.openapi.serve(exchange)) return
    if (await this.#parts.discovery.serve(exchange)) return
    if (this.#servesGroup(path.split('/'))) throw pageNotFound()
    await sendText(exchange, '404 page not found\n', { code: 404 })
  }
}

/** In the words of kube-apiserver, which are no Status. */
function sendTooMany(exchange: Exchange): Promise<void> {
  return sendText(exchange, 'Too many requests, please try again later.\n', {
    code: 429,
    headers: { 'retry-after': '1', 'x-content-type-options': 'nosniff' },
  })
}

/** How long a request may take; it must at least be a duration. */
function checkTimeout(text: string | null): void {
  if (text === null || text === '' || /^[+-]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(text)) return
  throw badRequest(
    `invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(text)}`,
  )
}

/** All checks of the server in one: it answers. */
function sendHealth(exchange: Exchange): Promise<void> {
  const { path, query } = exchange.info
  if (!query.has('verbose')) return sendText(exchange, 'ok')
  return sendText(exchange, `[+]ping ok\n${path.slice(1).replace('/ping', '')} check passed\n`)
}

function attributesOf({ verb, path, query, resource }: RequestInfo): Attributes {
  if (resource === undefined)
    return { verb, path, namespace: '', group: '', resource: '', subresource: '', name: '' }
  return { verb, ...resource, name: resource.name || selectedName(query) }
}

/** A list or watch of one object by its name is authorized like that object. */
function selectedName(query: URLSearchParams): string {
  const selector = query.get('fieldSelector') ?? ''
  return /(?:^|,)metadata\.name==?([^,!=]+)(?:,|$)/.exec(selector)?.[1] ?? ''
}
