import type { FastifyReply, FastifyRequest } from 'fastify'

const plainName = 'driftless'
/** Browsers take this name only from HTTPS, for the whole host, with no domain. */
const secureName = '__Host-driftless'

function nameFor(request: FastifyRequest): string {
  return request.protocol === 'https' ? secureName : plainName
}

export function sessionCookie(request: FastifyRequest): string | undefined {
  const value = request.cookies[nameFor(request)]
  return value === '' ? undefined : value
}

/** Lives as long as the session, 24 hours. */
export function setSessionCookie(input: {
  request: FastifyRequest
  reply: FastifyReply
  value: string
}): void {
  const { request, reply, value } = input
  void reply.setCookie(nameFor(request), value, { ...attributes(request), maxAge: 86_400 })
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(nameFor(request), attributes(request))
}

function attributes(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' } as const
}
