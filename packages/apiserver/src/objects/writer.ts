import type { KubeObject, TypeSchema } from '@driftless/apimachinery'
import { serverSideApply, trackUpdate } from '../apply/index.ts'
import { alreadyExists, badRequest, invalid, notFound, StatusError } from '../errors.ts'
import { convertTo, toStored } from '../kinds/convert.ts'
import { apiVersionOf, gvkOfResource, hasStatus, type Resource } from '../kinds/resource.ts'
import type { SchemaRegistry } from '../schema/index.ts'
import type { Store } from '../storage/store.ts'
import {
  checkCustomKind,
  missingVersion,
  needsVersion,
  requireDefinition,
  requireNamespace,
} from './admission.ts'
import type { Outcome, Target, WriteContext } from './context.ts'
import { countsGeneration, sameJson } from './kind-rules.ts'
import { applyConflict } from './apply-conflict.ts'
import { checkApplyPreconditions, checkPatchedPlace, checkPreconditions } from './preconditions.ts'
import { rememberApplied } from './last-applied.ts'
import { undecodable } from './undecodable.ts'
import { generateName, metadataForCreate, metadataForUpdate } from './metadata.ts'
import { Shaper } from './shaper.ts'
import type { Strategies } from './strategies.ts'

export interface WriterParts {
  store: Store
  schemas: SchemaRegistry
  strategies: Strategies
}

/** Creates and changes objects. Everything is decided without a pause between the read and the staged write. */
export class Writer {
  #store: Store
  #schemas: SchemaRegistry
  #strategies: Strategies
  #shaper: Shaper

  constructor(parts: WriterParts) {
    this.#store = parts.store
    this.#schemas = parts.schemas
    this.#strategies = parts.strategies
    this.#shaper = new Shaper(parts.schemas)
  }

  async create(target: Target, given: KubeObject, context: WriteContext): Promise<Outcome> {
    const { resource } = target
    const object = this.#placed(target, given)
    if (object.metadata.resourceVersion)
      throw new StatusError('InternalError', 'resourceVersion should not be set on objects to be created', {
        withoutReason: true,
      })
    this.#shaper.shape(object, resource, context)
    const before = undefined
    return this.#insert(target, this.#tracked({ before, after: object, target, context }), context)
  }

  /** Replaces the object; `target.subresource` limits what is taken from `given`. */
  async update(target: Target, given: KubeObject, context: WriteContext): Promise<Outcome> {
    const object = this.#placed(target, given)
    this.#shaper.shape(object, target.resource, context)
    if (needsVersion(target.resource) && !object.metadata.resourceVersion) throw missingVersion(target)
    return this.#change(target, () => object, { ...context, patched: false })
  }

  /** Changes the newest state; `change` gets a copy in the version of the request and returns what is wanted. */
  mutate(target: Target, change: (live: KubeObject) => KubeObject, context: WriteContext): Promise<Outcome> {
    return this.#change(target, change, { ...context, patched: true })
  }

  async #change(
    target: Target,
    change: (live: KubeObject) => KubeObject,
    context: WriteContext & { patched: boolean },
  ): Promise<Outcome> {
    const { resource } = target
    const entry = this.#store.latest(resource.collection, `${target.namespace}/${target.name}`)
    if (entry === undefined) throw notFound(resource, target.name)
    const live = convertTo(entry.object, resource)
    const wanted = change(convertTo(entry.copy(), resource))
    checkPreconditions(target, wanted, { live, patched: context.patched })
    if (context.patched) this.#shaper.shape(wanted, resource, context, { defaults: false, patched: true })
    if (context.patched) checkPatchedPlace(target, wanted)
    const after = this.#merged(target, wanted, live)
    const { managedFields } = after.metadata
    this.#shaper.fill(after, resource)
    // An empty list asks to forget the managers; filling drops what is empty.
    if (managedFields?.length === 0) after.metadata.managedFields = managedFields
    return this.#replace({
      target,
      live,
      after: this.#tracked({ before: live, after, target, context }),
      context,
    })
  }

  async apply(
    target: Target,
    given: KubeObject,
    context: WriteContext & { force: boolean },
  ): Promise<Outcome> {
    const { resource } = target
    const patch = this.#placed(target, given)
    const entry = this.#store.latest(resource.collection, `${target.namespace}/${target.name}`)
    const live = entry === undefined ? undefined : convertTo(entry.object, resource)
    if (live === undefined && target.subresource !== undefined) throw notFound(resource, target.name)
    checkApplyPreconditions(target, patch, live)
    limitPatch(patch, target)
    const { manager, force, now } = context
    const schema = this.#schemaOf(resource)
    const applied = serverSideApply({ live, patch, manager, force, schema, now, ...subresourceOf(target) })
    if ('conflicts' in applied) throw applyConflict(applied.conflicts)
    if (live !== undefined) rememberApplied(applied, { given, live, manager })
    if (live === undefined) {
      delete applied.object.metadata.resourceVersion
      this.#shaper.fill(applied.object, resource)
      return this.#insert(target, applied.object, context)
    }
    if (!applied.changed) return this.#unchanged(target)
    const after = this.#merged(target, applied.object, live)
    this.#shaper.fill(after, resource)
    return this.#replace({ target, live, after, context })
  }

  /** The object with the place that the path names; what contradicts the path is a mistake of the client. */
  #placed(target: Target, given: KubeObject): KubeObject {
    const { resource } = target
    const expected = apiVersionOf(resource)
    if (resource.custom !== undefined) checkCustomKind(target, given)
    if (given.apiVersion !== expected || given.kind !== resource.kind) {
      throw badRequest(
        `${given.kind} in version "${given.apiVersion.replace(/^.*\//, '')}" cannot be handled as a ${resource.kind}: no kind "${given.kind}" is registered for version "${given.apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
      )
    }
    const metadata = given.metadata ?? { name: '' }
    const namespace = metadata.namespace
    if (resource.namespaced && namespace && namespace !== target.namespace) {
      throw badRequest(
        `the namespace of the provided object does not match the namespace sent on the request`,
      )
    }
    if (target.name !== '' && metadata.name && metadata.name !== target.name) {
      throw badRequest(
        `the name of the object (${metadata.name}) does not match the name on the URL (${target.name})`,
      )
    }
    const name =
      target.name || metadata.name || (metadata.generateName ? generateName(metadata.generateName) : '')
    const placed = { ...given, metadata: { ...metadata, name } }
    if (target.namespace === '') delete placed.metadata.namespace
    else placed.metadata.namespace = target.namespace
    return placed
  }

  #tracked(input: {
    before: KubeObject | undefined
    after: KubeObject
    target: Target
    context: WriteContext
  }): KubeObject {
    const { before, after, target, context } = input
    const schema = this.#schemaOf(target.resource)
    return trackUpdate({
      before,
      after,
      manager: context.manager,
      schema,
      now: context.now,
      ...subresourceOf(target),
    })
  }

  #schemaOf(resource: Resource): TypeSchema {
    const schema = this.#schemas.forKind(gvkOfResource(resource))
    if (schema === undefined)
      throw new StatusError('InternalError', `no schema for ${apiVersionOf(resource)} ${resource.kind}`)
    return schema
  }

  async #insert(target: Target, object: KubeObject, context: WriteContext): Promise<Outcome> {
    const { resource } = target
    requireNamespace(this.#store, resource, object)
    requireDefinition(this.#store, resource, object)
    const place = { namespace: target.namespace, name: object.metadata.name, now: context.now }
    object.metadata = metadataForCreate(object.metadata, place)
    if (hasStatus(resource) && !keepsStatusOnCreate(resource)) delete object['status']
    if (resource.custom !== undefined || countsGeneration(resource.group, resource.kind))
      object.metadata.generation = 1
    this.#strategies.prepareCreate(object, resource)
    this.#check(resource, object)
    context.guard?.(object)
    const key = `${target.namespace}/${object.metadata.name}`
    if (this.#store.latest(resource.collection, key) !== undefined)
      throw alreadyExists(resource, object.metadata.name)
    if (context.dryRun) return { object, created: true }
    const stored = await this.#store.put(resource.collection, toStored(object, resource))
    return { object: convertTo(stored.object, resource), created: true }
  }

  /** What the write may change: the wanted fields, with all that belongs to the server or to another path kept. */
  #merged(target: Target, wanted: KubeObject, live: KubeObject): KubeObject {
    if (
      target.subresource !== undefined &&
      target.subresource !== 'resize' &&
      target.subresource !== 'ephemeralcontainers'
    ) {
      const { managedFields } = wanted.metadata
      const metadata = { ...live.metadata, ...(managedFields === undefined ? {} : { managedFields }) }
      const merged: KubeObject = { ...live, metadata }
      if (target.subresource === 'finalize' || target.subresource === 'scale') merged['spec'] = wanted['spec']
      else merged['status'] = wanted['status']
      return structuredClone(merged)
    }
    const merged: KubeObject = { ...wanted, metadata: metadataForUpdate(wanted.metadata, live.metadata) }
    if (merged.metadata.managedFields === undefined && live.metadata.managedFields !== undefined) {
      merged.metadata.managedFields = live.metadata.managedFields
    }
    if (hasStatus(target.resource)) {
      if (live['status'] === undefined) delete merged['status']
      else merged['status'] = live['status']
    }
    return structuredClone(merged)
  }

  async #replace(input: {
    target: Target
    live: KubeObject
    after: KubeObject
    context: WriteContext
  }): Promise<Outcome> {
    const { target, live, after, context } = input
    const { resource } = target
    this.#strategies.prepareUpdate(after, live, resource)
    if (isSame(after, live)) return this.#unchanged(target)
    this.#check(resource, after, live)
    context.guard?.(after)
    if (changesGeneration(resource, after, live))
      after.metadata.generation = (live.metadata.generation ?? 0) + 1
    if (context.dryRun) return { object: after, created: false }
    if (isFinished(after, resource)) {
      await this.#store.remove(resource.collection, `${target.namespace}/${target.name}`)
      return { object: after, created: false }
    }
    const stored = await this.#store.put(resource.collection, toStored(after, resource))
    return { object: convertTo(stored.object, resource), created: false }
  }

  /** Nothing to write; what is answered must be durable all the same, as the state compared with may not be yet. */
  async #unchanged(target: Target): Promise<Outcome> {
    const key = `${target.namespace}/${target.name}`
    const { collection } = target.resource
    const entry = this.#store.latest(collection, key)
    if (entry !== collection.get(key)) await this.#store.settled()
    if (entry === undefined) throw notFound(target.resource, target.name)
    return { object: convertTo(entry.object, target.resource), created: false }
  }

  #check(resource: Resource, object: KubeObject, old?: KubeObject): void {
    const shaped = this.#shaper.validate(object, old, resource)
    const causes = [...shaped, ...this.#strategies.validate(object, old, resource)]
    if (old !== undefined) causes.push(...newFinalizers(object, old))
    const mistyped =
      resource.custom === undefined
        ? shaped.find(({ reason }) => reason === 'FieldValueTypeInvalid')
        : undefined
    if (mistyped !== undefined) throw undecodable(resource, mistyped, old !== undefined)
    if (causes.length > 0) throw invalid(resource, object.metadata.name, causes)
  }
}

function subresourceOf(target: Target): { subresource?: string } {
  return target.subresource === undefined ? {} : { subresource: target.subresource }
}

/** Some kinds are created together with their status by those who report it. */
function keepsStatusOnCreate(resource: Resource): boolean {
  return resource.group === '' && (resource.kind === 'Node' || resource.kind === 'Namespace')
}

/** An apply owns only what its path may write. */
function limitPatch(patch: KubeObject, { resource, subresource, name, namespace }: Target): void {
  if (subresource === 'status') {
    for (const field of Object.keys(patch)) {
      if (!['apiVersion', 'kind', 'metadata', 'status'].includes(field)) delete patch[field]
    }
    patch.metadata = namespace === '' ? { name } : { name, namespace }
  } else if (hasStatus(resource)) delete patch['status']
}

function newFinalizers(
  object: KubeObject,
  old: KubeObject,
): { reason: string; message: string; field: string }[] {
  if (old.metadata.deletionTimestamp === undefined) return []
  const known = new Set(old.metadata.finalizers)
  const added = (object.metadata.finalizers ?? []).filter((finalizer) => !known.has(finalizer))
  if (added.length === 0) return []
  const list = added.map((finalizer) => `"${finalizer}"`).join(', ')
  return [
    {
      reason: 'FieldValueForbidden',
      field: 'metadata.finalizers',
      message: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    },
  ]
}

/** Equal in all that is stored, times of managers aside: then nothing is written. */
function isSame(after: KubeObject, live: KubeObject): boolean {
  const timeless = (object: KubeObject) =>
    object.metadata.managedFields?.map(({ time: _time, ...entry }) => entry) ?? []
  return (
    sameJson(
      { ...after, metadata: { ...after.metadata, managedFields: [] } },
      { ...live, metadata: { ...live.metadata, managedFields: [] } },
    ) && sameJson(timeless(after), timeless(live))
  )
}

function changesGeneration(resource: Resource, after: KubeObject, live: KubeObject): boolean {
  if (resource.custom === undefined && !countsGeneration(resource.group, resource.kind)) return false
  const asked = ({ metadata, ...rest }: KubeObject) => {
    if (hasStatus(resource)) delete rest['status']
    return { ...rest, counted: countedMetadata(metadata, resource.kind) }
  }
  return !sameJson(asked(after), asked(live))
}

/** Two kinds count changes of some of their metadata too. */
function countedMetadata({ annotations, labels }: KubeObject['metadata'], kind: string): unknown {
  if (kind === 'Deployment') {
    // The controller writes its revision beside the status, which counts nothing.
    const { 'deployment.kubernetes.io/revision': _revision, ...asked } = annotations ?? {}
    return asked
  }
  return kind === 'EndpointSlice' ? labels : undefined
}

/** A deleted object goes for good with its last finalizer. */
function isFinished(object: KubeObject, resource: Resource): boolean {
  const { deletionTimestamp, finalizers, deletionGracePeriodSeconds } = object.metadata
  if (deletionTimestamp === undefined || (finalizers?.length ?? 0) > 0) return false
  if (resource.kind === 'Namespace' && resource.group === '') {
    return ((object['spec'] as { finalizers?: string[] } | undefined)?.finalizers?.length ?? 0) === 0
  }
  return (deletionGracePeriodSeconds ?? 0) === 0
}
