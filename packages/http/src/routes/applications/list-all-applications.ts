import { listRows, parseRowQuery } from '../../applications/query-rows.ts'
import { applicationProjects } from '../../applications/application-projects.ts'
import type { PersonRoute } from '../route.ts'

export const listAllApplications: PersonRoute = {
  method: 'GET',
  path: '/applications',
  summary: 'Continuous deployments of all DevOps projects that the person may see.',
  access: { person: 'answers those of projects where the person may list them' },
  async handle({ services: { rows, options }, door, query }) {
    const wanted = parseRowQuery(query)
    const { cursor } = rows.ring
    const projects = await applicationProjects(door, options.informers)
    return listRows(rows.byName(projects), wanted, cursor)
  },
}
