import { AppError } from '@driftless/api'
import type { FastifyRequest } from 'fastify'
import { createDoor, type Door } from '../access/door.ts'
import type { Question } from '../access/access-reviews.ts'
import { notLoggedIn } from '../auth/credential-secret.ts'
import type { Person } from '../auth/person.ts'
import { sessionCookie } from '../auth/session-cookie.ts'
import type { PersonRoute } from '../routes/route.ts'
import type { Services } from './services.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
export const csrfHeader = 'x-driftless-csrf'

/**
 * Everything that must be true before a handler runs: who it is, that the request was meant, and the route's right.
 * @throws AppError `Unauthorized`, `Forbidden` or `NotFound`
 */
export async function admit(request: FastifyRequest, route: PersonRoute, services: Services): Promise<Door> {
  const person = await identify(request, services)
  if (person === undefined) throw notLoggedIn()
  if (person.via === 'session' && !safeMethods.has(request.method)) checkIntent(request)
  const door = createDoor(person, services.options.control, services.reviews)
  const question = questionOf(request, route)
  if (question !== undefined) await door.require(question)
  return door
}

/** Undefined without a valid credential. A wrong bearer token is not made good by a cookie. */
export async function identify(request: FastifyRequest, services: Services): Promise<Person | undefined> {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const value = /^Bearer ([^\s]+)$/i.exec(authorization)?.[1]
    const person = value === undefined ? undefined : await services.authenticator.byValue(value)
    // A bearer is never a browser's ambient right, whatever kind of value it carries.
    return person === undefined ? undefined : { ...person, via: 'token' }
  }
  const cookie = sessionCookie(request)
  if (cookie === undefined) return undefined
  const person = await services.authenticator.byValue(cookie)
  return person === undefined ? undefined : { ...person, via: 'session' }
}

/** A browser sends the cookie with requests of other sites' making too; this header and origin they cannot set. */
function checkIntent(request: FastifyRequest): void {
  checkOrigin(request)
  if (request.headers[csrfHeader] !== '1') throw forged('lacks the header X-Driftless-Csrf')
}

/** @throws AppError `Forbidden` for a request that a page of another origin made. */
export function checkOrigin(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw forged('came from another site')
  const { origin } = request.headers
  if (origin !== undefined && origin !== `${request.protocol}://${request.host}`) {
    throw forged('came from another origin')
  }
}

function forged(why: string): AppError {
  return new AppError('Forbidden', `The request ${why} and was refused.`, {
    remedy: 'Use the console at its own address.',
  })
}

function questionOf(request: FastifyRequest, route: PersonRoute): Question | undefined {
  const { access } = route
  if ('person' in access) return undefined
  const params = request.params as Record<string, string>
  const parameter = access.named === true ? 'name' : access.named
  return {
    verb: access.verb,
    resource: access.resource,
    ...(access.scope === 'project' ? { namespace: params['project'] ?? '' } : {}),
    ...(typeof parameter === 'string' ? { name: params[parameter] ?? '' } : {}),
  }
}
