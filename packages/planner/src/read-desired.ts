import { checkSources, checkTargets } from './check-application.ts'
import { type DesiredState, type DesiredStateRequest, readDesiredState } from './desired-state.ts'
import { readLocalManifests } from './local-manifests.ts'
import type { PlannerOptions } from './planner-options.ts'
import { checkNamespaces } from './sync-plan.ts'

/**
 * What the application asks for, of Git or as sent along, with everything checked that its project limits. For the loops,
 * the console and the CLI alike.
 */
export async function readDesired(
  options: PlannerOptions,
  request: DesiredStateRequest,
): Promise<DesiredState> {
  const { application, connection, sources, manifests = [] } = request
  if (sources !== undefined) checkSources(options, application, sources)
  const desired =
    manifests.length === 0
      ? await readDesiredState(options, request)
      : await readLocalManifests(options, request, manifests)
  checkTargets(options, { application, connection, targets: desired.targets })
  checkNamespaces(options, {
    application,
    connection,
    namespaces: desired.targets.map(({ key }) => key.namespace).filter((namespace) => namespace !== ''),
  })
  return desired
}
