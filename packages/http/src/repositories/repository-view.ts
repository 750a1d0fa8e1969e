import { annotations, type Application, type GitRepository, type RepositoryView } from '@driftless/api'
import { orEmpty } from '../or-empty.ts'
import type { Services } from '../server/services.ts'
import { countUses, repositoryIdentity } from './same-repository.ts'

export function repositoryViews(
  services: Services,
  project: string,
  repositories: GitRepository[],
): RepositoryView[] {
  const applications = services.options.informers.applications.list(project) as unknown as Application[]
  const uses = countUses(applications)
  return repositories.map((repository) => repositoryView(repository, uses))
}

function repositoryView(repository: GitRepository, uses: Map<string, number>): RepositoryView {
  const { metadata, spec } = repository
  return {
    name: metadata.name,
    alias: orEmpty(spec.alias ?? metadata.annotations?.[annotations.alias]),
    description: orEmpty(spec.description ?? metadata.annotations?.[annotations.description]),
    url: spec.url,
    hasCredentials: spec.secretRef !== undefined,
    connection: connectionOf(repository),
    applications: uses.get(orEmpty(repositoryIdentity(spec.url))) ?? 0,
    createdAt: orEmpty(metadata.creationTimestamp),
    creator: orEmpty(metadata.annotations?.[annotations.creator]),
  }
}

function connectionOf({ status }: GitRepository): RepositoryView['connection'] {
  const connection = status?.connection
  const state =
    connection?.state === 'Connected' || connection?.state === 'Failed' ? connection.state : 'Unknown'
  return { state, message: orEmpty(connection?.message), checkedAt: orEmpty(connection?.checkedAt) }
}
