import { type JsonObject, jsonEqual, type KubeObject, type TypeSchema } from '@driftless/apimachinery'
import { cloneJson, metadataOfStatus, serverSideApply, trackUpdate } from '../apply/index.ts'
import { alreadyExists, badRequest, invalid, notFound, StatusError } from '../errors.ts'
import { convertTo, toStored } from '../kinds/convert.ts'
import { apiVersionOf, gvkOfResource, hasStatus, type Resource } from '../kinds/resource.ts'
import type { SchemaRegistry } from '../schema/index.ts'
import type { Entry } from '../storage/entry.ts'
import type { Store } from '../storage/store.ts'
import { checkCustomKind, requireDefinition, requireNamespace } from './admission.ts'
import { applyConflict } from './apply-conflict.ts'
import type { Outcome, Target, WriteContext } from './context.ts'
import { countsGeneration, createsOnUpdate, sameJson } from './kind-rules.ts'
import {
  dropRepeatedOwners,
  generateName,
  metadataForCreate,
  metadataForUpdate,
  tidyMetadata,
} from './metadata.ts'
import {
  absent,
  checkApplied,
  checkPatchedPlace,
  checkPatchedUid,
  checkPreconditions,
  takeIdentity,
} from './preconditions.ts'
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
    dropRepeatedOwners(object, context, { patched: false })
    const before = undefined
    return this.#insert(target, this.#tracked({ before, after: object, target, context }), context)
  }

  /** Replaces the object; `target.subresource` limits what is taken from `given`. */
  async update(target: Target, given: KubeObject, context: WriteContext): Promise<Outcome> {
    const object = this.#placed(target, given)
    this.#shaper.shape(object, target.resource, context)
    dropRepeatedOwners(object, context, { patched: false })
    if (createsOnUpdate(target.resource) && this.#latest(target) === undefined) {
      const { uid } = object.metadata
      if (uid) throw absent(target, uid)
      return this.#insert(
        target,
        this.#tracked({ before: undefined, after: object, target, context }),
        context,
      )
    }
    return this.mutate(target, () => object, context)
  }

  /** Changes the newest state; `change` gets a copy in the version of the request and returns what is wanted. */
  async mutate(
    target: Target,
    change: (live: KubeObject) => KubeObject,
    context: WriteContext,
  ): Promise<Outcome> {
    const { resource } = target
    const entry = this.#latest(target)
    if (entry === undefined) throw notFound(resource, target.name)
    const live = convertTo(entry.object, resource)
    const wanted = change(convertTo(entry.copy(), resource))
    if (target.subresource === 'status') dropRepeatedOwners(wanted, context)
    checkPreconditions(target, wanted, live)
    const after = this.#merged(target, wanted, live)
    this.#shaper.fill(after, resource)
    return this.#replace({
      target,
      live,
      after: this.#tracked({ before: live, after, target, context }),
      context,
    })
  }

  /** Changes the newest state by a patch: what the schema does not know is told and dropped, as `fieldValidation` asks. */
  async patch(
    target: Target,
    change: (live: KubeObject) => KubeObject,
    context: WriteContext,
  ): Promise<Outcome> {
    const patched = (live: KubeObject): KubeObject => {
      const wanted = change(live)
      this.#shaper.shapePatched(wanted, target.resource, context)
      checkPatchedPlace(target, wanted)
      checkPatchedUid(target, wanted.metadata, live)
      return wanted
    }
    return this.mutate(target, patched, context)
  }

  async apply(
    target: Target,
    given: KubeObject,
    context: WriteContext & { force: boolean },
  ): Promise<Outcome> {
    const { resource } = target
    const patch = this.#placed(target, given)
    if (given.metadata.namespace === undefined) delete patch.metadata.namespace
    const entry = this.#latest(target)
    const live = entry === undefined ? undefined : convertTo(entry.object, resource)
    if (live === undefined && target.subresource !== undefined && !createsOnUpdate(resource))
      throw notFound(resource, target.name)
    const identity = takeIdentity(patch)
    limitPatch(patch, target)
    const { manager, force, now } = context
    const schema = this.#schemaOf(resource)
    const applied = serverSideApply({ live, patch, manager, force, schema, now, ...subresourceOf(target) })
    if ('conflicts' in applied) throw applyConflict(applied.conflicts, target)
    checkApplied(target, identity, live)
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

  #latest({ resource, namespace, name }: Target): Entry | undefined {
    return this.#store.latest(resource.collection, `${namespace}/${name}`)
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
    tidyMetadata(object, context)
    this.#check(resource, object)
    context.guard?.(object)
    const key = `${target.namespace}/${object.metadata.name}`
    const taken = this.#store.latest(resource.collection, key)
    if (taken !== undefined)
      throw alreadyExists(
        resource,
        object.metadata.name,
        taken.object.metadata.deletionTimestamp !== undefined,
      )
    if (context.dryRun) return { object, created: true }
    const stored = await this.#store.put(resource.collection, toStored(object, resource))
    return { object: convertTo(stored.object, resource), created: true }
  }

  /** What the write may change: the wanted fields, with all that belongs to the server or to another path kept. */
  #merged(target: Target, wanted: KubeObject, live: KubeObject): KubeObject {
    if (target.subresource !== undefined && !changesPodOnly(target)) {
      const merged: KubeObject = { ...live, metadata: this.#metadataBeside(target, wanted, live) }
      if (target.subresource === 'finalize' || target.subresource === 'scale') merged['spec'] = wanted['spec']
      else merged['status'] = wanted['status']
      return cloneObject(merged)
    }
    const merged: KubeObject = { ...wanted, metadata: metadataForUpdate(wanted.metadata, live.metadata) }
    if (merged.metadata.managedFields === undefined && live.metadata.managedFields !== undefined) {
      merged.metadata.managedFields = live.metadata.managedFields
    }
    if (hasStatus(target.resource)) {
      if (live['status'] === undefined) delete merged['status']
      else merged['status'] = live['status']
    }
    return cloneObject(merged)
  }

  /** Metadata of a write to a part of an object: for the status of a built-in kind it may change, else only its owners do. */
  #metadataBeside(target: Target, wanted: KubeObject, live: KubeObject): KubeObject['metadata'] {
    const { managedFields } = wanted.metadata
    if (target.subresource !== 'status' || target.resource.custom !== undefined)
      return { ...live.metadata, ...(managedFields === undefined ? {} : { managedFields }) }
    const metadata = metadataForUpdate(wanted.metadata, live.metadata)
    if (managedFields === undefined && live.metadata.managedFields !== undefined)
      metadata.managedFields = live.metadata.managedFields
    const kept = metadataOfStatus(this.#schemaOf(target.resource).source)
    if (kept === undefined) return metadata
    const { [kept]: _asked, ...rest } = metadata
    return { ...rest, ...(live.metadata[kept] === undefined ? {} : { [kept]: live.metadata[kept] }) }
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
    tidyMetadata(after, context)
    if (isSame(after, live)) return this.#unchanged(target)
    this.#check(resource, after, changesPodOnly(target) ? undefined : live)
    context.guard?.(after)
    if (target.subresource !== 'status' && changesGeneration(resource, after, live))
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
    const causes = [
      ...this.#shaper.validate(object, old, resource),
      ...this.#strategies.validate(object, old, resource),
    ]
    if (causes.length > 0) throw invalid(resource, object.metadata.name, causes)
  }
}

/** Faster than a structured clone, which looks for more than JSON can hold. */
function cloneObject(object: KubeObject): KubeObject {
  return cloneJson(object as unknown as JsonObject) as unknown as KubeObject
}

/** Two subresources of pods change what else stays as it was. */
function changesPodOnly({ subresource }: Target): boolean {
  return subresource === 'resize' || subresource === 'ephemeralcontainers'
}

function subresourceOf(target: Target): { subresource?: string } {
  return target.subresource === undefined ? {} : { subresource: target.subresource }
}

/** Some kinds are created together with their status by those who report it. */
function keepsStatusOnCreate(resource: Resource): boolean {
  return resource.group === '' && (resource.kind === 'Node' || resource.kind === 'Namespace')
}

/** An apply owns only what its path may write; what else it says is left to the field manager. */
function limitPatch(patch: KubeObject, { resource, subresource, name, namespace }: Target): void {
  if (subresource === 'status' && resource.custom !== undefined)
    patch.metadata = namespace === '' ? { name } : { name, namespace }
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
  if (resource.custom !== undefined) return !jsonEqual(asked(after), asked(live))
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
