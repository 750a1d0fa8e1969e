import { type KubeObject, type OwnerReference, parseApiVersion } from '@driftless/apimachinery'
import { StatusError } from '../errors.ts'
import type { Resource } from '../kinds/resource.ts'
import { rfc3339, systemContext, type Target } from '../objects/context.ts'
import type { ServerParts } from '../parts.ts'
import type { StoreEvent } from '../storage/store.ts'
import { type ControllerOptions, KeyQueue } from './key-queue.ts'

const manager = 'garbage-collector'

/**
 * Deletes objects whose owners are gone, and ends foreground and orphaning deletions of owners. Work is keyed
 * `collection|namespace/name`; each pass looks at the newest state, so a missed or doubled event does no harm.
 */
export class GarbageCollector {
  #parts: ServerParts
  #queue: KeyQueue
  #options: ControllerOptions
  /** Keys of the objects that name an owner, by its uid. */
  #dependents = new Map<string, Set<string>>()

  constructor(parts: ServerParts, options: ControllerOptions) {
    this.#parts = parts
    this.#options = options
    this.#queue = new KeyQueue((key) => this.#process(key), options)
  }

  start(): void {
    const { store } = this.#parts
    for (const collection of store.collections()) {
      for (const entry of collection.entries()) {
        const key = `${collection.id}|${entry.key}`
        this.#index(key, undefined, entry.object)
        if (needsWork(entry.object)) this.#queue.add(key)
      }
    }
    const stop = store.onEvent((event) => this.#observe(event))
    this.#options.signal.addEventListener('abort', stop, { once: true })
  }

  #observe({ type, collection, entry, previous }: StoreEvent): void {
    const key = `${collection.id}|${entry.key}`
    const now = type === 'DELETED' ? undefined : entry.object
    this.#index(key, previous?.object, now)
    if (now === undefined || now.metadata.deletionTimestamp !== undefined) this.#addDependents(entry.uid)
    if (now === undefined) this.#addOwners(entry.object)
    else if (needsWork(now)) this.#queue.add(key)
    else if (previous?.object.metadata.ownerReferences !== undefined) this.#addOwners(previous.object)
  }

  #index(key: string, before: KubeObject | undefined, now: KubeObject | undefined): void {
    for (const { uid } of before?.metadata.ownerReferences ?? []) {
      const keys = this.#dependents.get(uid)
      keys?.delete(key)
      if (keys?.size === 0) this.#dependents.delete(uid)
    }
    for (const { uid } of now?.metadata.ownerReferences ?? []) {
      const keys = this.#dependents.get(uid)
      if (keys === undefined) this.#dependents.set(uid, new Set([key]))
      else keys.add(key)
    }
  }

  #addDependents(uid: string): void {
    for (const key of this.#dependents.get(uid) ?? []) this.#queue.add(key)
  }

  #addOwners(object: KubeObject): void {
    for (const reference of object.metadata.ownerReferences ?? []) {
      const key = this.#ownerKey(reference, object)
      if (key !== undefined) this.#queue.add(key)
    }
  }

  #ownerKey({ apiVersion, kind, name }: OwnerReference, dependent: KubeObject): string | undefined {
    const resource = this.#parts.registry.forKind(parseApiVersion(apiVersion).group, kind)
    if (resource === undefined) return undefined
    return `${resource.collection.id}|${resource.namespaced ? (dependent.metadata.namespace ?? '') : ''}/${name}`
  }

  async #process(key: string): Promise<void> {
    const target = this.#targetOf(key)
    const object = target === undefined ? undefined : this.#newest(key)
    if (target === undefined || object === undefined) return
    if (object.metadata.deletionTimestamp !== undefined) {
      const { finalizers = [] } = object.metadata
      if (finalizers.includes('orphan')) return this.#orphan(target, object)
      if (finalizers.includes('foregroundDeletion')) return this.#deleteForeground(target, object)
      return
    }
    await this.#checkOwners(target, object)
  }

  #targetOf(key: string): Target | undefined {
    const bar = key.indexOf('|')
    const id = key.slice(0, bar)
    const slash = id.lastIndexOf('/')
    const [namespace = '', name = ''] = key.slice(bar + 1).split('/')
    const resource = this.#stored(id.slice(0, slash), id.slice(slash + 1))
    return resource === undefined ? undefined : { resource, namespace, name }
  }

  #stored(group: string, plural: string): Resource | undefined {
    return this.#parts.registry
      .stored()
      .find((resource) => resource.group === group && resource.resource === plural)
  }

  #newest(key: string): KubeObject | undefined {
    const bar = key.indexOf('|')
    const { store } = this.#parts
    return store.latest(store.collection(key.slice(0, bar)), key.slice(bar + 1))?.object
  }

  async #checkOwners(target: Target, object: KubeObject): Promise<void> {
    const references = object.metadata.ownerReferences ?? []
    if (references.length === 0) return
    const states = references.map((reference) => ({ reference, owner: this.#owner(reference, object) }))
    const alive = states.filter(({ owner }) => owner !== undefined && !isEndingForeground(owner))
    const ending = states.filter(({ owner }) => owner !== undefined && isEndingForeground(owner))
    if (states.some(({ owner }) => owner === 'unknown')) return
    if (alive.length > 0) {
      if (alive.length < states.length)
        await this.#keepReferences(
          target,
          alive.map(({ reference }) => reference),
        )
      return
    }
    const holds = ending.length > 0 && this.#blocks(object)
    await this.#delete(target, object, holds ? 'Foreground' : ending.length > 0 ? undefined : 'Background')
  }

  /** Whether dependents of `object` want to be deleted before it. */
  #blocks(object: KubeObject): boolean {
    return this.#dependentsOf(object).some(({ blocking }) => blocking)
  }

  #owner(reference: OwnerReference, dependent: KubeObject): KubeObject | 'unknown' | undefined {
    const key = this.#ownerKey(reference, dependent)
    // A kind that is not served now may be served again: its dependents are left alone.
    if (key === undefined) return 'unknown'
    const owner = this.#newest(key)
    return owner?.metadata.uid === reference.uid ? owner : undefined
  }

  async #keepReferences(target: Target, references: OwnerReference[]): Promise<void> {
    const kept = new Set(references.map(({ uid }) => uid))
    await this.#change(target, (object) => {
      object.metadata.ownerReferences = (object.metadata.ownerReferences ?? []).filter(({ uid }) =>
        kept.has(uid),
      )
      return object
    })
  }

  #dependentsOf(owner: KubeObject): { key: string; object: KubeObject; blocking: boolean }[] {
    const { uid = '' } = owner.metadata
    return [...(this.#dependents.get(uid) ?? [])].flatMap((key) => {
      const object = this.#newest(key)
      if (object === undefined) return []
      const blocking = object.metadata.ownerReferences?.some(
        (reference) => reference.uid === uid && reference.blockOwnerDeletion === true,
      )
      return [{ key, object, blocking: blocking === true }]
    })
  }

  async #deleteForeground(target: Target, owner: KubeObject): Promise<void> {
    const dependents = this.#dependentsOf(owner)
    for (const { key, object } of dependents)
      if (object.metadata.deletionTimestamp === undefined) this.#queue.add(key)
    if (!dependents.some(({ blocking }) => blocking)) await this.#dropFinalizer(target, 'foregroundDeletion')
  }

  async #orphan(target: Target, owner: KubeObject): Promise<void> {
    for (const { key } of this.#dependentsOf(owner)) {
      const dependent = this.#targetOf(key)
      if (dependent === undefined) continue
      await this.#change(dependent, (object) => {
        const left = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid)
        object.metadata.ownerReferences = left
        return object
      })
    }
    await this.#dropFinalizer(target, 'orphan')
  }

  async #dropFinalizer(target: Target, name: string): Promise<void> {
    await this.#change(target, (object) => {
      object.metadata.finalizers = (object.metadata.finalizers ?? []).filter(
        (finalizer) => finalizer !== name,
      )
      return object
    })
  }

  async #change(target: Target, change: (object: KubeObject) => KubeObject): Promise<void> {
    await unlessGone(this.#parts.writer.mutate(target, change, systemContext(manager)))
  }

  async #delete(
    target: Target,
    object: KubeObject,
    propagationPolicy: 'Foreground' | 'Background' | undefined,
  ): Promise<void> {
    const { uid } = object.metadata
    const options = {
      ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
      ...(uid === undefined ? {} : { preconditions: { uid } }),
      dryRun: false,
      now: rfc3339(new Date()),
    }
    await unlessGone(this.#parts.deleter.delete(target, options))
  }
}

function needsWork({ metadata }: KubeObject): boolean {
  if (metadata.deletionTimestamp === undefined) return (metadata.ownerReferences?.length ?? 0) > 0
  return metadata.finalizers?.some((name) => name === 'orphan' || name === 'foregroundDeletion') === true
}

function isEndingForeground(owner: KubeObject | 'unknown'): boolean {
  if (owner === 'unknown') return false
  return (
    owner.metadata.deletionTimestamp !== undefined &&
    owner.metadata.finalizers?.includes('foregroundDeletion') === true
  )
}

async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    const gone = error instanceof StatusError && (error.code === 'NotFound' || error.code === 'Conflict')
    if (!gone) throw error
  }
}
