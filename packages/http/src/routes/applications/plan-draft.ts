import { checkApplication } from '../../applications/check-application.ts'
import { param, type PersonRoute } from '../route.ts'

export const planDraft: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/applications::plan',
  summary: 'What the first sync of a continuous deployment that need not exist would do.',
  access: { verb: 'create', resource: 'applications', scope: 'project' },
  async handle(call) {
    const application = checkApplication(call.services, param(call, 'project'), call.body)
    return call.services.options.planner.plan({ application, signal: call.services.signal })
  },
}
