import type { DevOpsProject } from '@driftless/api'
import { notFoundOrHidden } from '../../access/door.ts'
import { param, type PersonRoute } from '../route.ts'
import { projectView } from './project-view.ts'

export const getDevopsProject: PersonRoute = {
  method: 'GET',
  path: '/devops/:project',
  summary: 'A DevOps project.',
  access: { person: 'answers only for a project that the person sees' },
  async handle(call) {
    const { services, door } = call
    const name = param(call, 'project')
    const project = services.options.informers.devopsProjects.get('', name)
    if (project === undefined || !(await door.seesProject(name))) {
      throw notFoundOrHidden({ resource: 'devopsprojects', namespace: name })
    }
    return projectView(services, door, project as unknown as DevOpsProject)
  },
}
