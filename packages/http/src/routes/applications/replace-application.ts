import { AppError } from '@driftless/api'
import { checkApplication } from '../../applications/check-application.ts'
import { explainConflict } from '../../applications/explain-conflict.ts'
import { asObject, readApplication } from '../../applications/find-application.ts'
import { param, type PersonRoute } from '../route.ts'

export const replaceApplication: PersonRoute = {
  method: 'PUT',
  path: '/devops/:project/applications/:name',
  summary: 'Replace a continuous deployment; its state stays.',
  access: { verb: 'update', resource: 'applications', scope: 'project', named: true },
  async handle(call) {
    const { services, door } = call
    const key = { project: param(call, 'project'), name: param(call, 'name') }
    const wanted = checkApplication(services, key.project, call.body)
    if (wanted.metadata.name !== key.name) {
      throw new AppError('Invalid', 'A continuous deployment cannot be renamed.', {
        fields: [{ field: 'metadata.name', message: `must stay "${key.name}"` }],
      })
    }
    const current = await readApplication(services, key)
    const { operation, status } = current
    const object = asObject({
      ...wanted,
      metadata: {
        ...wanted.metadata,
        resourceVersion: wanted.metadata.resourceVersion ?? current.metadata.resourceVersion,
      },
      ...(operation === undefined ? {} : { operation }),
      ...(status === undefined ? {} : { status }),
    })
    return explainConflict(`continuous deployment "${key.name}"`, () => door.client.replace(object))
  },
}
