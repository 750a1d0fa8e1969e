import { AppError, fieldManager, isAppError } from '@driftless/api'
import { gvkOf, type KubeObject } from '@driftless/apimachinery'
import { accessReview } from './access-review.ts'
import type { KubeClient, ObjectRef, Patch, RequestRecord, ResourceRef, WriteOptions } from './client.ts'
import { type Clock, systemClock } from './clock.ts'
import type { ClusterConfig, Impersonation } from './cluster-config.ts'
import { createDiscovery } from './create-discovery.ts'
import { createOpenApi } from './create-openapi.ts'
import type { ApiResource, Discovery } from './discovery.ts'
import { listAll } from './list-all.ts'
import type { OpenApi } from './openapi.ts'
import { collectionPath, objectPath, withQuery, writeQuery, type Query } from './request-path.ts'
import { createSession, parseBody, type Call, type Session, type SharedSession } from './session.ts'
import { createTransport } from './transport.ts'
import { watchCollection } from './watch-collection.ts'
import { createWire, type Wire } from './wire.ts'

export interface ClientOptions {
  /** Connections kept alive for requests; default 8. Watches use connections of their own. */
  connections?: number
  onRequest?: (record: RequestRecord) => void
  /** Default `driftless`. */
  userAgent?: string
  /** How long a watch is asked to last at least; the same again at most, so that not all end together. Default 300. */
  watchSeconds?: number
  /** Where its waits, and those of everything that follows this cluster, come from. */
  clock?: Clock
  /** In place of connections of its own. */
  wire?: Wire
}

/** Nothing is sent before the first call. */
export function createClient(config: ClusterConfig, options: ClientOptions = {}): KubeClient {
  const clock = options.clock ?? systemClock
  const wire = options.wire ?? createWire(config, options.connections ?? 8)
  const shared: SharedSession = {
    transport: createTransport(wire, new URL(config.server).origin, clock),
    stats: { requests: 0, writes: 0, byVerb: {} },
    userAgent: options.userAgent ?? 'driftless',
    onRequest: options.onRequest,
    watchSeconds: options.watchSeconds ?? 300,
  }
  const session = createSession(shared, config.impersonate)
  return bind({
    shared,
    session,
    clock,
    discovery: createDiscovery(session),
    openapi: createOpenApi(session),
  })
}

interface Parts {
  shared: SharedSession
  session: Session
  clock: Clock
  /** Shared by all identities: what a cluster serves does not depend on who asks. */
  discovery: Discovery
  openapi: OpenApi
}

function bind(parts: Parts): KubeClient {
  const { shared, session, discovery, openapi } = parts
  return {
    ...reads(parts),
    ...writes(parts),
    as: (impersonation: Impersonation) => bind({ ...parts, session: createSession(shared, impersonation) }),
    async raw(request) {
      const call: Call = {
        verb: 'raw',
        method: request.method,
        path: withQuery(request.path, request.query ?? {}),
        dryRun: request.query?.['dryRun'] === 'All',
        body: request.body,
        signal: request.signal,
        headers: request.headers ?? {},
      }
      const { status, text } = await session.send(call)
      return { status, text, body: parseBody(text) }
    },
    canI: (spec) => accessReview(session, spec),
    subjectAccessReview: (spec) => accessReview(session, spec),
    discovery,
    openapi,
    clock: parts.clock,
    stats: () => ({ ...shared.stats, byVerb: { ...shared.stats.byVerb } }),
    close: () => shared.transport.close(),
  }
}

function reads({ session, discovery }: Parts): Pick<KubeClient, 'get' | 'find' | 'list' | 'logs' | 'watch'> {
  async function get(ref: ObjectRef, options?: { signal?: AbortSignal }): Promise<KubeObject> {
    const path = objectPath(await resolve(discovery, ref), ref)
    return asObject(await session.call({ verb: 'get', method: 'GET', path, signal: options?.signal }))
  }
  return {
    get,
    async find(ref, options) {
      await resolve(discovery, ref)
      try {
        return await get(ref, options)
      } catch (error) {
        if (isAppError(error, 'NotFound')) return undefined
        throw error
      }
    },
    async list(ref, options = {}) {
      const resource = await resolve(discovery, ref)
      return listAll(session, { ref, path: collectionPath(resource, ref.namespace) }, options)
    },
    async watch(ref, options) {
      const resource = await resolve(discovery, ref)
      return watchCollection(session, collectionPath(resource, ref.namespace), options)
    },
    async logs(ref) {
      const query: Query = {
        container: ref.container,
        tailLines: ref.tailLines?.toString(),
        previous: ref.previous === true ? 'true' : undefined,
      }
      const pod = `/api/v1/namespaces/${encodeURIComponent(ref.namespace)}/pods/${encodeURIComponent(ref.name)}`
      const path = withQuery(`${pod}/log`, query)
      const body = await session.call({
        verb: 'get',
        method: 'GET',
        path,
        accept: 'text/plain, */*',
        text: true,
        signal: ref.signal,
      })
      return typeof body === 'string' ? body : ''
    },
  }
}

const patchTypes: Record<Patch['type'], string> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

type Writes = Pick<KubeClient, 'create' | 'replace' | 'patch' | 'apply' | 'delete'>

function writes({ session, discovery }: Parts): Writes {
  async function write(
    call: Pick<Call, 'verb' | 'method' | 'path' | 'body' | 'contentType'>,
    at: WriteTarget,
  ) {
    const { options, query = {} } = at
    const answer = await session.call({
      ...call,
      path: withQuery(call.path, { ...writeQuery(options, fieldManager), ...query }),
      dryRun: options.dryRun === true,
      onWarning: options.onWarning,
      signal: options.signal,
    })
    if (definesKinds(call.path)) discovery.invalidate()
    return asObject(answer)
  }
  async function pathOf(object: KubeObject, subresource: string | undefined): Promise<string> {
    const { name, namespace } = object.metadata
    return objectPath(await resolve(discovery, object), { name, namespace, subresource })
  }
  return {
    async create(object, options = {}) {
      const path = collectionPath(await resolve(discovery, object), object.metadata.namespace)
      return write({ verb: 'create', method: 'POST', path, body: object }, { options })
    },
    async replace(object, options = {}) {
      const path = await pathOf(object, options.subresource)
      return write({ verb: 'update', method: 'PUT', path, body: object }, { options })
    },
    async patch(ref, { type, body }, options = {}) {
      const subresource = options.subresource ?? ref.subresource
      const path = objectPath(await resolve(discovery, ref), { ...ref, subresource })
      return write({ verb: 'patch', method: 'PATCH', path, body, contentType: patchTypes[type] }, { options })
    },
    async apply(object, options) {
      const path = await pathOf(object, options.subresource)
      const query = { force: String(options.force ?? true) }
      const contentType = 'application/apply-patch+yaml'
      return write({ verb: 'apply', method: 'PATCH', path, body: object, contentType }, { options, query })
    },
    delete: (ref, options = {}) => deleteObject({ session, discovery }, ref, options),
  }
}

/** Writes that change what the cluster serves. */
function definesKinds(path: string): boolean {
  return path.startsWith('/apis/apiextensions.k8s.io/') || path.startsWith('/apis/apiregistration.k8s.io/')
}

interface WriteTarget {
  options: WriteOptions
  query?: Query
}

async function deleteObject(
  { session, discovery }: Pick<Parts, 'session' | 'discovery'>,
  ref: ObjectRef,
  options: Parameters<KubeClient['delete']>[1] & object,
): Promise<KubeObject | undefined> {
  const { uid, resourceVersion, propagationPolicy, gracePeriodSeconds } = options
  const path = objectPath(await resolve(discovery, ref), ref)
  const body = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(options.dryRun === true ? { dryRun: ['All'] } : {}),
    ...(uid === undefined && resourceVersion === undefined
      ? {}
      : { preconditions: { uid, resourceVersion } }),
  }
  const dryRun = options.dryRun === true
  try {
    const call: Call = { verb: 'delete', method: 'DELETE', path, body, dryRun, signal: options.signal }
    return asObject(await session.call(call))
  } catch (error) {
    if (isAppError(error, 'NotFound')) return undefined
    throw error
  }
}

async function resolve(discovery: Discovery, ref: ResourceRef | KubeObject): Promise<ApiResource> {
  const gvk = gvkOf(ref)
  const resource = await discovery.resourceFor(gvk)
  if (resource !== undefined) return resource
  throw new AppError('NotFound', `The cluster serves no kind ${ref.kind} of ${ref.apiVersion}.`, {
    remedy: 'Check apiVersion and kind, or install the CustomResourceDefinition first.',
  })
}

function asObject(body: unknown): KubeObject {
  if (typeof body === 'object' && body !== null) return body as KubeObject
  throw new AppError('InternalError', 'The API server answered something that is no object.')
}
