import { annotations, type WorkspaceView } from '@driftless/api'
import { z } from 'zod'
import { workspaceApi } from '../../access/resources.ts'
import { explainConflict } from '../../applications/explain-conflict.ts'
import { readBody } from '../read-body.ts'
import type { PersonRoute } from '../route.ts'
import { namespaceName } from './names.ts'

const createRequest = z.object({
  name: namespaceName,
  alias: z.string().max(256).optional(),
  description: z.string().max(4_096).optional(),
})

export const createWorkspace: PersonRoute = {
  method: 'POST',
  path: '/workspaces',
  summary: 'Create a workspace.',
  status: 201,
  access: { verb: 'create', resource: 'workspaces', scope: 'cluster' },
  async handle({ door, body }): Promise<WorkspaceView> {
    const { name, alias, description } = readBody(createRequest, body)
    await explainConflict(`workspace "${name}"`, () =>
      door.client.create({
        ...workspaceApi,
        metadata: { name, annotations: { [annotations.creator]: door.person.name } },
        spec: {
          ...(alias === undefined ? {} : { alias }),
          ...(description === undefined ? {} : { description }),
        },
      }),
    )
    return { name, alias: alias ?? '', description: description ?? '', devopsProjects: 0 }
  },
}
