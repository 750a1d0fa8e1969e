/** Health, sync and operation states: Argo CD's words, so that existing tools read our status. */

/** Best to worst; the worst resource decides (argo-cd `pkg/health`). */
export const healthStatusCodes = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
] as const
export type HealthStatusCode = (typeof healthStatusCodes)[number]

export const syncStatusCodes = ['Synced', 'OutOfSync', 'Unknown'] as const
export type SyncStatusCode = (typeof syncStatusCodes)[number]

export const operationPhases = ['Running', 'Terminating', 'Succeeded', 'Failed', 'Error'] as const
export type OperationPhase = (typeof operationPhases)[number]

/** Result of a resource in a sync. */
export const resultCodes = ['Synced', 'SyncFailed', 'Pruned', 'PruneSkipped'] as const
export type ResultCode = (typeof resultCodes)[number]

export const syncPhases = ['PreSync', 'Sync', 'PostSync', 'SyncFail'] as const
export type SyncPhase = (typeof syncPhases)[number]

export const hookTypes = [
  'PreSync',
  'Sync',
  'PostSync',
  'SyncFail',
  'Skip',
  'PreDelete',
  'PostDelete',
] as const
export type HookType = (typeof hookTypes)[number]

export const conditionTypes = [
  'ComparisonError',
  'InvalidSpecError',
  'SyncError',
  'DeletionError',
  'UnknownError',
  'RepeatedResourceWarning',
  'SharedResourceWarning',
  'OrphanedResourceWarning',
  'ExcludedResourceWarning',
  'Guarded',
  'Waiting',
  'SyncWindow',
  'NamespaceMetadata',
  'StatusTrimmed',
] as const
export type ConditionType = (typeof conditionTypes)[number]

export function isCompleted(phase: OperationPhase | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error'
}
