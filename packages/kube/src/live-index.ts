import { formatKey, keyOf, type KubeObject, type ObjectKey } from '@driftless/apimachinery'
import type { LiveChange, LiveObject } from './live-cache.ts'

/** The objects of a cluster under every question that is asked about them. */
export interface LiveIndex {
  /** Adds or replaces; tells what changed. */
  put(object: LiveObject): LiveChange[]
  remove(object: LiveObject): LiveChange[]
  get(key: ObjectKey): LiveObject | undefined
  byApplication(application: string): LiveObject[]
  byOwner(uid: string): LiveObject[]
  byNamespace(namespace: string): LiveObject[]
}

export function createLiveIndex(): LiveIndex {
  const objects = new Map<string, LiveObject>()
  const applications = new Map<string, Set<LiveObject>>()
  const owners = new Map<string, Set<LiveObject>>()
  const namespaces = new Map<string, Set<LiveObject>>()

  function link(object: LiveObject): void {
    objects.set(formatKey(object.key), object)
    if (object.application !== undefined) addTo(applications, object.application, object)
    for (const uid of object.ownerUids) addTo(owners, uid, object)
    if (object.key.namespace !== '') addTo(namespaces, object.key.namespace, object)
  }

  function unlink(object: LiveObject): void {
    objects.delete(formatKey(object.key))
    if (object.application !== undefined) removeFrom(applications, object.application, object)
    for (const uid of object.ownerUids) removeFrom(owners, uid, object)
    removeFrom(namespaces, object.key.namespace, object)
  }

  return {
    put(object) {
      const previous = objects.get(formatKey(object.key))
      if (previous !== undefined) unlink(previous)
      link(object)
      if (previous === undefined) return [change('ADDED', object, undefined)]
      if (previous.uid === object.uid) return [change('MODIFIED', object, previous)]
      return [change('DELETED', previous, previous), change('ADDED', object, undefined)]
    },
    remove(object) {
      const previous = objects.get(formatKey(object.key))
      if (previous === undefined) return []
      unlink(previous)
      return [change('DELETED', object, previous)]
    },
    get: (key) => objects.get(formatKey(key)),
    byApplication: (application) => [...(applications.get(application) ?? [])],
    byOwner: (uid) => [...(owners.get(uid) ?? [])],
    byNamespace: (namespace) => [...(namespaces.get(namespace) ?? [])],
  }
}

const noOwners: string[] = []

/** One copy of each group, version and namespace, however many objects name it. */
const interned = new Map<string, string>()

function intern(text: string): string {
  const known = interned.get(text)
  if (known !== undefined) return known
  interned.set(text, text)
  return text
}

/** A compact record; the object itself is whatever the caller kept of it. */
export function toLiveObject(object: KubeObject, application: string | undefined): LiveObject {
  const { metadata } = object
  const { group, kind, namespace, name } = keyOf(object)
  return {
    key: { group: intern(group), kind: intern(kind), namespace: intern(namespace), name },
    apiVersion: intern(object.apiVersion),
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    application,
    ownerUids: metadata.ownerReferences?.map((owner) => owner.uid) ?? noOwners,
    createdAt: metadata.creationTimestamp ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
    object,
  }
}

function change(type: LiveChange['type'], object: LiveObject, previous: LiveObject | undefined): LiveChange {
  const { key, application } = object
  return { type, key, application, previousApplication: previous?.application, object }
}

function addTo(index: Map<string, Set<LiveObject>>, key: string, object: LiveObject): void {
  const set = index.get(key)
  if (set === undefined) index.set(key, new Set([object]))
  else set.add(object)
}

function removeFrom(index: Map<string, Set<LiveObject>>, key: string, object: LiveObject): void {
  const set = index.get(key)
  set?.delete(object)
  if (set?.size === 0) index.delete(key)
}
