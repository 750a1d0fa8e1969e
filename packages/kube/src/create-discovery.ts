import { AppError } from '@driftless/api'
import { formatApiVersion } from '@driftless/apimachinery'
import type { ApiResource, Discovery } from './discovery.ts'
import { readDiscovery, type Inventory } from './read-discovery.ts'
import type { Session } from './session.ts'

/** An unknown kind is looked for again at most this often. */
const unknownRetryMs = 500

interface Known extends Inventory {
  byKind: Map<string, ApiResource>
  byResource: Map<string, ApiResource>
  readAtMs: number
}

export function createDiscovery(session: Session): Discovery {
  let known: Known | undefined
  let stale = true
  let reading: Promise<void> | undefined

  async function read(): Promise<void> {
    stale = false
    try {
      known = index(keepFailed(await readDiscovery(session), known))
    } catch (error) {
      stale = true
      throw error
    }
  }

  function refresh(): Promise<void> {
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }

  /** Reads again when someone invalidated while a reading was under way. */
  async function current(): Promise<Known> {
    for (;;) {
      if (reading !== undefined) await reading
      else if (stale || known === undefined) await refresh()
      else return known
    }
  }

  async function lookUp(find: (known: Known) => ApiResource | undefined): Promise<ApiResource | undefined> {
    const before = await current()
    const found = find(before)
    if (found !== undefined || Date.now() - before.readAtMs < unknownRetryMs) return found
    await refresh()
    return find(await current())
  }

  return {
    async resourceFor({ group, version, kind }) {
      const found = await lookUp((at) => at.byKind.get(`${group}/${version}/${kind}`))
      if (found === undefined) refuseUnknown(known, group, version)
      return found
    },
    async kindOf({ group, version, resource }) {
      const found = await lookUp((at) => at.byResource.get(`${group}/${version}/${resource}`))
      if (found === undefined) refuseUnknown(known, group, version)
      return found
    },
    all: () => known?.resources ?? [],
    failures: () => known?.failures ?? [],
    invalidate() {
      stale = true
    },
    async refresh() {
      stale = true
      await current()
    },
  }
}

/** A kind of a group that could not be read may well exist. */
function refuseUnknown(known: Known | undefined, group: string, version: string): void {
  const groupVersion = formatApiVersion(group, version)
  const failure = known?.failures.find((entry) => entry.groupVersion === groupVersion)
  if (failure === undefined) return
  throw new AppError(
    'ServiceUnavailable',
    `The cluster cannot say what ${groupVersion} serves: ${failure.message}.`,
  )
}

function index(inventory: Inventory): Known {
  const byKind = new Map<string, ApiResource>()
  const byResource = new Map<string, ApiResource>()
  for (const resource of inventory.resources) {
    const groupVersion = `${resource.group}/${resource.version}`
    const kind = `${groupVersion}/${resource.kind}`
    if (!byKind.has(kind)) byKind.set(kind, resource)
    byResource.set(`${groupVersion}/${resource.resource}`, resource)
  }
  return { ...inventory, byKind, byResource, readAtMs: Date.now() }
}

/** A group version that cannot be read now keeps what was known of it. */
function keepFailed(fresh: Inventory, before: Known | undefined): Inventory {
  if (before === undefined || fresh.failures.length === 0) return fresh
  const failed = new Set(fresh.failures.map((failure) => failure.groupVersion))
  const present = new Set(fresh.resources.map((entry) => formatApiVersion(entry.group, entry.version)))
  const kept = before.resources.filter((resource) => {
    const groupVersion = formatApiVersion(resource.group, resource.version)
    return failed.has(groupVersion) && !present.has(groupVersion)
  })
  return { ...fresh, resources: [...fresh.resources, ...kept] }
}
