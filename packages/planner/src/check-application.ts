import { AppError, type Application, type ApplicationSource, type AppProject } from '@driftless/api'
import { permitsDestination, permitsKind, permitsSource, type Target } from '@driftless/engine'
import type { ClusterConnection } from './clusters.ts'
import { sourcesOf } from './application-sources.ts'
import type { PlannerOptions } from './planner-options.ts'

/**
 * Whether the application may exist at all: its project is known and may be used from its namespace, its sources and
 * its destination are permitted, the destination cluster is known. Answers the destination's connection.
 * @throws AppError `Invalid` or `Forbidden` that names the field.
 */
export function checkApplication(options: PlannerOptions, application: Application): ClusterConnection {
  checkSources(options, application, sourcesOf(application))
  const project = requireProject(options, application)
  const { destination } = application.spec
  const connection = options.clusters.find(destination)
  if (connection === undefined) {
    throw new AppError('Invalid', `cluster "${destination.name ?? destination.server ?? ''}" is not known`, {
      fields: [{ field: 'spec.destination.name', message: 'no such cluster' }],
      remedy: 'Choose a cluster that is registered, or register this one.',
    })
  }
  const place = { name: connection.name, server: connection.server, namespace: destination.namespace ?? '' }
  if (!permitsDestination(project, place)) {
    throw new AppError(
      'Forbidden',
      `project "${project.metadata.name}" does not permit deploying to "${place.namespace}" on cluster "${place.name}"`,
      { fields: [{ field: 'spec.destination.namespace', message: 'not in the allow-list' }] },
    )
  }
  return connection
}

/** An operation may name other sources than the application; they are checked too. @throws AppError `Forbidden`. */
export function checkSources(
  options: PlannerOptions,
  application: Application,
  sources: readonly ApplicationSource[],
): void {
  const project = requireProject(options, application)
  const refused = sources.find((source) => !permitsSource(project, source.repoURL))
  if (refused === undefined) return
  throw new AppError(
    'Forbidden',
    `project "${project.metadata.name}" does not permit the repository ${refused.repoURL}`,
    {
      fields: [{ field: 'spec.source.repoURL', message: 'not in the allow-list' }],
    },
  )
}

/** Kinds and namespaces that the project does not permit are refused before the first write. @throws AppError `Forbidden`. */
export function checkTargets(
  options: PlannerOptions,
  input: { application: Application; connection: ClusterConnection; targets: readonly Target[] },
): void {
  const { application, connection, targets } = input
  const project = requireProject(options, application)
  const { name, server } = connection
  const refused = targets.find(
    ({ key }) =>
      key.namespace !== '' && !permitsDestination(project, { name, server, namespace: key.namespace }),
  )
  if (refused !== undefined) {
    const { kind, namespace } = refused.key
    throw new AppError(
      'Forbidden',
      `project "${project.metadata.name}" does not permit deploying to "${namespace}" on cluster "${name}" (${kind} ${refused.key.name})`,
      { fields: [{ field: 'spec.source.path', message: `holds an object of namespace ${namespace}` }] },
    )
  }
  for (const { key } of targets) {
    const namespaced = key.namespace !== ''
    if (permitsKind(project, { group: key.group, kind: key.kind, name: key.name, namespaced })) continue
    const scope = namespaced ? 'kind' : 'cluster-scoped kind'
    throw new AppError(
      'Forbidden',
      `project "${project.metadata.name}" does not permit the ${scope} ${key.kind} (${key.name})`,
      {
        fields: [{ field: 'spec.source.path', message: `holds a ${key.kind}` }],
        remedy: 'An administrator permits it in the allow-list of the DevOps project.',
      },
    )
  }
}

/** An application outside the control namespace may use only the AppProject of its own namespace (decision 16). */
export function requireProject(options: PlannerOptions, application: Application): AppProject {
  const name = application.spec.project
  const home = application.metadata.namespace ?? options.controlNamespace
  if (home !== options.controlNamespace && name !== home) {
    throw new AppError(
      'Forbidden',
      `an application in "${home}" may use only the project "${home}", not "${name}"`,
      {
        fields: [{ field: 'spec.project', message: `must be ${home}` }],
      },
    )
  }
  const project = options.findProject(name)
  if (project === undefined) {
    throw new AppError('Invalid', `project "${name}" does not exist`, {
      fields: [{ field: 'spec.project', message: 'no such project' }],
    })
  }
  return project
}
