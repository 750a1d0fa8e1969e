import type { SessionView } from '@driftless/api'
import type { Person } from '../../auth/person.ts'
import type { Services } from '../../server/services.ts'

export async function sessionView(person: Person, services: Services): Promise<SessionView> {
  const admin = await services.reviews.may(person, { verb: '*', resource: 'everything' })
  return {
    user: { name: person.name, displayName: person.displayName, admin },
    version: services.options.version,
    embedded: services.options.embedded,
  }
}
