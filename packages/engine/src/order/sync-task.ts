import type { HookType, SyncPhase } from '@driftless/api'
import type { KubeObject, ObjectKey } from '@driftless/apimachinery'
import type { HookDeletePolicy } from '../normalize/hooks.ts'
import type { ResourceOptions } from '../normalize/sync-options.ts'

/** One thing that a sync does to one object. */
export interface SyncTask {
  /** Unique within a sync and the same after a restart. */
  id: string
  verb: 'apply' | 'prune'
  phase: SyncPhase
  wave: number
  key: ObjectKey
  apiVersion: string
  /** The phase as which a hook runs; absent for ordinary objects. */
  hook?: HookType
  deletePolicies: HookDeletePolicy[]
  options: ResourceOptions
  /** What is applied; absent for prunes. */
  object?: KubeObject
  /** Incarnation that is pruned; a delete of another one is refused by the server. */
  uid?: string
  /** The comparison says that an apply would change nothing. */
  unchanged: boolean
  /** Ends with `PruneSkipped` and this text. */
  skip?: string
  /** Waits for the person's confirmation. */
  needsConfirmation?: boolean
}
