import type { Application, Operation, OperationState, ResourceResult } from '@driftless/api'
import type { SyncOutcome } from '@driftless/engine'
import type { ClusterConnection, Comparison, DesiredState } from '@driftless/planner'
import type { ApplicationRuntime } from './application-runtime.ts'
import type { ApplicationControllerOptions } from './controller-options.ts'

/** What one pass works on. */
export interface Pass {
  options: ApplicationControllerOptions
  application: Application
  runtime: ApplicationRuntime
  now: string
  refresh: 'normal' | 'hard' | undefined
}

export interface DriveInput {
  connection: ClusterConnection
  desired: DesiredState
  comparison: Comparison
  operation: Operation
  state: OperationState
}

export interface Driven {
  results: ResourceResult[]
  message: string
  /** Absent while the sync waits for an object to change. */
  done: SyncOutcome | undefined
}

/** An operation that is asked for or under way, with what Git wants and what the cluster has. */
export type OperationPass = Omit<DriveInput, 'state'>
