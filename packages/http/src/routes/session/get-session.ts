import type { PersonRoute } from '../route.ts'
import { sessionView } from './session-view.ts'

export const getSession: PersonRoute = {
  method: 'GET',
  path: '/session',
  summary: 'Who is logged in.',
  access: { person: 'tells people about themselves' },
  handle: ({ services, door }) => sessionView(door.person, services),
}
