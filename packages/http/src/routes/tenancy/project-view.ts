import { annotations, type DevOpsProject, type DevOpsProjectView } from '@driftless/api'
import type { Door } from '../../access/door.ts'
import type { Services } from '../../server/services.ts'

export async function projectView(
  services: Services,
  door: Door,
  project: DevOpsProject,
): Promise<DevOpsProjectView> {
  const { metadata, spec } = project
  const { name } = metadata
  return {
    name,
    alias: spec.alias ?? metadata.annotations?.[annotations.alias] ?? '',
    description: spec.description ?? metadata.annotations?.[annotations.description] ?? '',
    workspace: spec.workspace,
    creator: metadata.annotations?.[annotations.creator] ?? '',
    createdAt: metadata.creationTimestamp ?? '',
    applications: services.rows.count(name),
    can: await door.permissions(name),
  }
}

/** Those that the person sees, by name. */
export async function visibleProjects(services: Services, door: Door): Promise<DevOpsProject[]> {
  const all = services.options.informers.devopsProjects.list() as unknown as DevOpsProject[]
  const seen = new Set(await door.visibleProjects(all.map(({ metadata }) => metadata.name)))
  return all
    .filter(({ metadata }) => seen.has(metadata.name))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
}
