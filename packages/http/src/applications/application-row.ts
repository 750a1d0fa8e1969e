import {
  annotations,
  type Application,
  type ApplicationDestination,
  type ApplicationRow,
  type ApplicationStatus,
} from '@driftless/api'
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
  const source = spec.sources?.[0] ?? spec.source
  const project = metadata.namespace ?? ''
  return {
    name: metadata.name,
    project,
    workspace: context.workspaceOf(project),
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    alias: metadata.annotations?.[annotations.alias] ?? '',
    description: metadata.annotations?.[annotations.description] ?? '',
    ...stateOf(status),
    automated: isAutomated(application),
    repoURL: source?.repoURL ?? '',
    path: source?.path ?? source?.chart ?? '',
    targetRevision: source?.targetRevision ?? '',
    cluster: clusterName(spec.destination, context),
    namespace: spec.destination.namespace ?? '',
    createdAt: metadata.creationTimestamp ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
  }
}

function stateOf(status: ApplicationStatus | undefined) {
  return {
    health: status?.health?.status ?? 'Unknown',
    reason: reasonOf(status),
    sync: status?.sync?.status ?? 'Unknown',
    operationPhase: status?.operationState?.phase ?? '',
    revision: status?.sync?.revision ?? status?.sync?.revisions?.[0] ?? '',
    revisionSubject: status?.driftless?.subject ?? '',
    updatedAt:
      status?.driftless?.changedAt ?? status?.operationState?.finishedAt ?? status?.reconciledAt ?? '',
  } as const
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
