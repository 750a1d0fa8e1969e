import { findApplication } from '../../applications/find-application.ts'
import { planOptions, planRequestOf } from '../../applications/plan-options.ts'
import { readBody } from '../read-body.ts'
import { param, type PersonRoute } from '../route.ts'

export const planApplication: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/applications/:name/plan',
  summary:
    'What a sync would do now; `revision` plans another one, `prune=false` leaves what Git no longer has.',
  access: { verb: 'get', resource: 'applications/resources', scope: 'project', named: true },
  async handle(call) {
    const application = findApplication(call.services, {
      project: param(call, 'project'),
      name: param(call, 'name'),
    })
    const { revision, prune } = call.query
    const wanted = readBody(planOptions, {
      ...(revision === undefined ? {} : { revision }),
      ...(prune === undefined ? {} : { prune: prune !== 'false' }),
    })
    return call.services.options.planner.plan({
      application,
      ...planRequestOf(wanted),
      signal: call.services.signal,
    })
  },
}
