import type { Store } from '../storage/store.ts'
import { loadDiscovery } from '../schema/index.ts'
import type { Resource, Subresource } from './resource.ts'

interface DiscoveredKind {
  group: string
  version: string
  kind: string
}

interface DiscoveredResource {
  resource: string
  responseKind: DiscoveredKind
  scope: 'Namespaced' | 'Cluster'
  singularResource: string
  verbs: string[]
  shortNames?: string[]
  categories?: string[]
  subresources?: { subresource: string; responseKind: DiscoveredKind; verbs: string[] }[]
}

export interface DiscoveredGroup {
  metadata: { name?: string }
  versions: { version: string; resources: DiscoveredResource[] }[]
}

/** Kinds that two groups show of the same objects: the second name, and where its objects are. */
const sharedCollections: Record<string, string> = { 'events.k8s.io/events': '/events' }

/** Every resource that is served, built in and custom. Versions of a group are in order of preference. */
export class Registry {
  #store: Store
  #byPath = new Map<string, Resource>()
  #byKind = new Map<string, Resource>()
  #groups = new Map<string, string[]>()
  /** Moves with every change of what is served; caches of discovery hang on it. */
  generation = 0

  constructor(store: Store) {
    this.#store = store
    const { api, apis } = loadDiscovery() as unknown as {
      api: { items: DiscoveredGroup[] }
      apis: { items: DiscoveredGroup[] }
    }
    for (const group of [...api.items, ...apis.items]) this.#addGroup(group)
  }

  #addGroup(group: DiscoveredGroup): void {
    const name = group.metadata.name ?? ''
    const storageVersion = group.versions[0]?.version ?? 'v1'
    for (const { version, resources } of group.versions) {
      for (const found of resources) {
        const id = `${name}/${found.resource}`
        const collection = this.#store.collection(sharedCollections[id] ?? id)
        const { resource, singularResource: singular, verbs, shortNames = [], categories = [] } = found
        const namespaced = found.scope === 'Namespaced'
        const kind = found.responseKind.kind
        const subresources = subresourcesOf(found, { group: name, version })
        this.#add({
          group: name,
          version,
          resource,
          kind,
          singular,
          namespaced,
          verbs,
          shortNames,
          categories,
          subresources,
          storageVersion,
          collection,
        })
      }
    }
  }

  #add(resource: Resource): void {
    this.#byPath.set(`${resource.group}/${resource.version}/${resource.resource}`, resource)
    const kindKey = `${resource.group}/${resource.kind}`
    if (!this.#byKind.has(kindKey) || resource.version === resource.storageVersion)
      this.#byKind.set(kindKey, resource)
    const versions = this.#groups.get(resource.group)
    if (versions === undefined) this.#groups.set(resource.group, [resource.version])
    else if (!versions.includes(resource.version)) versions.push(resource.version)
  }

  /** Serves the versions of one CRD in place of what it served before; best version first. */
  setCustom(id: { group: string; resource: string }, versions: Resource[]): void {
    this.removeCustom(id)
    for (const version of versions) this.#add(version)
    this.#groups.set(id.group, (this.#groups.get(id.group) ?? []).toSorted(compareVersions))
    this.generation++
  }

  removeCustom(id: { group: string; resource: string }): void {
    const gone = this.all().filter(
      (resource) => resource.group === id.group && resource.resource === id.resource,
    )
    for (const resource of gone) {
      this.#byPath.delete(`${resource.group}/${resource.version}/${resource.resource}`)
      this.#byKind.delete(`${resource.group}/${resource.kind}`)
    }
    const left = new Set(
      this.all()
        .filter((resource) => resource.group === id.group)
        .map((resource) => resource.version),
    )
    if (left.size === 0) this.#groups.delete(id.group)
    else this.#groups.set(id.group, [...left].toSorted(compareVersions))
    this.generation++
  }

  find(group: string, version: string, resource: string): Resource | undefined {
    return this.#byPath.get(`${group}/${version}/${resource}`)
  }

  /** The version in which the kind is stored. */
  forKind(group: string, kind: string): Resource | undefined {
    return this.#byKind.get(`${group}/${kind}`)
  }

  /** That very version of the kind. */
  forVersionedKind(group: string, version: string, kind: string): Resource | undefined {
    const stored = this.forKind(group, kind)
    return stored === undefined ? undefined : this.find(group, version, stored.resource)
  }

  /** The resource in the version it is stored in, one for each collection that holds objects. */
  stored(): Resource[] {
    return this.all().filter(
      (resource) =>
        resource.version === resource.storageVersion &&
        resource.collection.id === `${resource.group}/${resource.resource}`,
    )
  }

  all(): Resource[] {
    return [...this.#byPath.values()]
  }

  groups(): Iterable<[name: string, versions: readonly string[]]> {
    return this.#groups.entries()
  }

  ofVersion(group: string, version: string): Resource[] {
    return this.all().filter((resource) => resource.group === group && resource.version === version)
  }
}

function subresourcesOf(
  found: DiscoveredResource,
  own: { group: string; version: string },
): Map<string, Subresource> {
  const subresources = new Map<string, Subresource>()
  for (const { subresource, responseKind, verbs } of found.subresources ?? []) {
    const foreign = responseKind.version !== ''
    const kind = {
      group: foreign ? responseKind.group : own.group,
      version: foreign ? responseKind.version : own.version,
      kind: responseKind.kind,
    }
    subresources.set(subresource, { name: subresource, kind, verbs })
  }
  return subresources
}

/** Stable before beta before alpha, newer before older, anything else by name at the end. */
export function compareVersions(left: string, right: string): number {
  const a = rankOf(left)
  const b = rankOf(right)
  for (let at = 0; at < a.length; at++) {
    const difference = (b[at] ?? 0) - (a[at] ?? 0)
    if (difference !== 0) return difference
  }
  return left < right ? -1 : left > right ? 1 : 0
}

function rankOf(version: string): number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  if (match === null) return [0, 0, 0]
  const stage = match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1
  return [stage, Number(match[1]), Number(match[3] ?? 0)]
}
