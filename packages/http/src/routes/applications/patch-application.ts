import { AppError } from '@driftless/api'
import { applyMergePatch, type JsonValue } from '@driftless/apimachinery'
import { z } from 'zod'
import { checkApplication } from '../../applications/check-application.ts'
import { explainConflict } from '../../applications/explain-conflict.ts'
import { applicationRef, readApplication } from '../../applications/find-application.ts'
import { readBody } from '../read-body.ts'
import { param, type PersonRoute } from '../route.ts'

const patchBody = z.looseObject({
  metadata: z.looseObject({}).optional(),
  spec: z.looseObject({}).optional(),
})

export const patchApplication: PersonRoute = {
  method: 'PATCH',
  path: '/devops/:project/applications/:name',
  summary: 'Change parts of a continuous deployment with a JSON merge patch.',
  access: { verb: 'patch', resource: 'applications', scope: 'project', named: true },
  async handle(call) {
    const { services, door } = call
    const key = { project: param(call, 'project'), name: param(call, 'name') }
    const body = readBody(patchBody, call.body)
    const state = ['operation', 'status'].find((field) => field in body)
    if (state !== undefined) {
      throw new AppError('Invalid', `"${state}" is not set by a patch.`, {
        fields: [{ field: state, message: 'is written by the server' }],
        remedy: 'Use sync, rollback, refresh or terminate.',
      })
    }
    const current = await readApplication(services, key)
    // What would come out must be valid, also where the patch touches only a part of it.
    checkApplication(
      services,
      key.project,
      applyMergePatch(current as unknown as JsonValue, body as JsonValue),
    )
    return explainConflict(`continuous deployment "${key.name}"`, () =>
      door.client.patch(applicationRef(key), { type: 'merge', body }),
    )
  },
}
