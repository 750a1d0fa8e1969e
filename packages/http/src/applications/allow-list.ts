import { type Application, type AppProject, type FieldError, labels } from '@driftless/api'
import { permitsDestination, permitsSource } from '@driftless/engine'
import type { ClusterConnection } from '@driftless/planner'
import { sourcesOf } from '../repositories/same-repository.ts'

export interface AllowListInput {
  application: Application
  project: AppProject
  /** Where the application goes; undefined when no such cluster is known. */
  connection: ClusterConnection | undefined
  /** Workspace of the DevOps project. */
  workspace: string
  /** Addresses of the repositories that the project imported: the AppProject may not list the newest of them yet. */
  imported: readonly string[]
}

/**
 * Where source and destination leave what the AppProject and the workspace allow. The controller checks it again at
 * every sync; here it is for the person at the form.
 */
export function allowListErrors(input: AllowListInput): FieldError[] {
  return [...sourceErrors(input), ...destinationErrors(input)]
}

function sourceErrors({ application, project, imported }: AllowListInput): FieldError[] {
  const several = application.spec.sources !== undefined
  return sourcesOf(application).flatMap(({ repoURL }, at) => {
    if (permitsSource(project, repoURL) || imported.includes(repoURL)) return []
    const field = several ? `spec.sources.${at}.repoURL` : 'spec.source.repoURL'
    return [
      {
        field,
        message: `is not a repository that project "${project.metadata.name}" may use; import it first`,
      },
    ]
  })
}

function destinationErrors({ application, project, connection, workspace }: AllowListInput): FieldError[] {
  const { destination } = application.spec
  const clusterField = destination.name === undefined ? 'spec.destination.server' : 'spec.destination.name'
  if (connection === undefined)
    return [{ field: clusterField, message: 'is not a cluster that is known here' }]
  const { name, server } = connection
  const namespace = destination.namespace ?? ''
  const refused = (message: string): FieldError[] => [{ field: 'spec.destination.namespace', message }]
  if (!permitsDestination(project, { name, server, namespace })) {
    return refused(`is not a place on cluster "${name}" that project "${project.metadata.name}" may use`)
  }
  const existing = connection.live.get({ group: '', kind: 'Namespace', namespace: '', name: namespace })
  const owner = existing?.object.metadata.labels?.[labels.workspace]
  if (existing === undefined || owner === workspace) return []
  return refused(owner === undefined ? 'exists and belongs to no workspace' : 'belongs to another workspace')
}
