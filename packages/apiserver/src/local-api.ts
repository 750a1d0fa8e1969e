import type { KubeObject } from '@driftless/apimachinery'

/** A kind whatever its version; `group` is empty for the core group. */
export interface GroupKind {
  group: string
  kind: string
}

/** Where an object is; `namespace` is empty for cluster-scoped kinds. */
export interface NamespacedName {
  namespace: string
  name: string
}

export type DeletionPropagation = 'Foreground' | 'Background' | 'Orphan'

/** One committed change. `object` and `previous` are shared: never change them. */
export interface LocalChange {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  object: KubeObject
  previous?: KubeObject
}

/**
 * The in-process door past authentication and authorization, for the controllers that live inside the server.
 * Everything else (defaults, validation, finalizers, versions, durability) is as over the wire.
 * Failures are `AppError`s with the reason of the `Status` as code.
 */
export interface LocalApi {
  /** The stored object in the kind's preferred version. Shared: never change it. */
  get(kind: GroupKind, namespace: string, name: string): KubeObject | undefined
  /** Objects in key order; all of `labels` must be equal. Shared: never change them. */
  list(kind: GroupKind, options?: { namespace?: string; labels?: Record<string, string> }): KubeObject[]
  create(object: KubeObject, options?: { manager?: string }): Promise<KubeObject>
  /**
   * Read, change, write, again on a conflict. `change` gets a deep copy and returns the wanted object, or undefined to
   * write nothing. Resolves to what is stored afterwards, undefined when the object does not exist.
   */
  update(
    kind: GroupKind,
    key: NamespacedName,
    change: (object: KubeObject) => KubeObject | undefined,
    options?: { manager?: string; subresource?: 'status' | 'scale' },
  ): Promise<KubeObject | undefined>
  /** Deletes; an object that is gone already is no error. With `uid`, only that very object. */
  delete(
    kind: GroupKind,
    key: NamespacedName,
    options?: { uid?: string; propagationPolicy?: DeletionPropagation; gracePeriodSeconds?: number },
  ): Promise<void>
  /** Every committed change, in order, called synchronously. Returns the function that stops it. */
  onChange(listener: (event: LocalChange) => void): () => void
  /** Records an Event about `object`; equal ones are counted up, not repeated. Failures are logged, never thrown. */
  event(input: { object: KubeObject; type: 'Normal' | 'Warning'; reason: string; message: string }): void
}
