import { checkApplication } from '../../applications/check-application.ts'
import { localBodyBytes, planOptions, planRequestOf } from '../../applications/plan-options.ts'
import { readBody } from '../read-body.ts'
import { param, type PersonRoute } from '../route.ts'

export const planDraft: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/applications::plan',
  summary:
    'What the first sync of a continuous deployment that need not exist would do; with `application` in the body also of a revision or of local files.',
  access: { verb: 'create', resource: 'applications', scope: 'project' },
  bodyLimitBytes: localBodyBytes,
  async handle(call) {
    const { draft, options } = partsOf(call.body)
    const application = checkApplication(call.services, param(call, 'project'), draft)
    return call.services.options.planner.plan({
      application,
      ...planRequestOf(readBody(planOptions, options)),
      signal: call.services.signal,
    })
  },
}

/** The body is an Application, or has one beside what is to be planned of it. */
function partsOf(body: unknown): { draft: unknown; options: unknown } {
  if (typeof body !== 'object' || body === null || !('application' in body))
    return { draft: body, options: {} }
  const { application, ...options } = body
  return { draft: application, options }
}
