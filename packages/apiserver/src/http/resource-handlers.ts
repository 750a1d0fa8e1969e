import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMerge,
  type JsonObject,
  type JsonValue,
  type KubeObject,
} from '@driftless/apimachinery'
import {
  badRequest,
  methodNotAllowed,
  notFound,
  pageNotFound,
  PlainNotFound,
  StatusError,
} from '../errors.ts'
import { forbidEscalation } from '../authorization/escalation.ts'
import type { RbacAuthorizer } from '../authorization/rbac.ts'
import type { Registry } from '../kinds/registry.ts'
import { apiVersionOf, gvkOfResource, type Resource } from '../kinds/resource.ts'
import type { Outcome, Target, WriteContext } from '../objects/context.ts'
import type { Deleter, DeleteOptions } from '../objects/deletion.ts'
import { duplicateKeys } from './duplicate-keys.ts'
import { deleteOptionsOf } from './delete-options.ts'
import type { Writer } from '../objects/writer.ts'
import type { SchemaRegistry } from '../schema/index.ts'
import type { Store } from '../storage/store.ts'
import { matcherOf, matches } from '../watch/matcher.ts'
import { startWatch } from '../watch/watch-stream.ts'
import {
  asKubeObject,
  type Exchange,
  mediaType,
  parseBody,
  readBody,
  readValue,
  sendJson,
} from './exchange.ts'
import { checkListOptions } from './list-options.ts'
import { listPage, requireKnownVersion } from './list.ts'
import { isTrue, writeContextOf } from './write-options.ts'
import { renderEntry, renderList, renderObject, shapeOf } from './representation.ts'

export interface ResourceParts {
  registry: Registry
  store: Store
  schemas: SchemaRegistry
  writer: Writer
  deleter: Deleter
  authorizer: RbacAuthorizer
}

/** Serves the collection and the objects of every resource that has objects. */
export class ResourceHandlers {
  #parts: ResourceParts

  constructor(parts: ResourceParts) {
    this.#parts = parts
  }

  async serve(exchange: Exchange, target: Target): Promise<void> {
    const { verb } = exchange.info
    if (!supports(target, verb)) throw methodNotAllowed(target.resource)
    switch (verb) {
      case 'get':
        return this.#get(exchange, target)
      case 'list':
        return this.#list(exchange, target)
      case 'watch':
        return this.#watch(exchange, target)
      case 'create':
        return this.#create(exchange, target)
      case 'update':
        return this.#update(exchange, target)
      case 'patch':
        return this.#patch(exchange, target)
      case 'delete':
        return this.#delete(exchange, target)
      case 'deletecollection':
        return this.#deleteCollection(exchange, target)
      default:
        throw methodNotAllowed(target.resource)
    }
  }

  #context(exchange: Exchange, target: Target): WriteContext {
    const { authorizer } = this.#parts
    const guard = (object: KubeObject): void =>
      forbidEscalation({ user: exchange.user, authorizer }, target, object)
    return { ...writeContextOf(exchange), guard }
  }

  async #get(exchange: Exchange, { resource, namespace, name }: Target): Promise<void> {
    requireKnownVersion(this.#parts.store, exchange.info.query.get('resourceVersion') ?? '')
    const entry = resource.collection.get(`${namespace}/${name}`)
    if (entry === undefined) throw notFound(resource, name)
    await sendJson(
      exchange,
      renderEntry(entry, resource, shapeOf(exchange.request, { kind: resource.kind, isList: false })),
    )
  }

  async #list(exchange: Exchange, { resource, namespace }: Target): Promise<void> {
    const { query } = exchange.info
    const shape = shapeOf(exchange.request, { kind: resource.kind, isList: true })
    const { entries, metadata } = listPage(this.#parts.store, matcherOf(resource, namespace, query), query)
    await sendJson(exchange, renderList(entries, resource, { shape, metadata }))
  }

  async #watch(exchange: Exchange, target: Target): Promise<void> {
    const { resource, namespace, name } = target
    const { query } = exchange.info
    const matcher = matcherOf(resource, namespace, query)
    if (name !== '') matcher.name = name
    checkListOptions(query, true)
    const version = query.get('resourceVersion') ?? ''
    if (version !== '' && !/^\d+$/.test(version))
      throw badRequest(`Invalid value: "${version}": resourceVersion must be a number`)
    await startWatch(
      this.#parts.store,
      {
        matcher,
        shape: shapeOf(exchange.request, { kind: resource.kind, isList: false }),
        resourceVersion: version === '' ? undefined : Number(version),
        bookmarks: isTrue(query.get('allowWatchBookmarks')),
        initialEvents: query.has('sendInitialEvents') ? isTrue(query.get('sendInitialEvents')) : undefined,
        timeoutSeconds: Number(query.get('timeoutSeconds') ?? 0) || 1800 + Math.random() * 1800,
      },
      exchange,
    )
  }

  async #create(exchange: Exchange, target: Target): Promise<void> {
    const object = await readWritten(exchange, target)
    const { object: created } = await this.#parts.writer.create(
      target,
      object,
      this.#context(exchange, target),
    )
    await this.#answer(exchange, target.resource, { object: created, created: true })
  }

  async #update(exchange: Exchange, target: Target): Promise<void> {
    const object = await readWritten(exchange, target)
    await this.#answer(
      exchange,
      target.resource,
      await this.#parts.writer.update(target, object, this.#context(exchange, target)),
    )
  }

  async #patch(exchange: Exchange, target: Target): Promise<void> {
    const { request, info } = exchange
    const type = mediaType(request)
    const text = await readBody(request)
    const context = this.#context(exchange, target)
    const { writer } = this.#parts
    if (type === 'application/apply-patch+yaml') {
      if (!info.query.get('fieldManager')) {
        throw new StatusError(
          'Invalid',
          'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
          {
            group: 'meta.k8s.io',
            kind: 'PatchOptions',
            causes: [
              {
                reason: 'FieldValueRequired',
                message: 'Required value: is required for apply patch',
                field: 'fieldManager',
              },
            ],
          },
        )
      }
      const force = isTrue(info.query.get('force'))
      const patch = asApplied(parseBody(text, type), target)
      await this.#answer(exchange, target.resource, await writer.apply(target, patch, { ...context, force }))
      return
    }
    const change = this.#patchOf(type, parsePatch(text), target)
    await this.#answer(exchange, target.resource, await writer.patch(target, change, context))
  }

  #patchOf(type: string, patch: JsonValue, target: Target): (live: KubeObject) => KubeObject {
    const { resource } = target
    if (type === 'application/json-patch+json') return (live) => jsonPatched(live, patch, target)
    if (type === 'application/merge-patch+json') {
      if (!isObject(patch)) throw badRequest(`error decoding patch: ${notAMap(patch)}`)
      return (live) => asKubeObject(applyMergePatch(live as unknown as JsonValue, patch))
    }
    if (type === 'application/strategic-merge-patch+json' && resource.custom === undefined) {
      const schema = this.#parts.schemas.forKind(gvkOfResource(resource))
      if (!isObject(patch)) throw badRequest(notAMap(patch))
      return (live) => {
        if (schema === undefined) throw new StatusError('InternalError', `no schema for ${resource.kind}`)
        const merged = applyStrategicMerge(live as unknown as JsonObject, patch, schema)
        if ('error' in merged) throw new StatusError('InternalError', merged.error, { withoutReason: true })
        return asKubeObject(merged.value)
      }
    }
    throw unsupportedPatch(resource)
  }

  async #delete(exchange: Exchange, target: Target): Promise<void> {
    const asked = await deleteOptionsOf(exchange)
    const byDefault = asked.propagationPolicy === undefined && asked.orphanDependents === undefined
    if (byDefault && target.resource.kind === 'Job') exchange.warnings.push(jobWarning)
    const options = { ...defaultPropagation(target), ...asked }
    const { object, gone } = await this.#parts.deleter.delete(target, options)
    if (!gone || returnsDeleted(target.resource))
      return this.#answer(exchange, target.resource, { object, created: false, dryRun: options.dryRun })
    const { group, resource } = target.resource
    const details = {
      name: target.name,
      ...(group === '' ? {} : { group }),
      kind: resource,
      uid: object.metadata.uid,
    }
    await sendJson(exchange, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details })
  }

  async #deleteCollection(exchange: Exchange, target: Target): Promise<void> {
    const options = { ...defaultPropagation(target), ...(await deleteOptionsOf(exchange)) }
    const { resource, namespace } = target
    const matcher = matcherOf(resource, namespace, exchange.info.query)
    const entries = resource.collection.entries(namespace).filter((entry) => matches(matcher, entry))
    const deletions = entries.map((entry) =>
      this.#parts.deleter
        .delete({ resource, namespace: entry.namespace, name: entry.name }, options)
        .catch((error: unknown) => {
          if (!(error instanceof StatusError && error.code === 'NotFound')) throw error
        }),
    )
    await Promise.all(deletions)
    const end = resource.custom === undefined ? {} : { continue: '' }
    const metadata = { ...end, resourceVersion: String(this.#parts.store.revision) }
    await sendJson(
      exchange,
      renderList(entries, resource, {
        shape: shapeOf(exchange.request, { kind: resource.kind, isList: true }),
        metadata,
      }),
    )
  }

  async #answer(
    exchange: Exchange,
    resource: Resource,
    { object, created, dryRun = exchange.info.query.get('dryRun') === 'All' }: Outcome & { dryRun?: boolean },
  ): Promise<void> {
    const stored = resource.collection.get(`${object.metadata.namespace ?? ''}/${object.metadata.name}`)
    const shape = shapeOf(exchange.request, { kind: resource.kind, isList: false })
    // The stored text of exactly this state saves writing it again.
    const same =
      stored !== undefined && String(stored.revision) === object.metadata.resourceVersion && !dryRun
    const text = same ? renderEntry(stored, resource, shape) : renderObject(object, resource, shape)
    await sendJson(exchange, text, created ? 201 : 200)
  }
}

const deletedKinds = new Set([
  '/Pod',
  '/PodTemplate',
  '/ResourceQuota',
  '/Service',
  '/ServiceAccount',
  '/PersistentVolume',
  '/PersistentVolumeClaim',
  'storage.k8s.io/StorageClass',
])

/** Kinds whose deletion answers with the object, not with a Status. */
function returnsDeleted({ group, kind }: Resource): boolean {
  return deletedKinds.has(`${group}/${kind}`)
}

const jobWarning =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning'

const orphanedByDefault = new Set(['batch/Job', '/ReplicationController'])

/** For two old kinds a deletion without options leaves the pods alone. */
function defaultPropagation({ resource: { group, kind } }: Target): Pick<DeleteOptions, 'propagationPolicy'> {
  return orphanedByDefault.has(`${group}/${kind}`) ? { propagationPolicy: 'Orphan' } : {}
}

function supports({ resource, subresource }: Target, verb: string): boolean {
  const verbs =
    subresource === undefined ? resource.verbs : (resource.subresources.get(subresource)?.verbs ?? [])
  return verbs.includes(verb)
}

/** Custom objects have no strategic merge. */
function unsupportedPatch({ custom }: Resource): StatusError {
  if (custom === undefined) return new StatusError('UnsupportedMediaType', '415: Unsupported Media Type', {})
  const known = [
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/apply-patch+yaml',
  ]
  const message = `the body of the request was in an unknown format - accepted media types include: ${known.join(', ')}`
  return new StatusError('UnsupportedMediaType', message)
}

/** The object in the body; where the query asks how to validate fields, those that are there twice are told too. */
async function readWritten(exchange: Exchange, { resource }: Target): Promise<KubeObject> {
  const mode = exchange.info.query.get('fieldValidation')
  let twice: string[] = []
  const inspect = (json: string): void => {
    twice = duplicateKeys(json).map((path) => `duplicate field ${JSON.stringify(path)}`)
  }
  const value = await readValue(exchange.request, mode === 'Strict' || mode === 'Warn' ? inspect : undefined)
  const object = asKubeObject(withKind(value, resource))
  const { apiVersion, kind } = object
  if (twice.length > 0 && mode === 'Strict')
    throw badRequest(
      `${kind} in version ${JSON.stringify(apiVersion.replace(/^.*\//, ''))} cannot be handled as a ${kind}: strict decoding error: ${twice.join(', ')}`,
    )
  exchange.warnings.push(...twice)
  return object
}

/** A built-in kind that the body does not name is the one of the path. */
function withKind(value: unknown, resource: Resource): unknown {
  if (resource.custom !== undefined || typeof value !== 'object' || value === null || Array.isArray(value))
    return value
  const { kind, apiVersion } = value as Partial<KubeObject>
  return { ...value, kind: kind || resource.kind, apiVersion: apiVersion || apiVersionOf(resource) }
}

function parsePatch(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    throw badRequest('invalid JSON patch')
  }
}

function notAMap(value: JsonValue): string {
  const is = Array.isArray(value) ? 'array' : typeof value
  return `json: cannot unmarshal ${is} into Go value of type map[string]interface {}`
}

/** What is to be applied must say what it is. */
function asApplied(value: unknown, { resource }: Target): KubeObject {
  if (Array.isArray(value))
    throw badRequest(
      `error decoding patch: error unmarshaling JSON: while decoding JSON: ${notAMap(value as JsonValue)}`,
    )
  const { apiVersion = '', kind = '' } = (value ?? {}) as Partial<KubeObject>
  const otherKind = resource.custom === undefined && kind !== resource.kind
  if (apiVersion !== '' && kind !== '' && !otherKind) return asKubeObject(value)
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
  throw badRequest(`invalid object type: ${version}, Kind=${kind}`)
}

function jsonPatched(live: KubeObject, patch: JsonValue, _target: Target): KubeObject {
  const result = applyJsonPatch(live as unknown as JsonValue, patch)
  if (!('error' in result)) return asKubeObject(result.value)
  const { kind, message } = result.error
  if (kind === 'invalid') throw badRequest(message)
  throw new StatusError('Invalid', 'the server rejected our request due to an error in our request', {})
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** In groups of custom kinds nothing knows the path, and the answer is plain text. */
function unservedResource(registry: Registry, group: string): StatusError {
  const isCustom = registry
    .all()
    .some((resource) => resource.group === group && resource.custom !== undefined)
  return isCustom ? new PlainNotFound() : pageNotFound()
}

/** The resource that a path names; what is not served is a 404 without a name. */
export function targetOf(registry: Registry, info: Exchange['info']): Target {
  const named = info.resource
  const resource = named === undefined ? undefined : registry.find(named.group, named.version, named.resource)
  if (named === undefined || resource === undefined) throw unservedResource(registry, named?.group ?? '')
  if (resource.namespaced && named.namespace === '' && named.name !== '') throw pageNotFound()
  if (!resource.namespaced && named.namespace !== '' && named.resource !== 'namespaces')
    throw unservedResource(registry, named.group)
  if (named.subresource !== '' && !resource.subresources.has(named.subresource.split('/')[0] ?? ''))
    throw resource.custom === undefined ? pageNotFound() : notFound(resource, named.name)
  const namespace = resource.namespaced ? named.namespace : ''
  return {
    resource,
    namespace,
    name: named.name,
    ...(named.subresource === '' ? {} : { subresource: named.subresource }),
  }
}
