import { formatApiVersion } from '@driftless/apimachinery'
import { messageOf } from '@driftless/api'
import type { ApiResource } from './discovery.ts'
import { groupVersionPath } from './request-path.ts'
import type { Session } from './session.ts'

/** One reading of what a cluster serves. */
export interface Inventory {
  resources: ApiResource[]
  failures: { groupVersion: string; message: string }[]
}

interface AggregatedList {
  kind?: string
  items?: {
    metadata?: { name?: string }
    versions?: { version: string; freshness?: string; resources?: AggregatedResource[] }[]
  }[]
}

interface AggregatedResource {
  resource: string
  responseKind?: { kind?: string }
  scope?: string
  singularResource?: string
  verbs?: string[]
  shortNames?: string[]
  categories?: string[]
  subresources?: { subresource: string }[]
}

interface LegacyResource {
  name: string
  singularName?: string
  namespaced?: boolean
  kind: string
  verbs?: string[]
  shortNames?: string[]
  categories?: string[]
}

interface LegacyGroup {
  name: string
  versions: { version: string }[]
  preferredVersion?: { version: string }
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'

/** Two requests where the server aggregates, else one for each group version. */
export async function readDiscovery(session: Session): Promise<Inventory> {
  const inventory: Inventory = { resources: [], failures: [] }
  const [core, groups] = await Promise.all([
    ask(session, '/api', aggregated),
    ask(session, '/apis', aggregated),
  ])
  for (const answer of [core, groups]) {
    const list = answer as AggregatedList & { versions?: string[]; groups?: LegacyGroup[] }
    if (list.kind === 'APIGroupDiscoveryList') addAggregated(list, inventory)
    else if (list.versions !== undefined) {
      await addLegacyGroups(session, [coreGroup(list.versions)], inventory)
    } else await addLegacyGroups(session, list.groups ?? [], inventory)
  }
  markPreferred(inventory.resources)
  return inventory
}

function ask(session: Session, path: string, accept = 'application/json'): Promise<unknown> {
  return session.call({ verb: 'discovery', method: 'GET', path, accept })
}

function addAggregated(list: AggregatedList, inventory: Inventory): void {
  for (const item of list.items ?? []) {
    const group = item.metadata?.name ?? ''
    for (const { version, freshness, resources = [] } of item.versions ?? []) {
      if (freshness === 'Stale') {
        const message = 'the API server that answers for this group cannot be reached'
        inventory.failures.push({ groupVersion: formatApiVersion(group, version), message })
      }
      for (const resource of resources) inventory.resources.push(fromAggregated(group, version, resource))
    }
  }
}

function fromAggregated(group: string, version: string, resource: AggregatedResource): ApiResource {
  return {
    group,
    version,
    kind: resource.responseKind?.kind ?? '',
    resource: resource.resource,
    singular: resource.singularResource ?? '',
    namespaced: resource.scope === 'Namespaced',
    verbs: resource.verbs ?? [],
    shortNames: resource.shortNames ?? [],
    categories: resource.categories ?? [],
    subresources: (resource.subresources ?? []).map((entry) => entry.subresource),
    preferred: false,
  }
}

function coreGroup(versions: string[]): LegacyGroup {
  return { name: '', versions: versions.map((version) => ({ version })) }
}

/** A group version that fails is noted; the others stay usable. */
async function addLegacyGroups(session: Session, groups: LegacyGroup[], inventory: Inventory): Promise<void> {
  const pairs = groups.flatMap((group) =>
    byPreference(group).map((version) => ({ group: group.name, version })),
  )
  const answers = await Promise.all(
    pairs.map(async ({ group, version }) => {
      try {
        const answer = await ask(session, groupVersionPath(group, version))
        return { group, version, resources: (answer as { resources?: LegacyResource[] }).resources ?? [] }
      } catch (error) {
        inventory.failures.push({ groupVersion: formatApiVersion(group, version), message: messageOf(error) })
        return undefined
      }
    }),
  )
  for (const answer of answers) {
    if (answer !== undefined) inventory.resources.push(...fromLegacy(answer))
  }
}

function byPreference(group: LegacyGroup): string[] {
  const versions = group.versions.map((entry) => entry.version)
  const first = group.preferredVersion?.version
  return first === undefined ? versions : [first, ...versions.filter((version) => version !== first)]
}

function fromLegacy(answer: { group: string; version: string; resources: LegacyResource[] }): ApiResource[] {
  const byName = new Map<string, ApiResource>()
  for (const entry of answer.resources) {
    if (entry.name.includes('/')) continue
    byName.set(entry.name, {
      group: answer.group,
      version: answer.version,
      kind: entry.kind,
      resource: entry.name,
      singular: entry.singularName ?? '',
      namespaced: entry.namespaced === true,
      verbs: entry.verbs ?? [],
      shortNames: entry.shortNames ?? [],
      categories: entry.categories ?? [],
      subresources: [],
      preferred: false,
    })
  }
  for (const { name } of answer.resources) {
    const [parent = '', subresource] = name.split('/')
    if (subresource !== undefined) byName.get(parent)?.subresources.push(subresource)
  }
  return [...byName.values()]
}

/** Versions come in the server's order of preference, so the first that serves a kind is the preferred one. */
function markPreferred(resources: ApiResource[]): void {
  const seen = new Set<string>()
  for (const resource of resources) {
    const key = `${resource.group}/${resource.resource}`
    resource.preferred = !seen.has(key)
    seen.add(key)
  }
}
