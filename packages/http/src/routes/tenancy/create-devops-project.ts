import { annotations, type DevOpsProject } from '@driftless/api'
import { z } from 'zod'
import { notFoundOrHidden } from '../../access/door.ts'
import { devopsProjectApi } from '../../access/resources.ts'
import { explainConflict } from '../../applications/explain-conflict.ts'
import { readBody } from '../read-body.ts'
import { param, type PersonRoute } from '../route.ts'
import { namespaceName } from './names.ts'
import { projectView } from './project-view.ts'

const createRequest = z.object({
  name: namespaceName,
  alias: z.string().max(256).optional(),
  description: z.string().max(4_096).optional(),
})

export const createDevopsProject: PersonRoute = {
  method: 'POST',
  path: '/workspaces/:workspace/devops',
  summary: 'Create a DevOps project; its namespace, AppProject and roles follow.',
  status: 201,
  access: { verb: 'create', resource: 'devopsprojects', scope: 'cluster' },
  async handle(call) {
    const { services, door } = call
    const workspace = param(call, 'workspace')
    if (services.options.informers.workspaces.get('', workspace) === undefined) {
      throw notFoundOrHidden({ resource: 'workspaces', name: workspace })
    }
    const { name, alias, description } = readBody(createRequest, call.body)
    const created = await explainConflict(`DevOps project "${name}"`, () =>
      door.client.create({
        ...devopsProjectApi,
        metadata: { name, annotations: { [annotations.creator]: door.person.name } },
        spec: {
          workspace,
          ...(alias === undefined ? {} : { alias }),
          ...(description === undefined ? {} : { description }),
        },
      }),
    )
    return projectView(services, door, created as unknown as DevOpsProject)
  },
}
