import { notFoundOrHidden } from '../../access/door.ts'
import { param, type PersonRoute } from '../route.ts'
import { projectView, visibleProjects } from './project-view.ts'

export const listWorkspaceProjects: PersonRoute = {
  method: 'GET',
  path: '/workspaces/:workspace/devops',
  summary: 'DevOps projects of a workspace that the person may see.',
  access: { person: 'answers those where the person may list continuous deployments' },
  async handle(call) {
    const { services, door } = call
    const workspace = param(call, 'workspace')
    const projects = (await visibleProjects(services, door)).filter(
      ({ spec }) => spec.workspace === workspace,
    )
    const exists = services.options.informers.workspaces.get('', workspace) !== undefined
    const sees =
      projects.length > 0 || (await door.may({ verb: 'get', resource: 'workspaces', name: workspace }))
    if (!exists || !sees) throw notFoundOrHidden({ resource: 'workspaces', name: workspace })
    return { items: await Promise.all(projects.map((project) => projectView(services, door, project))) }
  },
}
