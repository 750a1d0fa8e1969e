import { type Application, AppError } from '@driftless/api'
import type { ApplicationControllerOptions } from './controller-options.ts'

/**
 * A project that was not seen is asked for at the server itself before anybody takes it for gone: a list or a watch may be
 * behind, and an operation would be ended, or an object left behind, for nothing.
 * @throws AppError `ServiceUnavailable` when the project exists and is only not read yet.
 */
export async function confirmProject(
  { client, controlNamespace, informers }: ApplicationControllerOptions,
  { spec }: Application,
): Promise<void> {
  const name = spec.project
  if (informers.projects.get(controlNamespace, name) !== undefined) return
  const project = await client.find({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    namespace: controlNamespace,
    name,
  })
  if (project !== undefined) throw new AppError('ServiceUnavailable', `project "${name}" was not read yet`)
}
