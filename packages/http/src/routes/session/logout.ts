import { clearSessionCookie } from '../../auth/session-cookie.ts'
import type { PersonRoute } from '../route.ts'

export const logout: PersonRoute = {
  method: 'POST',
  path: '/logout',
  summary: 'End the session or revoke the token that the request came with.',
  access: { person: 'ends only what the request itself carries' },
  async handle({ services, door, request, reply }) {
    await services.credentials.revoke(door.person.credential)
    clearSessionCookie(request, reply)
    return {}
  },
}
