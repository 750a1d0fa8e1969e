import { type Application, isCompleted, type Operation } from '@driftless/api'

/** The operation that was asked for or is under way. */
export function runningOperation(application: Application): Operation | undefined {
  if (application.operation !== undefined) return application.operation
  const state = application.status?.operationState
  return state !== undefined && !isCompleted(state.phase) ? state.operation : undefined
}
