import type { ResourceActionView } from '@driftless/api'
import { readNodeObject } from '../../live/read-node-object.ts'
import type { PersonRoute } from '../route.ts'

export const listActions: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/applications/:name/resource/actions',
  summary: 'What can be done with one resource of a continuous deployment.',
  access: { verb: 'get', resource: 'applications/resources', scope: 'project', named: true },
  async handle(call): Promise<{ items: ResourceActionView[] }> {
    const { object } = await readNodeObject(call)
    return { items: await call.services.options.planner.actions.list(object) }
  },
}
