import type { PersonRoute } from '../route.ts'
import { projectView, visibleProjects } from './project-view.ts'

export const listDevopsProjects: PersonRoute = {
  method: 'GET',
  path: '/devops',
  summary: 'DevOps projects that the person may see.',
  access: { person: 'answers those where the person may list continuous deployments' },
  async handle({ services, door }) {
    const projects = await visibleProjects(services, door)
    return { items: await Promise.all(projects.map((project) => projectView(services, door, project))) }
  },
}
