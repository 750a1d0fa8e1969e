import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMerge,
  type JsonObject,
  type JsonValue,
  type KubeObject,
} from '@driftless/apimachinery'
import { badRequest, methodNotAllowed, notFound, pageNotFound, StatusError } from '../errors.ts'
import { forbidEscalation } from '../authorization/escalation.ts'
import type { RbacAuthorizer } from '../authorization/rbac.ts'
import type { Registry } from '../kinds/registry.ts'
import { gvkOfResource, type Resource } from '../kinds/resource.ts'
import type { Target, WriteContext } from '../objects/context.ts'
import { rfc3339 } from '../objects/context.ts'
import type { Deleter, DeleteOptions } from '../objects/deletion.ts'
import type { Writer } from '../objects/writer.ts'
import type { SchemaRegistry } from '../schema/index.ts'
import type { Store } from '../storage/store.ts'
import { matcherOf, matches } from '../watch/matcher.ts'
import { startWatch } from '../watch/watch-stream.ts'
import {
  asKubeObject,
  type Exchange,
  header,
  mediaType,
  parseBody,
  readBody,
  readObject,
  readValue,
  sendJson,
} from './exchange.ts'
import { listPage } from './list.ts'
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
    const entry = resource.collection.get(`${namespace}/${name}`)
    if (entry === undefined) throw notFound(resource, name)
    await sendJson(exchange, renderEntry(entry, resource, shapeOf(exchange.request)))
  }

  async #list(exchange: Exchange, { resource, namespace }: Target): Promise<void> {
    const { query } = exchange.info
    const shape = shapeOf(exchange.request)
    const { entries, metadata } = listPage(this.#parts.store, matcherOf(resource, namespace, query), query)
    await sendJson(exchange, renderList(entries, resource, { shape, metadata }))
  }

  async #watch(exchange: Exchange, target: Target): Promise<void> {
    const { resource, namespace, name } = target
    const { query } = exchange.info
    const matcher = matcherOf(resource, namespace, query)
    if (name !== '') matcher.name = name
    const version = query.get('resourceVersion') ?? ''
    if (version !== '' && !/^\d+$/.test(version))
      throw badRequest(`Invalid value: "${version}": resourceVersion must be a number`)
    await startWatch(
      this.#parts.store,
      {
        matcher,
        shape: shapeOf(exchange.request),
        resourceVersion: version === '' ? undefined : Number(version),
        bookmarks: isTrue(query.get('allowWatchBookmarks')),
        sendInitialEvents: isTrue(query.get('sendInitialEvents')),
        timeoutSeconds: Number(query.get('timeoutSeconds') ?? 0) || 1800 + Math.random() * 1800,
      },
      exchange,
    )
  }

  async #create(exchange: Exchange, target: Target): Promise<void> {
    const object = await readObject(exchange.request)
    const { object: created } = await this.#parts.writer.create(
      target,
      object,
      this.#context(exchange, target),
    )
    await this.#answer(exchange, target.resource, { object: created, created: true })
  }

  async #update(exchange: Exchange, target: Target): Promise<void> {
    const object = await readObject(exchange.request)
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
      const patch = asKubeObject(parseBody(text, type))
      await this.#answer(exchange, target.resource, await writer.apply(target, patch, { ...context, force }))
      return
    }
    const change = this.#patchOf(type, parseBody(text, 'application/json') as JsonValue, target)
    await this.#answer(exchange, target.resource, await writer.mutate(target, change, context))
  }

  #patchOf(type: string, patch: JsonValue, target: Target): (live: KubeObject) => KubeObject {
    const { resource } = target
    if (type === 'application/json-patch+json') return (live) => jsonPatched(live, patch, target)
    if (type === 'application/merge-patch+json') {
      if (!isObject(patch)) throw badRequest('a merge patch must be an object')
      return (live) => asKubeObject(applyMergePatch(live as unknown as JsonValue, patch))
    }
    if (type === 'application/strategic-merge-patch+json' && resource.custom === undefined) {
      const schema = this.#parts.schemas.forKind(gvkOfResource(resource))
      if (!isObject(patch)) throw badRequest('a strategic merge patch must be an object')
      return (live) => {
        if (schema === undefined) throw new StatusError('InternalError', `no schema for ${resource.kind}`)
        const merged = applyStrategicMerge(live as unknown as JsonObject, patch, schema)
        if ('error' in merged) throw badRequest(merged.error)
        return asKubeObject(merged.value)
      }
    }
    throw new StatusError('UnsupportedMediaType', '415: Unsupported Media Type', {})
  }

  async #delete(exchange: Exchange, target: Target): Promise<void> {
    const asked = await deleteOptionsOf(exchange)
    const byDefault = asked.propagationPolicy === undefined && asked.orphanDependents === undefined
    if (byDefault && target.resource.kind === 'Job') exchange.warnings.push(jobWarning)
    const options = { ...defaultPropagation(target), ...asked }
    const { object, gone } = await this.#parts.deleter.delete(target, options)
    if (!gone || returnsDeleted(target.resource))
      return this.#answer(exchange, target.resource, { object, created: false, stored: !options.dryRun })
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
    const metadata = { resourceVersion: String(this.#parts.store.revision) }
    await sendJson(exchange, renderList(entries, resource, { shape: shapeOf(exchange.request), metadata }))
  }

  async #answer(
    exchange: Exchange,
    resource: Resource,
    answer: { object: KubeObject; created: boolean; stored?: boolean },
  ): Promise<void> {
    const { object, created } = answer
    const stored = resource.collection.get(`${object.metadata.namespace ?? ''}/${object.metadata.name}`)
    const shape = shapeOf(exchange.request)
    // The stored text of exactly this state saves writing it again.
    const same =
      stored !== undefined &&
      String(stored.revision) === object.metadata.resourceVersion &&
      (answer.stored ?? !isDryRun(exchange))
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

function jsonPatched(live: KubeObject, patch: JsonValue, _target: Target): KubeObject {
  const result = applyJsonPatch(live as unknown as JsonValue, patch)
  if (!('error' in result)) return asKubeObject(result.value)
  const { kind, message } = result.error
  if (kind === 'invalid') throw badRequest(message)
  throw new StatusError('Invalid', 'the server rejected our request due to an error in our request', {})
}

export function isTrue(text: string | null): boolean {
  return text === 'true' || text === '1'
}

function isDryRun({ info }: Exchange): boolean {
  const value = info.query.get('dryRun')
  if (value !== null && value !== '' && value !== 'All')
    throw badRequest(`Invalid value: "${value}": dryRun must be "All"`)
  return value === 'All'
}

export function writeContextOf(exchange: Exchange): WriteContext {
  const { query } = exchange.info
  const agent = header(exchange.request, 'user-agent').split('/')[0] ?? ''
  const manager = query.get('fieldManager') || agent || 'unknown'
  if (manager.length > 128) throw badRequest('fieldManager may not be longer than 128 characters')
  const fieldValidation = query.get('fieldValidation') || 'Warn'
  if (fieldValidation !== 'Ignore' && fieldValidation !== 'Warn' && fieldValidation !== 'Strict') {
    throw badRequest(
      `Unsupported value: "${fieldValidation}": fieldValidation must be one of Ignore, Warn, Strict`,
    )
  }
  const now = rfc3339(new Date())
  return {
    manager,
    dryRun: isDryRun(exchange),
    fieldValidation,
    now,
    warn: (text) => exchange.warnings.push(text),
  }
}

/** Options come in the body, in the query, or both. */
export async function deleteOptionsOf(exchange: Exchange): Promise<DeleteOptions> {
  const { query } = exchange.info
  const body = ((await readValue(exchange.request)) ?? {}) as Partial<DeleteOptions> & { dryRun?: unknown }
  const policy = body.propagationPolicy ?? query.get('propagationPolicy') ?? undefined
  if (policy !== undefined && !['Orphan', 'Foreground', 'Background'].includes(policy)) {
    throw badRequest(`Invalid value: "${policy}": propagationPolicy must be Foreground, Background, Orphan`)
  }
  const grace =
    body.gracePeriodSeconds ??
    (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined)
  return {
    ...(policy === undefined
      ? {}
      : { propagationPolicy: policy as NonNullable<DeleteOptions['propagationPolicy']> }),
    ...(body.orphanDependents === true || isTrue(query.get('orphanDependents'))
      ? { orphanDependents: true }
      : {}),
    ...(grace === undefined || grace === null ? {} : { gracePeriodSeconds: grace }),
    ...(body.preconditions ? { preconditions: body.preconditions } : {}),
    dryRun: isDryRun(exchange) || (Array.isArray(body.dryRun) && body.dryRun.includes('All')),
    now: rfc3339(new Date()),
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The resource that a path names; what is not served is a 404 without a name. */
export function targetOf(registry: Registry, info: Exchange['info']): Target {
  const named = info.resource
  const resource = named === undefined ? undefined : registry.find(named.group, named.version, named.resource)
  if (named === undefined || resource === undefined) throw pageNotFound()
  if (resource.namespaced && named.namespace === '' && named.name !== '') throw pageNotFound()
  if (named.subresource !== '' && !resource.subresources.has(named.subresource.split('/')[0] ?? ''))
    throw pageNotFound()
  const namespace = resource.namespaced ? named.namespace : ''
  return {
    resource,
    namespace,
    name: named.name,
    ...(named.subresource === '' ? {} : { subresource: named.subresource }),
  }
}
