import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AccessResource } from '../access/resources.ts'
import type { Door } from '../access/door.ts'
import type { Services } from '../server/services.ts'

/** What a request needs before its handler runs. There is no default: a route without it does not compile. */
export type Access =
  /** Anyone, for this reason. */
  | { open: string }
  /** Anyone who is logged in; the handler answers only what the person may see, in this way. */
  | { person: string }
  /**
   * A right in the control cluster. `scope: 'project'` takes `:project` as namespace; `named` names the object by
   * `:name` (or by the parameter given), so that one which may not be seen answers as one that does not exist.
   */
  | { verb: string; resource: AccessResource; scope: 'project' | 'cluster'; named?: boolean | string }

export interface Call {
  services: Services
  params: Record<string, string>
  query: Record<string, string>
  body: unknown
  request: FastifyRequest
  reply: FastifyReply
}

export interface PersonCall extends Call {
  door: Door
}

interface RouteShape {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`, in Fastify's syntax (`::` is a colon). */
  path: string
  summary: string
  /** Status of success; default 200. */
  status?: number
  /** Where bodies may be larger than elsewhere. */
  bodyLimitBytes?: number
}

export interface OpenRoute extends RouteShape {
  access: Extract<Access, { open: string }>
  handle(call: Call): Promise<unknown>
}

export interface PersonRoute extends RouteShape {
  access: Exclude<Access, { open: string }>
  handle(call: PersonCall): Promise<unknown>
}

export type Route = OpenRoute | PersonRoute

export function isOpen(route: Route): route is OpenRoute {
  return 'open' in route.access
}

/** A path parameter or query value that must be there. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? ''
}
