import type { AppProject } from '@driftless/api'
import { globMatches } from './glob.ts'

/**
 * The Kubernetes user as which a project's applications write to a destination: the first entry of
 * `destinationServiceAccounts` whose globs match. `name` is a service account of the destination namespace, `namespace:name`
 * one of another. `undefined` when none matches.
 */
export function serviceAccountFor(
  project: AppProject,
  destination: { server: string; namespace: string },
): string | undefined {
  const entry = (project.spec.destinationServiceAccounts ?? []).find(
    ({ server, namespace }) =>
      globMatches(server ?? '', destination.server) && globMatches(namespace ?? '', destination.namespace),
  )
  if (entry === undefined) return undefined
  const [first = '', second] = entry.defaultServiceAccount.split(':')
  return second === undefined
    ? `system:serviceaccount:${destination.namespace}:${first}`
    : `system:serviceaccount:${first}:${second}`
}
