import type { ResourceTree } from '@driftless/api'
import { findApplication } from '../../applications/find-application.ts'
import { applicationTree } from '../../live/application-tree.ts'
import { param, type PersonRoute } from '../route.ts'

export const getResourceTree: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/applications/:name/resources',
  summary: 'What a continuous deployment has made, as a tree.',
  access: { verb: 'get', resource: 'applications/resources', scope: 'project', named: true },
  async handle(call): Promise<ResourceTree> {
    const application = findApplication(call.services, {
      project: param(call, 'project'),
      name: param(call, 'name'),
    })
    return { nodes: applicationTree(call.services, application) }
  },
}
