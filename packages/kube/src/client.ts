import type { GroupVersionKind, KubeObject } from '@driftless/apimachinery'
import type { Clock } from './clock.ts'
import type { Impersonation } from './cluster-config.ts'
import type { Discovery } from './discovery.ts'
import type { OpenApi } from './openapi.ts'

/** One object. `namespace` is ignored for cluster-scoped kinds. */
export interface ObjectRef {
  apiVersion: string
  kind: string
  namespace?: string
  name: string
  subresource?: string
}

/** One collection; all namespaces when `namespace` is absent. */
export interface ResourceRef {
  apiVersion: string
  kind: string
  namespace?: string
}

export interface ListOptions {
  labelSelector?: string
  fieldSelector?: string
  /** Items a page, default 500. */
  pageSize?: number
  /** Applied to each item as its page arrives, so that full objects need not be held. */
  transform?: (object: KubeObject) => KubeObject
  signal?: AbortSignal
}

export interface WriteOptions {
  dryRun?: boolean
  /** Field manager recorded by the server; default `driftless`. */
  manager?: string
  fieldValidation?: 'Ignore' | 'Warn' | 'Strict'
  subresource?: 'status' | 'scale'
  onWarning?: (warning: string) => void
  signal?: AbortSignal
}

export type ApplyOptions = WriteOptions & { manager: string; force?: boolean }

export interface DeleteOptions {
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  /** Precondition: delete only this incarnation. */
  uid?: string
  /** Precondition: delete only this version. */
  resourceVersion?: string
  gracePeriodSeconds?: number
  dryRun?: boolean
  signal?: AbortSignal
}

export interface Patch {
  type: 'merge' | 'json' | 'strategic'
  body: unknown
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  object: KubeObject
}

export interface WatchOptions {
  /** Version to start after, from a list or an earlier event. */
  resourceVersion: string
  labelSelector?: string
  fieldSelector?: string
  signal: AbortSignal
  onEvent(event: WatchEvent): void
}

export interface RawRequest {
  method: string
  /** Absolute path of the API, e.g. `/readyz`. */
  path: string
  query?: Record<string, string>
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface RawResponse {
  status: number
  /** Parsed JSON, or the text when it is none. */
  body: unknown
  text: string
}

export interface LogsRef {
  namespace: string
  name: string
  container?: string
  tailLines?: number
  previous?: boolean
  signal?: AbortSignal
}

/** What is asked of the authorizer. `group` is empty for the core group. */
export interface AccessSpec {
  user: string
  groups?: string[]
  verb: string
  group: string
  resource: string
  subresource?: string
  namespace?: string
  name?: string
}

export interface AccessAnswer {
  allowed: boolean
  reason: string
}

/** One finished request, for metrics and tests. A watch is reported when it opens. */
export interface RequestRecord {
  /** get, list, watch, create, update, patch, apply, delete, discovery, raw. */
  verb: string
  method: string
  path: string
  /** 0 when no answer came. */
  status: number
  durationMs: number
  dryRun: boolean
}

export interface ClientStats {
  requests: number
  /** Requests that may change something: not reads, not dry runs, not reviews. */
  writes: number
  byVerb: Record<string, number>
}

/**
 * A client of one cluster. Every failed answer is a `KubeApiError`; a lost connection is an `AppError` with
 * `ServiceUnavailable`. Reads are retried when the connection breaks, writes are not (their outcome is unknown);
 * both wait for `Retry-After` when the server is busy.
 */
export interface KubeClient {
  /** The same connections with another identity. */
  as(impersonation: Impersonation): KubeClient
  get(ref: ObjectRef, options?: { signal?: AbortSignal }): Promise<KubeObject>
  /** As `get`, but `undefined` when the object does not exist. An unknown kind is still an error. */
  find(ref: ObjectRef, options?: { signal?: AbortSignal }): Promise<KubeObject | undefined>
  /** Reads page after page; one consistent snapshot. */
  list(
    resource: ResourceRef,
    options?: ListOptions,
  ): Promise<{ items: KubeObject[]; resourceVersion: string }>
  create(object: KubeObject, options?: WriteOptions): Promise<KubeObject>
  replace(object: KubeObject, options?: WriteOptions): Promise<KubeObject>
  patch(ref: ObjectRef, patch: Patch, options?: WriteOptions): Promise<KubeObject>
  /** Server-side apply; `force` defaults to true. */
  apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject>
  /** The object with its deletion mark, or what the server answered; `undefined` when it was gone already. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<KubeObject | undefined>
  /** Any path; answers of any status are returned, not thrown. */
  raw(request: RawRequest): Promise<RawResponse>
  logs(ref: LogsRef): Promise<string>
  /** Resolves when the server ends the stream or the signal aborts; `Expired` when the version is too old. */
  watch(resource: ResourceRef, options: WatchOptions): Promise<void>
  /** May this client's own identity do that? With `user`, as `subjectAccessReview`. */
  canI(spec: Omit<AccessSpec, 'user'> & { user?: string }): Promise<AccessAnswer>
  subjectAccessReview(spec: AccessSpec): Promise<AccessAnswer>
  readonly discovery: Discovery
  readonly openapi: OpenApi
  /** Where the waits of all that follows this cluster come from. */
  readonly clock: Clock
  stats(): ClientStats
  /** Ends all connections; clients made by `as` end with it. */
  close(): Promise<void>
}

/** Group, version and kind of a reference. */
export type KindRef = GroupVersionKind
