import { formatApiVersion, type KubeObject, stringifyJson } from '@driftless/apimachinery'
import type { KubeClient } from './client.ts'
import type { ApiResource } from './discovery.ts'
import type { KindState, LiveCacheOptions, LiveChange, LiveObject } from './live-cache.ts'
import { toLiveObject, type LiveIndex } from './live-index.ts'
import { reflect, type ReflectorSink } from './reflector.ts'
import { trimObject } from './trim-object.ts'

/** Follows one kind into the index of the live cache. */
export interface KindFollower {
  resource: ApiResource
  state(): KindState
  /** Settles at the first list or the first failure. */
  firstOutcome: Promise<void>
  /** Ends the watch and answers what it holds in the index, for `held` of a successor. */
  stop(): Set<LiveObject>
  /** Ends the watch and takes its objects out of the index. */
  drop(): void
}

export interface FollowContext {
  client: KubeClient
  options: LiveCacheOptions
  index: LiveIndex
  /** An object of this kind came, changed, or, at `goneAt`, went. */
  onTouched(resource: ApiResource, object: LiveObject, goneAt?: string): void
}

/** `held`: what a predecessor left in the index; what the first list does not confirm is removed. */
export function followKind(
  context: FollowContext,
  resource: ApiResource,
  held: Set<LiveObject> = new Set(),
): KindFollower {
  const { client, options } = context
  const stopping = new AbortController()
  const signal = AbortSignal.any([options.signal, stopping.signal])
  const records = createRecords(context, resource, held)
  let state: KindState = { state: 'pending', message: 'the first list has not arrived yet' }
  let version: string | undefined
  let settle: () => void = () => undefined
  const firstOutcome = new Promise<void>((resolve) => {
    settle = resolve
  })
  const sink: ReflectorSink = {
    replaced(items, resourceVersion) {
      if (signal.aborted) return
      records.replace(items, resourceVersion)
      version = resourceVersion
      options.onKindRead?.({ group: resource.group, kind: resource.kind }, resourceVersion)
    },
    changed(type, item) {
      if (signal.aborted) return
      records.change(type, item)
      version = item.metadata.resourceVersion ?? version
    },
    failed(error) {
      state =
        error === undefined ? { state: 'synced', message: '' } : { state: 'failed', message: error.message }
      if (error !== undefined && !signal.aborted) warn(context, resource, error)
      settle()
    },
  }
  const source = { apiVersion: formatApiVersion(resource.group, resource.version), kind: resource.kind }
  const transform = (object: KubeObject): KubeObject =>
    options.trackingOf(object) === undefined ? trimObject(object) : object
  void reflect(client, source, { signal, transform, sink }).finally(settle)
  return {
    resource,
    state: () => (version === undefined ? state : { ...state, version }),
    firstOutcome,
    stop() {
      stopping.abort()
      return held
    },
    drop() {
      stopping.abort()
      records.replace([], version ?? '')
    },
  }
}

function warn({ options }: FollowContext, resource: ApiResource, error: Error): void {
  options.log?.warn('a kind cannot be followed', {
    kind: resource.kind,
    group: resource.group,
    error: error.message,
  })
}

/** Writes one kind into the index and remembers what it wrote, so that a relist can see what vanished. */
function createRecords(context: FollowContext, resource: ApiResource, held: Set<LiveObject>) {
  const { index, options } = context
  function emit(changes: LiveChange[]): void {
    for (const change of changes) options.onChange(change)
  }
  function record(item: KubeObject): LiveObject {
    return toLiveObject(item, options.trackingOf(item))
  }
  function forget(object: LiveObject): void {
    const previous = index.get(object.key)
    if (previous !== undefined) held.delete(previous)
  }
  function put(object: LiveObject): void {
    forget(object)
    held.add(object)
    emit(index.put(object))
    context.onTouched(resource, object)
  }
  function remove(object: LiveObject, goneAt: string): void {
    forget(object)
    emit(index.remove(object))
    context.onTouched(resource, object, goneAt)
  }
  return {
    replace(items: KubeObject[], resourceVersion: string): void {
      const vanished = new Map([...held].map((object) => [nameOf(object), object]))
      for (const item of items) {
        const object = record(item)
        const previous = vanished.get(nameOf(object))
        vanished.delete(nameOf(object))
        if (previous === undefined || !sameContent(previous, object)) put(object)
      }
      for (const object of vanished.values()) remove(object, resourceVersion)
    },
    change(type: LiveChange['type'], item: KubeObject): void {
      const object = record(item)
      if (type === 'DELETED') remove(object, object.resourceVersion)
      else put(object)
    },
  }
}

function nameOf(object: LiveObject): string {
  return `${object.key.namespace}/${object.key.name}`
}

/** Equal versions are compared too: a CRD's schema may change what an unchanged version looks like. */
function sameContent(a: LiveObject, b: LiveObject): boolean {
  return (
    a.uid === b.uid &&
    a.resourceVersion === b.resourceVersion &&
    a.application === b.application &&
    a.apiVersion === b.apiVersion &&
    stringifyJson(a.object) === stringifyJson(b.object)
  )
}
