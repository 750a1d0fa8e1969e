import { randomUUID } from 'node:crypto'
import { AppError } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { GroupKind, LocalApi, LocalChange } from '../local-api.ts'
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
  const objects = new Map<string, KubeObject>()
  const listeners = new Set<(event: LocalChange) => void>()
  const writes: MemoryApi['writes'] = []
  const events: MemoryApi['events'] = []
  let version = 0

  const idOf = (kind: GroupKind, namespace: string, name: string) =>
    `${kind.group}/${kind.kind}/${namespace}/${name}`
  const emit = (event: LocalChange) => {
    for (const listener of listeners) listener(event)
  }

  function store(object: KubeObject, previous?: KubeObject): KubeObject {
    version += 1
    const stored = deepFreeze({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(version) },
    })
    const { namespace, name } = keyOf(object)
    objects.set(idOf(kindOf(object), namespace, name), stored)
    if (previous === undefined) emit({ type: 'ADDED', object: stored })
    else emit({ type: 'MODIFIED', object: stored, previous })
    return stored
  }

  function remove(object: KubeObject): void {
    const { namespace, name } = keyOf(object)
    objects.delete(idOf(kindOf(object), namespace, name))
    emit({ type: 'DELETED', object, previous: object })
    const owned = [...objects.values()].filter((one) => controllerOf(one)?.uid === object.metadata.uid)
    for (const one of owned) remove(one)
  }

  async function write(verb: string, object: KubeObject, manager: string | undefined): Promise<void> {
    await Promise.resolve()
    writes.push({ verb, kind: object.kind, name: object.metadata.name, manager })
  }

  return {
    writes,
    events,
    get: (kind, namespace, name) => objects.get(idOf(kind, namespace, name)),
    list: (kind, options = {}) =>
      [...objects.values()].filter((one) => {
        const { group, kind: word } = kindOf(one)
        const labels = Object.entries(options.labels ?? {})
        return (
          group === kind.group &&
          word === kind.kind &&
          (options.namespace === undefined || one.metadata.namespace === options.namespace) &&
          labels.every(([key, value]) => one.metadata.labels?.[key] === value)
        )
      }),
    create: async (object, options = {}) => {
      const { namespace, name } = keyOf(object)
      if (objects.has(idOf(kindOf(object), namespace, name)))
        throw new AppError('AlreadyExists', `${name} exists`)
      await write('create', object, options.manager)
      const { status: _status, ...rest } = structuredClone(object)
      const born = { uid: randomUUID(), generation: 1, creationTimestamp: timestamp(Date.now()) }
      return store({ ...rest, metadata: { ...rest.metadata, ...born } } as KubeObject)
    },
    update: async (kind, key, change, options = {}) => {
      const previous = objects.get(idOf(kind, key.namespace, key.name))
      const wanted = previous && change(structuredClone(previous))
      if (previous === undefined || wanted === undefined) return previous
      await write(options.subresource ?? 'update', wanted, options.manager)
      const merged: KubeObject =
        options.subresource === 'status'
          ? { ...previous, status: wanted.status }
          : { ...wanted, status: previous.status }
      const grown = sameJson(merged.spec, previous.spec) ? 0 : 1
      const generation = (previous.metadata.generation ?? 1) + grown
      return store({ ...merged, metadata: { ...merged.metadata, generation } } as KubeObject, previous)
    },
    delete: async (kind, key, options = {}) => {
      const object = objects.get(idOf(kind, key.namespace, key.name))
      if (object === undefined || (options.uid !== undefined && object.metadata.uid !== options.uid)) return
      await write('delete', object, undefined)
      remove(object)
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    event: ({ object, reason, message }) => {
      events.push({ about: `${object.kind}/${object.metadata.name}`, reason, message })
    },
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}
