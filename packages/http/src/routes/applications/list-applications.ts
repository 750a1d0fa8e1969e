import { listRows, parseRowQuery } from '../../applications/query-rows.ts'
import { param, type PersonRoute } from '../route.ts'

export const listApplications: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/applications',
  summary: 'Continuous deployments of a DevOps project: search, filter, sort, page.',
  access: { verb: 'list', resource: 'applications', scope: 'project' },
  async handle(call) {
    const { rows } = call.services
    return listRows(rows.byName([param(call, 'project')]), parseRowQuery(call.query), rows.ring.cursor)
  },
}
