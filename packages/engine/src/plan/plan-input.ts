import type { IgnoreDifference } from '@driftless/api'
import type { ApplicationComparison } from '../compare/compare-application.ts'
import type { PathSelector } from '../compare/ignored-fields.ts'
import type { Target } from '../normalize/prepare-targets.ts'
import type { SyncOptions } from '../normalize/sync-options.ts'

export interface SyncRequestOptions {
  prune: boolean
  dryRun?: boolean
  /** Apply strategy: no hooks. */
  applyOnly?: boolean
  force?: boolean
  /** Only these; without a namespace, in any. Hooks are left out. */
  resources?: readonly { group?: string; kind: string; name: string; namespace?: string }[]
}

export interface PlanInput {
  targets: readonly Target[]
  comparison: ApplicationComparison
  syncOptions: SyncOptions
  request: SyncRequestOptions
  /** `CreateNamespace`: the destination namespace and its metadata; `exists` when the cluster has it. */
  namespace?: NamespaceRequest
  /** Makes the names of hooks that only have `generateName`. */
  naming: { revision: string; startedAtSeconds: number }
  /** Deletions and prunes that wait for a person were confirmed for this operation. */
  confirmed?: boolean
  /** `automated.allowEmpty`. */
  allowEmpty?: boolean
  /** Value of the annotation `driftless.dev/prune-limit`. */
  pruneLimit?: string
  /** For `RespectIgnoreDifferences`. */
  ignoreDifferences?: readonly IgnoreDifference[]
  selectPaths?: PathSelector
  /** Whether an application of this instance name exists: only then is an object that names it really shared. */
  applicationExists?(instance: string): boolean
}

export interface NamespaceRequest {
  name: string
  exists: boolean
  labels?: Record<string, string>
  annotations?: Record<string, string>
}
