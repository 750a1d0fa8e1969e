import {
  annotations,
  type Application,
  type ApplicationDestination,
  type ApplicationRow,
  type ApplicationStatus,
} from '@driftless/api'
import { orEmpty } from '../or-empty.ts'
import { inClusterName, inClusterServer } from '@driftless/planner'

export interface RowContext {
  /** Workspace of a DevOps project; empty when unknown. */
  workspaceOf(project: string): string
  /** Name of the cluster of a destination that gives only its address; undefined when unknown. */
  clusterOf(destination: ApplicationDestination): string | undefined
}

/** The line of a list: what the object says, nothing that needs a request. */
export function applicationRow(application: Application, context: RowContext): ApplicationRow {
  const { metadata, spec, status } = application
  const project = orEmpty(metadata.namespace)
  return {
    name: metadata.name,
    project,
    workspace: context.workspaceOf(project),
    uid: orEmpty(metadata.uid),
    resourceVersion: orEmpty(metadata.resourceVersion),
    alias: orEmpty(metadata.annotations?.[annotations.alias]),
    description: orEmpty(metadata.annotations?.[annotations.description]),
    ...statesOf(status),
    ...revisionOf(status),
    ...sourceOf(application),
    reason: reasonOf(status),
    updatedAt: updatedAt(status),
    automated: isAutomated(application),
    cluster: clusterName(spec.destination, context),
    namespace: orEmpty(spec.destination.namespace),
    createdAt: orEmpty(metadata.creationTimestamp),
    deleting: metadata.deletionTimestamp !== undefined,
  }
}

function sourceOf({ spec }: Application): Pick<ApplicationRow, 'repoURL' | 'path' | 'targetRevision'> {
  const source = spec.sources?.[0] ?? spec.source
  return {
    repoURL: orEmpty(source?.repoURL),
    path: orEmpty(source?.path ?? source?.chart),
    targetRevision: orEmpty(source?.targetRevision),
  }
}

function statesOf(
  status: ApplicationStatus | undefined,
): Pick<ApplicationRow, 'health' | 'sync' | 'operationPhase'> {
  return {
    health: status?.health?.status ?? 'Unknown',
    sync: status?.sync?.status ?? 'Unknown',
    operationPhase: status?.operationState?.phase ?? '',
  }
}

function revisionOf(
  status: ApplicationStatus | undefined,
): Pick<ApplicationRow, 'revision' | 'revisionSubject'> {
  const revision = status?.sync?.revision ?? status?.sync?.revisions?.[0]
  return { revision: orEmpty(revision), revisionSubject: orEmpty(status?.driftless?.subject) }
}

function updatedAt(status: ApplicationStatus | undefined): string {
  return orEmpty(status?.driftless?.changedAt ?? status?.operationState?.finishedAt ?? status?.reconciledAt)
}

/** True when the application syncs by itself. */
export function isAutomated(application: Application): boolean {
  const automated = application.spec.syncPolicy?.automated
  return automated !== undefined && automated.enabled !== false
}

/** The first of: an error condition, a failed operation, what health says, a resource that is not fine. */
function reasonOf(status: ApplicationStatus | undefined): string {
  if (status === undefined) return ''
  return oneLine(conditionReason(status) ?? operationReason(status) ?? healthReason(status) ?? '')
}

function conditionReason(status: ApplicationStatus): string | undefined {
  return status.conditions?.find(({ type }) => type.endsWith('Error') || type === 'Guarded')?.message
}

function operationReason(status: ApplicationStatus): string | undefined {
  const state = status.operationState
  return state?.phase === 'Failed' || state?.phase === 'Error' ? state.message : undefined
}

function healthReason(status: ApplicationStatus): string | undefined {
  const health = status.health
  if (health?.status === undefined || health.status === 'Healthy') return undefined
  if (health.message !== undefined && health.message !== '') return health.message
  const worst = status.resources?.find((resource) => resource.health?.status === health.status)
  if (worst?.health?.message === undefined || worst.health.message === '') return undefined
  return `${worst.kind} ${worst.name}: ${worst.health.message}`
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}

function clusterName(destination: ApplicationDestination, context: RowContext): string {
  if (destination.name !== undefined && destination.name !== '') return destination.name
  if (destination.server === inClusterServer) return inClusterName
  return context.clusterOf(destination) ?? destination.server ?? ''
}
