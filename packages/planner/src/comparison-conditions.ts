import type { Application, AppProject } from '@driftless/api'
import { formatKey, type ObjectKey } from '@driftless/apimachinery'
import type { ApplicationComparison, Target } from '@driftless/engine'
import type { ClusterConnection } from './clusters.ts'
import type { DesiredState } from './desired-state.ts'
import { orphansOf } from './project-limits.ts'

interface Seen {
  request: { application: Application; connection: ClusterConnection; desired: DesiredState }
  targets: readonly Target[]
  compared: ApplicationComparison
  drift: string | undefined
  problems: readonly string[]
  project: AppProject | undefined
}

/** What a comparison has to say besides states: one condition for each fact. */
export function conditionsOf(seen: Seen): { type: string; message: string }[] {
  const { request, targets, compared, drift, problems, project } = seen
  const { application, connection, desired } = request
  return [
    ...desired.warnings,
    ...compared.warnings.map((message) => ({ type: 'SharedResourceWarning', message })),
    ...excludedWarnings(desired, targets),
    ...problems.map((message) => ({ type: 'ComparisonError', message: `ignoreDifferences: ${message}` })),
    ...(drift === undefined ? [] : [{ type: 'NamespaceMetadata', message: drift }]),
    ...orphanWarnings(orphansOf(project, application, connection)),
  ]
}

function excludedWarnings(desired: DesiredState, targets: readonly Target[]) {
  if (targets.length === desired.targets.length) return []
  const kept = new Set(targets)
  return desired.targets
    .filter((target) => !kept.has(target))
    .map(({ key }) => ({
      type: 'ExcludedResourceWarning',
      message: `${formatKey(key)} is excluded by the administrator's settings`,
    }))
}

function orphanWarnings(orphans: readonly ObjectKey[]) {
  if (orphans.length === 0) return []
  const names = orphans.slice(0, 5).map(({ kind, name }) => `${kind} ${name}`)
  const more = orphans.length > names.length ? ` and ${orphans.length - names.length} more` : ''
  return [
    {
      type: 'OrphanedResourceWarning',
      message: `Nothing in Git is behind ${orphans.length} objects of the namespace: ${names.join(', ')}${more}`,
    },
  ]
}
