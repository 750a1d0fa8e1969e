import type { ApplicationDetail } from '@driftless/api'
import { applicationRow } from '../../applications/application-row.ts'
import { findApplication } from '../../applications/find-application.ts'
import { param, type PersonRoute } from '../route.ts'

export const getApplication: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/applications/:name',
  summary: 'A continuous deployment with its row, its commits and what the person may do.',
  access: { verb: 'get', resource: 'applications', scope: 'project', named: true },
  async handle(call): Promise<ApplicationDetail> {
    const { services, door } = call
    const project = param(call, 'project')
    const name = param(call, 'name')
    const application = withoutManagedFields(findApplication(services, { project, name }))
    const row =
      services.rows.get(project, name)?.row ??
      applicationRow(application, { workspaceOf: () => '', clusterOf: () => undefined })
    const [can, commits] = await Promise.all([
      door.permissions(project),
      services.options.planner.commitsOf(application, services.signal),
    ])
    return { application, row, can, commits }
  },
}

function withoutManagedFields(
  application: ApplicationDetail['application'],
): ApplicationDetail['application'] {
  const { managedFields: _managedFields, ...metadata } = application.metadata
  return { ...application, metadata }
}
