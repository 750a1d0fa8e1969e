import type { Workspace, WorkspaceView } from '@driftless/api'
import type { PersonRoute } from '../route.ts'
import { visibleProjects } from './project-view.ts'

export const listWorkspaces: PersonRoute = {
  method: 'GET',
  path: '/workspaces',
  summary: 'Workspaces that the person may see.',
  access: { person: 'answers those that the person may get, or where they see a DevOps project' },
  async handle({ services, door }): Promise<{ items: WorkspaceView[] }> {
    const all = services.options.informers.workspaces.list() as unknown as Workspace[]
    const projects = await visibleProjects(services, door)
    const seesAll = await door.may({ verb: 'list', resource: 'workspaces' })
    const items = await Promise.all(
      all.map(async ({ metadata, spec }) => {
        const { name } = metadata
        const devopsProjects = projects.filter((project) => project.spec.workspace === name).length
        const sees =
          seesAll || devopsProjects > 0 || (await door.may({ verb: 'get', resource: 'workspaces', name }))
        if (!sees) return undefined
        return { name, alias: spec?.alias ?? '', description: spec?.description ?? '', devopsProjects }
      }),
    )
    const seen = items.filter((item) => item !== undefined)
    return { items: seen.sort((a, b) => (a.name < b.name ? -1 : 1)) }
  },
}
