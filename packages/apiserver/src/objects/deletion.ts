import type { KubeObject } from '@driftless/apimachinery'
import { conflict, notFound } from '../errors.ts'
import { convertTo } from '../kinds/convert.ts'
import type { Resource } from '../kinds/resource.ts'
import type { DeletionPropagation } from '../local-api.ts'
import type { Entry } from '../storage/entry.ts'
import type { Store } from '../storage/store.ts'
import { forbidDeletion } from './admission.ts'
import type { Target } from './context.ts'
import { countsGeneration } from './kind-rules.ts'

/** The `DeleteOptions` that matter. */
export interface DeleteOptions {
  propagationPolicy?: DeletionPropagation
  /** The deprecated spelling of `Orphan`. */
  orphanDependents?: boolean
  gracePeriodSeconds?: number
  preconditions?: { uid?: string; resourceVersion?: string }
  dryRun: boolean
  now: string
}

export interface Deletion {
  object: KubeObject
  /** False when finalizers or a grace period keep it for now. */
  gone: boolean
}

/** Deletes at once, or marks for deletion what finalizers, dependents or running containers hold. */
export class Deleter {
  #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async delete(target: Target, options: DeleteOptions): Promise<Deletion> {
    const { resource } = target
    const entry = this.#store.latest(resource.collection, `${target.namespace}/${target.name}`)
    if (entry === undefined) throw notFound(resource, target.name)
    checkDeletePreconditions(target, entry, options)
    forbidDeletion(resource, target.name)
    const object = entry.copy()
    const finalizers = withCleanup(finalizersFor(object, options), resource)
    const grace = gracePeriodOf(object, resource, options)
    const held = finalizers.length > 0 || grace > 0 || isUnfinishedNamespace(object, resource)
    if (!held) return this.#remove(target, entry, options)
    return this.#mark({ target, entry, finalizers, grace, options })
  }

  async #remove(target: Target, entry: Entry, options: DeleteOptions): Promise<Deletion> {
    const { collection } = target.resource
    const object = structuredClone(convertTo(entry.object, target.resource))
    if (target.resource.kind === 'Pod' && target.resource.group === '') {
      if (object.metadata.deletionTimestamp === undefined)
        object.metadata.generation = (object.metadata.generation ?? 0) + 1
      object.metadata.deletionTimestamp ??= options.now
      object.metadata.deletionGracePeriodSeconds = 0
    }
    if (options.dryRun) return { object, gone: true }
    await this.#store.remove(collection, entry.key)
    return { object, gone: true }
  }

  async #mark(input: {
    target: Target
    entry: Entry
    finalizers: string[]
    grace: number
    options: DeleteOptions
  }): Promise<Deletion> {
    const { target, entry, finalizers, grace, options } = input
    const { resource } = target
    const object = entry.copy()
    const { metadata } = object
    const again = metadata.deletionTimestamp !== undefined
    if (
      again &&
      sameList(finalizers, metadata.finalizers ?? []) &&
      grace >= (metadata.deletionGracePeriodSeconds ?? 0)
    ) {
      return { object: convertTo(object, resource), gone: false }
    }
    if (finalizers.length > 0) metadata.finalizers = finalizers
    else delete metadata.finalizers
    if (!again) {
      metadata.deletionTimestamp = later(options.now, grace)
      if (resource.custom !== undefined || countsGeneration(resource.group, resource.kind)) {
        metadata.generation = (metadata.generation ?? 0) + 1
      }
    }
    const isNamespace = resource.kind === 'Namespace' && resource.group === ''
    if (!isNamespace) {
      const before = again ? (metadata.deletionGracePeriodSeconds ?? grace) : grace
      metadata.deletionGracePeriodSeconds = Math.min(grace, before)
    }
    if (isNamespace) object['status'] = { ...(object['status'] as object), phase: 'Terminating' }
    if (options.dryRun) return { object: convertTo(object, resource), gone: false }
    const stored = await this.#store.put(resource.collection, object)
    return { object: convertTo(stored.object, resource), gone: false }
  }
}

function checkDeletePreconditions(target: Target, entry: Entry, { preconditions = {} }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions
  const { group, kind } = target.resource
  if (uid !== undefined && uid !== entry.uid) {
    if (kind === 'Namespace' && group === '') {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${entry.uid}`
      throw conflict(target.resource, target.name, why)
    }
    throw conflict(
      { group, resource: kind },
      target.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${entry.uid}). The object might have been deleted and then recreated`,
    )
  }
  if (resourceVersion !== undefined && resourceVersion !== String(entry.revision)) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${entry.revision}). The object might have been modified`
    throw conflict({ group, resource: kind }, target.name, why)
  }
}

/** Holds a definition until its objects are gone. */
export const customCleanup = 'customresourcecleanup.apiextensions.k8s.io'

function withCleanup(finalizers: string[], { group, kind }: Resource): string[] {
  const isDefinition = group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition'
  return isDefinition && !finalizers.includes(customCleanup) ? [...finalizers, customCleanup] : finalizers
}

/** The finalizers that the wanted propagation leaves on the object. */
function finalizersFor(object: KubeObject, options: DeleteOptions): string[] {
  const kept = (object.metadata.finalizers ?? []).filter(
    (name) => name !== 'orphan' && name !== 'foregroundDeletion',
  )
  const policy = options.propagationPolicy ?? (options.orphanDependents === true ? 'Orphan' : undefined)
  if (policy === 'Orphan') return [...kept, 'orphan']
  if (policy === 'Foreground') return [...kept, 'foregroundDeletion']
  if (policy === 'Background') return kept
  return object.metadata.finalizers ?? []
}

/** Only pods that run somewhere end gracefully. */
function gracePeriodOf(object: KubeObject, resource: Resource, options: DeleteOptions): number {
  if (resource.group !== '' || resource.kind !== 'Pod') return 0
  const spec = (object['spec'] ?? {}) as { nodeName?: string; terminationGracePeriodSeconds?: number }
  const phase = (object['status'] as { phase?: string } | undefined)?.phase
  if (!spec.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0
  return Math.max(0, options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30)
}

function isUnfinishedNamespace(object: KubeObject, resource: Resource): boolean {
  if (resource.group !== '' || resource.kind !== 'Namespace') return false
  return ((object['spec'] as { finalizers?: string[] } | undefined)?.finalizers?.length ?? 0) > 0
}

function sameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, at) => item === right[at])
}

function later(now: string, seconds: number): string {
  return `${new Date(Date.parse(now) + seconds * 1000).toISOString().slice(0, 19)}Z`
}
