import { AppError, type Application } from '@driftless/api'
import type { PlanRequest } from '@driftless/planner'
import { findApplication } from '../../applications/find-application.ts'
import { historyEntryOf, withSourcesOf } from '../../applications/history-entry.ts'
import { planOptions, planRequestOf } from '../../applications/plan-options.ts'
import { readBody } from '../read-body.ts'
import { param, type PersonRoute } from '../route.ts'

export const planApplication: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/applications/:name/plan',
  summary:
    'What a sync would do now; `revision` plans another one, `history` a rollback to that entry, `prune=false` leaves what Git no longer has.',
  access: { verb: 'get', resource: 'applications/resources', scope: 'project', named: true },
  async handle(call) {
    const application = findApplication(call.services, {
      project: param(call, 'project'),
      name: param(call, 'name'),
    })
    const { revision, prune, history } = call.query
    const wanted = readBody(planOptions, {
      ...(revision === undefined ? {} : { revision }),
      ...(prune === undefined ? {} : { prune: prune !== 'false' }),
    })
    const { signal } = call.services
    const request = { ...planRequestOf(wanted), signal }
    return call.services.options.planner.plan(
      history === undefined ? { application, ...request } : rollbackTo(application, history, request),
    )
  },
}

/** From the sources of the entry, and without hooks, as the rollback itself. */
function rollbackTo(
  application: Application,
  history: string,
  request: Omit<PlanRequest, 'application'>,
): PlanRequest {
  if (request.revision !== undefined) {
    throw new AppError(
      'Invalid',
      'A plan is made of an entry of the history or of a revision, not of both.',
      {
        fields: [{ field: 'revision', message: 'must be absent with history' }],
      },
    )
  }
  const entry = historyEntryOf(application, /^\d+$/.test(history) ? Number(history) : -1)
  const revisions = entry.revisions ?? (entry.revision === undefined ? [] : [entry.revision])
  return { ...request, application: withSourcesOf(application, entry), revisions, applyOnly: true }
}
