import type { KubeObject, ObjectKey } from '@driftless/apimachinery'
import type { ApiResource } from './discovery.ts'

export interface LiveObject {
  key: ObjectKey
  apiVersion: string
  uid: string
  resourceVersion: string
  /** Instance name of the application that the object says it belongs to. */
  application: string | undefined
  ownerUids: string[]
  createdAt: string
  deleting: boolean
  /**
   * Whole for objects that belong to an application. For others: metadata without managedFields, and what health
   * and the tree need (`status`, some of `spec`), nothing else.
   */
  object: KubeObject
}

export interface LiveChange {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  key: ObjectKey
  application: string | undefined
  previousApplication: string | undefined
  object: LiveObject
}

export interface KindState {
  /** `absent`: the cluster is known not to serve the kind, so that it has no object of it. */
  state: 'synced' | 'pending' | 'failed' | 'absent'
  /** Why it is not synced; empty when it is. */
  message: string
  /** The cache holds what the kind was at this version, or at a later one; `undefined` before the first list. */
  version?: string
}

export interface LiveCacheOptions {
  signal: AbortSignal
  /** Instance name of the application that an object belongs to. */
  trackingOf(object: KubeObject): string | undefined
  onChange(change: LiveChange): void
  /**
   * Every object of the kind as of `version` was read, or the kind ended with its definition at `version`: what was written
   * up to then and is not held is gone, though no event of it may have come.
   */
  onKindRead?(kind: { group: string; kind: string }, version: string): void
  /** Kinds not to watch, beside the default exclusions. */
  exclude?: (resource: ApiResource) => boolean
  log?: Logger
}

/** The few words that this room says while it works. */
export interface Logger {
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
}

/** All objects of a cluster, indexed. Reads are synchronous and answer from memory. */
export interface LiveCache {
  /** Settles when every kind was read once or has failed once. */
  ready: Promise<void>
  get(key: ObjectKey): LiveObject | undefined
  managedBy(application: string): LiveObject[]
  childrenOf(uid: string): LiveObject[]
  /** For orphaned resources. */
  namespacesObjects(namespace: string): LiveObject[]
  /** A kind that fails hurts only itself: `failed` says why, `pending` that it was not read yet. */
  kindState(kind: { group: string; kind: string }): KindState
}
