import { AppError } from '@driftless/api'
import { z } from 'zod'
import { setSessionCookie } from '../../auth/session-cookie.ts'
import { checkOrigin } from '../../server/admission.ts'
import { readBody } from '../read-body.ts'
import type { OpenRoute } from '../route.ts'
import { sessionView } from './session-view.ts'

const loginRequest = z.object({
  username: z.string().min(1).max(256),
  password: z.string().min(1).max(512),
  token: z.boolean().optional(),
})

export const login: OpenRoute = {
  method: 'POST',
  path: '/login',
  summary: 'Log in with user name and password: a session cookie, or a token when `token` is true.',
  access: { open: 'nobody is logged in before' },
  async handle({ services, body, request, reply }) {
    // A page of another site could otherwise log a person in as someone else.
    checkOrigin(request)
    if (request.headers['content-type']?.startsWith('application/json') !== true) {
      throw new AppError('UnsupportedMediaType', 'A login is sent as JSON.')
    }
    const { username, password, token } = readBody(loginRequest, body)
    const person = await services.authenticator.byPassword({ username, password, address: request.ip })
    const kind = token === true ? 'token' : 'session'
    const value = await services.credentials.issue({ user: person.name, groups: person.groups, kind })
    const view = await sessionView(person, services)
    if (kind === 'token') return { ...view, token: value }
    setSessionCookie({ request, reply, value })
    return view
  },
}
