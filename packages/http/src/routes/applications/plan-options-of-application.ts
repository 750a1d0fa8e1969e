import { findApplication } from '../../applications/find-application.ts'
import { localBodyBytes, planOptions, planRequestOf } from '../../applications/plan-options.ts'
import { readBody } from '../read-body.ts'
import { param, type PersonRoute } from '../route.ts'

/** Local files are rendered and compared with the cluster, so this needs the right to sync them. */
export const planOptionsOfApplication: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/applications/:name/plan',
  summary: 'What a sync would do, of revisions for several sources or of local files.',
  access: { verb: 'sync', resource: 'applications', scope: 'project', named: true },
  bodyLimitBytes: localBodyBytes,
  async handle(call) {
    const wanted = readBody(planOptions, call.body)
    const application = findApplication(call.services, {
      project: param(call, 'project'),
      name: param(call, 'name'),
    })
    return call.services.options.planner.plan({
      application,
      ...planRequestOf(wanted),
      signal: call.services.signal,
    })
  },
}
