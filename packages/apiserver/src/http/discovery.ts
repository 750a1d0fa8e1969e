import { createHash } from 'node:crypto'
import type { Registry } from '../kinds/registry.ts'
import type { Resource } from '../kinds/resource.ts'
import { type Exchange, header, sendJson, sendText } from './exchange.ts'

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** Tells clients what is served: the aggregated form (v2) and the older documents, each made once per change. */
export class Discovery {
  #registry: Registry
  #generation = -1
  #documents = new Map<string, string>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Answers `/api`, `/apis`, `/api/v1`, `/apis/GROUP` and `/apis/GROUP/VERSION`; false for any other path. */
  async serve(exchange: Exchange): Promise<boolean> {
    const path = exchange.info.path.replace(/\/$/, '')
    const parts = path.split('/').slice(1)
    if ((path === '/api' || path === '/apis') && wantsAggregated(exchange)) {
      const text = this.#document(`aggregated ${path}`, () => this.#aggregated(path === '/api'))
      await sendText(exchange, text, { contentType: aggregatedType, headers: { vary: 'Accept' } })
      return true
    }
    const document = this.#legacy(parts)
    if (document === undefined) return false
    await sendJson(
      exchange,
      this.#document(path, () => document),
    )
    return true
  }

  #document(key: string, make: () => object): string {
    if (this.#generation !== this.#registry.generation) this.#documents.clear()
    this.#generation = this.#registry.generation
    let text = this.#documents.get(key)
    if (text === undefined) {
      text = JSON.stringify(make())
      this.#documents.set(key, text)
    }
    return text
  }

  #aggregated(core: boolean): object {
    const groups = [...this.#registry.groups()].filter(([group]) => (group === '') === core)
    const items = groups.map(([group, versions]) => ({
      metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        resources: this.#registry.ofVersion(group, version).map(aggregatedResource),
        freshness: 'Current',
      })),
    }))
    return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items }
  }

  #legacy(parts: string[]): object | undefined {
    const [root = '', group = '', version = ''] = parts
    if (root === 'api') return this.#legacyCore(parts)
    if (root !== 'apis' || parts.length > 3) return undefined
    if (parts.length === 1)
      return {
        kind: 'APIGroupList',
        apiVersion: 'v1',
        groups: [...this.#registry.groups()].filter(([name]) => name !== '').map(groupOf),
      }
    const found = [...this.#registry.groups()].find(([name]) => name === group)
    if (found === undefined || group === '') return undefined
    if (parts.length === 2) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(found) }
    return found[1].includes(version) ? this.#resourceList(group, version) : undefined
  }

  #legacyCore(parts: string[]): object | undefined {
    if (parts.length === 1) return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
    return parts.length === 2 && parts[1] === 'v1' ? this.#resourceList('', 'v1') : undefined
  }

  #resourceList(group: string, version: string): object {
    const groupVersion = group === '' ? version : `${group}/${version}`
    const resources = this.#registry.ofVersion(group, version).flatMap(legacyResources)
    // The list of the core group names no version of its own, on the real server too.
    return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion, resources }
  }
}

function wantsAggregated({ request }: Exchange): boolean {
  const first = header(request, 'accept').split(',')[0] ?? ''
  return first.includes('as=APIGroupDiscoveryList') && /v=v2(;|$)/.test(first)
}

function groupOf([name, versions]: [string, readonly string[]]) {
  const all = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: all, preferredVersion: all[0] }
}

function aggregatedResource(resource: Resource): object {
  const { group, version, kind } = resource
  return {
    resource: resource.resource,
    responseKind: { group, version, kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    ...(resource.subresources.size === 0
      ? {}
      : {
          subresources: [...resource.subresources.values()].map(({ name, kind: responseKind, verbs }) => ({
            subresource: name,
            responseKind,
            verbs,
          })),
        }),
  }
}

/** Changes with the version in which objects are stored; k8s.io/apiserver/pkg/endpoints/discovery. */
function storageHash({ group, storageVersion, kind }: Resource): string {
  // The real server still hashes the version in which it once stored definitions.
  const version = group === 'apiextensions.k8s.io' ? 'v1beta1' : storageVersion
  const hash = createHash('sha256').update(`${group}/${version}/${kind}`).digest()
  return hash.subarray(0, 8).toString('base64')
}

function legacyResources(resource: Resource): object[] {
  const { namespaced, singular, kind, verbs, shortNames, categories } = resource
  const main = {
    name: resource.resource,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(resource.verbs.includes('create') && resource.verbs.includes('list')
      ? { storageVersionHash: storageHash(resource) }
      : {}),
  }
  const parts = [...resource.subresources.values()].map((part) => ({
    name: `${resource.resource}/${part.name}`,
    singularName: '',
    namespaced,
    ...(part.kind.group === resource.group && part.kind.version === resource.version
      ? {}
      : { group: part.kind.group, version: part.kind.version }),
    kind: part.kind.kind,
    verbs: part.verbs,
  }))
  return [main, ...parts]
}
