import { AppError, type Application, type AppProject } from '@driftless/api'
import { serviceAccountFor } from '@driftless/engine'
import type { KubeClient } from '@driftless/kube'
import type { ClusterConnection } from '@driftless/planner'
import type { ApplicationControllerOptions } from './controller-options.ts'

/**
 * The client that writes to a destination: with `application.sync.impersonation.enabled` it acts as the service account that
 * the project names for the destination.
 * @throws AppError `Forbidden` when impersonation is on and the project names none.
 */
export function writeClientFor(
  options: ApplicationControllerOptions,
  application: Application,
  connection: ClusterConnection,
): KubeClient {
  if (!options.planner.settings().impersonation) return connection.client
  const project = options.informers.projects.get(options.controlNamespace, application.spec.project) as
    | AppProject
    | undefined
  const namespace = application.spec.destination.namespace ?? ''
  const user =
    project === undefined ? undefined : serviceAccountFor(project, { server: connection.server, namespace })
  if (user === undefined) {
    throw new AppError(
      'Forbidden',
      `project "${application.spec.project}" names no service account for "${namespace}" on cluster "${connection.name}"`,
      { remedy: 'Add one to spec.destinationServiceAccounts of the AppProject.' },
    )
  }
  return connection.client.as({ user })
}
