import { z } from 'zod'
import { readNodeObject } from '../../live/read-node-object.ts'
import { readBody } from '../read-body.ts'
import type { PersonRoute } from '../route.ts'

const body = z.object({
  action: z.string().min(1),
  parameters: z.record(z.string(), z.string()).optional(),
})

export const runAction: PersonRoute = {
  method: 'POST',
  path: '/devops/:project/applications/:name/resource/actions',
  summary: 'Do one of the actions of a resource.',
  access: { verb: 'create', resource: 'applications/actions', scope: 'project', named: true },
  async handle(call): Promise<{ messages: string[] }> {
    const { action, parameters = {} } = readBody(body, call.body)
    const { client, object } = await readNodeObject(call)
    const now = new Date().toISOString()
    const { actions } = call.services.options.planner
    return { messages: await actions.run({ client, object, name: action, parameters, now }) }
  },
}
