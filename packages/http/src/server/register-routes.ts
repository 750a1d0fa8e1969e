import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Door } from '../access/door.ts'
import { isOpen, type Call, type Route } from '../routes/route.ts'
import { admit } from './admission.ts'
import type { Services } from './services.ts'

/** Puts every route behind its admission. Rights are checked before the body is read. */
export function registerRoutes(app: FastifyInstance, routes: readonly Route[], services: Services): void {
  for (const route of routes) {
    const doors = new WeakMap<FastifyRequest, Door>()
    app.route({
      method: route.method,
      url: `/api/v1${route.path}`,
      ...(route.bodyLimitBytes === undefined ? {} : { bodyLimit: route.bodyLimitBytes }),
      onRequest: async (request, reply) => {
        void reply.header('cache-control', 'no-store')
        if (!isOpen(route)) doors.set(request, await admit(request, route, services))
      },
      handler: async (request, reply) => {
        const call: Call = {
          services,
          params: request.params as Record<string, string>,
          query: firstValues(request.query),
          body: request.body,
          request,
          reply,
        }
        const answer = await answerOf(route, call, doors.get(request))
        if (reply.sent) return reply
        void reply.code(route.status ?? 200)
        if (typeof answer !== 'string') return reply.send(answer ?? {})
        if (!reply.hasHeader('content-type')) void reply.type('application/json; charset=utf-8')
        return reply.send(answer)
      },
    })
  }
}

function answerOf(route: Route, call: Call, door: Door | undefined): Promise<unknown> {
  if (isOpen(route)) return route.handle(call)
  // Admission either set it or threw; a handler never runs without.
  if (door === undefined) throw new Error(`route ${route.method} ${route.path} was not admitted`)
  return route.handle({ ...call, door })
}

/** A value that is given twice counts once. */
function firstValues(query: unknown): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string') values[name] = first
  }
  return values
}
