import type { KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from './client.ts'
import { reflect, type ReflectorSource } from './reflector.ts'

export interface InformerEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  object: KubeObject
  /** What was held before, for MODIFIED and DELETED. */
  previous?: KubeObject
}

/** A collection held in memory and kept true by a watch. */
export interface Informer {
  /** Resolves after the first complete list, or when the signal aborts before it. */
  ready: Promise<void>
  synced(): boolean
  /** `namespace` is empty for cluster-scoped objects. */
  get(namespace: string, name: string): KubeObject | undefined
  list(namespace?: string): KubeObject[]
  /** Called after the store has changed. Returns the way to stop. */
  subscribe(listener: (event: InformerEvent) => void): () => void
  /** Why the collection may be out of date; `undefined` while it is followed. */
  error(): Error | undefined
}

export interface InformerOptions {
  signal: AbortSignal
  /** Trims objects before they are kept. */
  transform?: (object: KubeObject) => KubeObject
  onEvent?(event: InformerEvent): void
}

/**
 * Starts at once. After a relist, objects that vanished unseen are reported as DELETED, and objects whose version is
 * the same but whose content is not (a changed CRD schema) as MODIFIED.
 */
export function createInformer(
  client: KubeClient,
  resource: ReflectorSource,
  options: InformerOptions,
): Informer {
  const store = new Map<string, KubeObject>()
  const listeners = new Set<(event: InformerEvent) => void>()
  if (options.onEvent !== undefined) listeners.add((event) => options.onEvent?.(event))
  let synced = false
  let failure: Error | undefined
  let settle: () => void = () => undefined
  const ready = new Promise<void>((resolve) => {
    settle = resolve
  })

  function emit(type: InformerEvent['type'], object: KubeObject, previous: KubeObject | undefined): void {
    const event: InformerEvent = previous === undefined ? { type, object } : { type, object, previous }
    for (const listener of listeners) listener(event)
  }

  function put(object: KubeObject): void {
    const key = storeKey(object.metadata.namespace, object.metadata.name)
    const previous = store.get(key)
    store.set(key, object)
    if (previous !== undefined && previous.metadata.uid !== object.metadata.uid) {
      emit('DELETED', previous, previous)
      emit('ADDED', object, undefined)
    } else emit(previous === undefined ? 'ADDED' : 'MODIFIED', object, previous)
  }

  function remove(key: string, last: KubeObject): void {
    const previous = store.get(key)
    if (previous === undefined) return
    store.delete(key)
    emit('DELETED', last, previous)
  }

  const running = reflect(client, resource, {
    signal: options.signal,
    ...(options.transform === undefined ? {} : { transform: options.transform }),
    sink: {
      replaced(items) {
        const present = new Set<string>()
        for (const item of items) {
          const key = storeKey(item.metadata.namespace, item.metadata.name)
          present.add(key)
          const previous = store.get(key)
          if (previous === undefined || !sameContent(previous, item)) put(item)
        }
        for (const [key, object] of store) if (!present.has(key)) remove(key, object)
        synced = true
        settle()
      },
      changed(type, object) {
        if (type === 'DELETED') remove(storeKey(object.metadata.namespace, object.metadata.name), object)
        else put(object)
      },
      failed(error) {
        failure = error
      },
    },
  })
  running.finally(settle)

  return {
    ready,
    synced: () => synced,
    get: (namespace, name) => store.get(storeKey(namespace, name)),
    list(namespace) {
      const all = [...store.values()]
      return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace)
    },
    subscribe(listener) {
      const own = (event: InformerEvent): void => listener(event)
      listeners.add(own)
      return () => {
        listeners.delete(own)
      }
    },
    error: () => failure,
  }
}

function storeKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`
}

/** Versions alone do not tell: a CRD's schema may change what an unchanged version looks like. */
function sameContent(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.resourceVersion === b.metadata.resourceVersion && JSON.stringify(a) === JSON.stringify(b)
}
