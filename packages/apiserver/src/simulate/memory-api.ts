import { randomUUID } from 'node:crypto'
import { AppError } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { GroupKind, LocalApi, LocalChange, NamespacedName } from '../local-api.ts'
import { controllerOf } from './objects.ts'
import { sameJson } from './same-json.ts'
import { keyOf, kindOf, timestamp } from './simulation.ts'

/** For tests: objects in a map, frozen so that a shared object is never changed, with writes counted and events kept. */
export interface MemoryApi extends LocalApi {
  writes: { verb: string; kind: string; name: string; manager: string | undefined }[]
  events: { about: string; reason: string; message: string }[]
}

/** The same objects through a door that closes for good after `writes` writes, as a process that is killed. */
export function mortal(api: MemoryApi, writes: number): { api: LocalApi; isDead: () => boolean } {
  let left = writes
  const live = async <T>(write: () => Promise<T>): Promise<T> => {
    left -= 1
    if (left < 0) throw new AppError('InternalError', 'killed')
    return write()
  }
  return {
    isDead: () => left < 0,
    api: {
      ...api,
      create: (...args) => live(() => api.create(...args)),
      update: (...args) => live(() => api.update(...args)),
      delete: (...args) => live(() => api.delete(...args)),
    },
  }
}

export function createMemoryApi(): MemoryApi {
  const objects = new MemoryObjects()
  const writes: MemoryApi['writes'] = []
  const events: MemoryApi['events'] = []
  const write = async (verb: string, object: KubeObject, manager: string | undefined): Promise<void> => {
    await Promise.resolve()
    writes.push({ verb, kind: object.kind, name: object.metadata.name, manager })
  }
  return {
    writes,
    events,
    get: (kind, namespace, name) => objects.get(kind, { namespace, name }),
    list: (kind, options = {}) => objects.list(kind, options.namespace),
    create: async (object, options = {}) => {
      if (objects.get(kindOf(object), keyOf(object)) !== undefined) {
        throw new AppError('AlreadyExists', `${object.metadata.name} exists`)
      }
      await write('create', object, options.manager)
      const { status: _status, ...rest } = structuredClone(object)
      const born = { uid: randomUUID(), generation: 1, creationTimestamp: timestamp(Date.now()) }
      return objects.store({ ...rest, metadata: { ...rest.metadata, ...born } })
    },
    // oxlint-disable-next-line max-params -- the shape of LocalApi
    update: async (kind, key, change, options = {}) => {
      const previous = objects.get(kind, key)
      const wanted = previous && change(structuredClone(previous))
      if (previous === undefined || wanted === undefined) return previous
      await write(options.subresource ?? 'update', wanted, options.manager)
      return objects.store(merge(previous, wanted, options.subresource === 'status'), previous)
    },
    delete: async (kind, key, options = {}) => {
      const object = objects.get(kind, key)
      if (object === undefined || (options.uid !== undefined && object.metadata.uid !== options.uid)) return
      await write('delete', object, undefined)
      objects.remove(object)
    },
    onChange: (listener) => objects.listen(listener),
    event: ({ object, reason, message }) => {
      events.push({ about: `${object.kind}/${object.metadata.name}`, reason, message })
    },
  }
}

function merge(previous: KubeObject, wanted: KubeObject, statusOnly: boolean): KubeObject {
  const merged: KubeObject = statusOnly
    ? { ...previous, status: wanted.status }
    : { ...wanted, status: previous.status }
  const grown = sameJson(merged.spec, previous.spec) ? 0 : 1
  const generation = (previous.metadata.generation ?? 1) + grown
  return { ...merged, metadata: { ...merged.metadata, generation } }
}

class MemoryObjects {
  private readonly objects = new Map<string, KubeObject>()
  private readonly listeners = new Set<(event: LocalChange) => void>()
  private version = 0

  get(kind: GroupKind, key: NamespacedName): KubeObject | undefined {
    return this.objects.get(`${kind.group}/${kind.kind}/${key.namespace}/${key.name}`)
  }

  list(kind: GroupKind, namespace: string | undefined): KubeObject[] {
    const prefix = `${kind.group}/${kind.kind}/${namespace === undefined ? '' : `${namespace}/`}`
    return [...this.objects].filter(([id]) => id.startsWith(prefix)).map(([, object]) => object)
  }

  store(object: KubeObject, previous?: KubeObject): KubeObject {
    this.version += 1
    const metadata = { ...object.metadata, resourceVersion: String(this.version) }
    const stored = deepFreeze({ ...object, metadata })
    this.objects.set(idOf(stored), stored)
    this.emit(
      previous === undefined
        ? { type: 'ADDED', object: stored }
        : { type: 'MODIFIED', object: stored, previous },
    )
    return stored
  }

  /** With everything that it controls. */
  remove(object: KubeObject): void {
    this.objects.delete(idOf(object))
    this.emit({ type: 'DELETED', object, previous: object })
    const owned = [...this.objects.values()].filter((one) => controllerOf(one)?.uid === object.metadata.uid)
    for (const one of owned) this.remove(one)
  }

  listen(listener: (event: LocalChange) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private emit(event: LocalChange): void {
    for (const listener of this.listeners) listener(event)
  }
}

function idOf(object: KubeObject): string {
  const { group, kind } = kindOf(object)
  const { namespace, name } = keyOf(object)
  return `${group}/${kind}/${namespace}/${name}`
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}
