import { annotations } from '@driftless/api'
import { checkApplication } from '../../applications/check-application.ts'
import { explainConflict } from '../../applications/explain-conflict.ts'
import { asObject } from '../../applications/find-application.ts'
import { param, type PersonRoute } from '../route.ts'

export const createApplication: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/applications',
  summary: 'Create a continuous deployment.',
  status: 201,
  access: { verb: 'create', resource: 'applications', scope: 'project' },
  handle(call) {
    const { services, door } = call
    const application = checkApplication(services, param(call, 'project'), call.body)
    application.metadata = {
      ...application.metadata,
      annotations: { ...application.metadata.annotations, [annotations.creator]: door.person.name },
    }
    return explainConflict(`continuous deployment "${application.metadata.name}"`, () =>
      door.client.create(asObject(application)),
    )
  },
}
