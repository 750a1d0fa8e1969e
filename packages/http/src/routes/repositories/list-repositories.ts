import type { GitRepository } from '@driftless/api'
import { repositoryViews } from '../../repositories/repository-view.ts'
import { param, type PersonRoute } from '../route.ts'

export const listRepositories: PersonRoute = {
  method: 'GET',
  path: '/devops/:project/repositories',
  summary: 'Code repositories of a DevOps project.',
  access: { verb: 'list', resource: 'gitrepositories', scope: 'project' },
  async handle(call) {
    const project = param(call, 'project')
    const repositories = call.services.options.informers.repositories.list(
      project,
    ) as unknown as GitRepository[]
    const items = repositoryViews(call.services, project, repositories)
    return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) }
  },
}
