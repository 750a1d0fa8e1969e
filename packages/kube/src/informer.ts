import { type KubeObject, stringifyJson } from '@driftless/apimachinery'
import type { KubeClient } from './client.ts'
import { reflect, type ReflectorSink, type ReflectorSource } from './reflector.ts'

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
  const listeners = new Set<(event: InformerEvent) => void>()
  const store = createStore((event) => {
    options.onEvent?.(event)
    for (const listener of listeners) listener(event)
  })
  let synced = false
  let failure: Error | undefined
  let settle: () => void = () => undefined
  const ready = new Promise<void>((resolve) => {
    settle = resolve
  })
  const sink: ReflectorSink = {
    replaced(items) {
      store.replace(items)
      synced = true
      settle()
    },
    changed: (type, object) => (type === 'DELETED' ? store.remove(object) : store.put(object)),
    failed(error) {
      failure = error
    },
  }
  const { signal, transform } = options
  const running = reflect(client, resource, {
    signal,
    sink,
    ...(transform === undefined ? {} : { transform }),
  })
  void running.finally(settle)
  return {
    ready,
    synced: () => synced,
    get: (namespace, name) => store.objects.get(storeKey(namespace, name)),
    list(namespace) {
      const all = [...store.objects.values()]
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

interface Store {
  objects: ReadonlyMap<string, KubeObject>
  put(object: KubeObject): void
  remove(last: KubeObject): void
  replace(items: KubeObject[]): void
}

/** Objects by namespace and name; says what changed. */
function createStore(tell: (event: InformerEvent) => void): Store {
  const objects = new Map<string, KubeObject>()

  function put(object: KubeObject): void {
    const key = keyOf(object)
    const previous = objects.get(key)
    objects.set(key, object)
    if (previous === undefined) tell({ type: 'ADDED', object })
    else if (previous.metadata.uid === object.metadata.uid) tell({ type: 'MODIFIED', object, previous })
    else {
      tell({ type: 'DELETED', object: previous, previous })
      tell({ type: 'ADDED', object })
    }
  }

  function remove(last: KubeObject): void {
    const previous = objects.get(keyOf(last))
    if (previous === undefined) return
    objects.delete(keyOf(last))
    tell({ type: 'DELETED', object: last, previous })
  }

  function replace(items: KubeObject[]): void {
    const present = new Set(items.map(keyOf))
    for (const item of items) {
      const previous = objects.get(keyOf(item))
      if (previous === undefined || !sameContent(previous, item)) put(item)
    }
    for (const [key, object] of objects) if (!present.has(key)) remove(object)
  }

  return { objects, put, remove, replace }
}

function keyOf(object: KubeObject): string {
  return storeKey(object.metadata.namespace, object.metadata.name)
}

function storeKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`
}

/** Versions alone do not tell: a CRD's schema may change what an unchanged version looks like. */
function sameContent(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.resourceVersion === b.metadata.resourceVersion && stringifyJson(a) === stringifyJson(b)
}
