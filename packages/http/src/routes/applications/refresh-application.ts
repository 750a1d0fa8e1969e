import { annotations } from '@driftless/api'
import { z } from 'zod'
import { applicationRef, findApplication } from '../../applications/find-application.ts'
import { readBody } from '../read-body.ts'
import { param, type PersonRoute } from '../route.ts'

const refreshRequest = z.object({ hard: z.boolean().optional() })

export const refreshApplication: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/applications/:name/refresh',
  summary: 'Look at Git and the cluster again; `hard` also renders anew.',
  status: 202,
  access: { verb: 'sync', resource: 'applications', scope: 'project', named: true },
  async handle(call) {
    const { hard } = readBody(refreshRequest, call.body)
    const key = { project: param(call, 'project'), name: param(call, 'name') }
    findApplication(call.services, key)
    const value = hard === true ? 'hard' : 'normal'
    return call.services.options.control.patch(applicationRef(key), {
      type: 'merge',
      body: { metadata: { annotations: { [annotations.refresh]: value } } },
    })
  },
}
