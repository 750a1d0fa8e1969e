import { annotations, type Application, type GitRepository, type RepositoryView } from '@driftless/api'
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

function repositoryView(
  { metadata, spec, status }: GitRepository,
  uses: Map<string, number>,
): RepositoryView {
  const connection = status?.connection
  const state =
    connection?.state === 'Connected' || connection?.state === 'Failed' ? connection.state : 'Unknown'
  return {
    name: metadata.name,
    alias: spec.alias ?? metadata.annotations?.[annotations.alias] ?? '',
    description: spec.description ?? metadata.annotations?.[annotations.description] ?? '',
    url: spec.url,
    hasCredentials: spec.secretRef !== undefined,
    connection: { state, message: connection?.message ?? '', checkedAt: connection?.checkedAt ?? '' },
    applications: uses.get(repositoryIdentity(spec.url) ?? '') ?? 0,
    createdAt: metadata.creationTimestamp ?? '',
    creator: metadata.annotations?.[annotations.creator] ?? '',
  }
}
