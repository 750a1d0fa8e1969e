import { findApplication } from '../../applications/find-application.ts'
import { param, type PersonRoute } from '../route.ts'

export const planApplication: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/applications/:name/plan',
  summary: 'What a sync would do now; `revision` plans another one.',
  access: { verb: 'get', resource: 'applications/resources', scope: 'project', named: true },
  async handle(call) {
    const application = findApplication(call.services, {
      project: param(call, 'project'),
      name: param(call, 'name'),
    })
    const revision = call.query['revision'] ?? ''
    return call.services.options.planner.plan({
      application,
      ...(revision === '' ? {} : { revision }),
      signal: call.services.signal,
    })
  },
}
