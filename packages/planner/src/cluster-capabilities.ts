import { AppError } from '@driftless/api'
import { formatApiVersion } from '@driftless/apimachinery'
import type { ApiResource, KubeClient } from '@driftless/kube'

/** What templates may ask about a destination cluster. */
export interface ClusterCapabilities {
  kubeVersion: string
  /** `group/version` and `group/version/Kind`, sorted. */
  apiVersions: string[]
}

/** A cluster is not upgraded more often than this is read again. */
const versionLifeMs = 600_000

const versions = new WeakMap<KubeClient['discovery'], { readAt: number; version: Promise<string> }>()

export async function readCapabilities(client: KubeClient): Promise<ClusterCapabilities> {
  if (client.discovery.all().length === 0) await client.discovery.refresh()
  const kubeVersion = await versionOf(client)
  return { kubeVersion, apiVersions: namesOf(client.discovery.all()) }
}

/** By the list that discovery gave: a thousand applications ask about the same one. */
const names = new WeakMap<ApiResource[], string[]>()

function namesOf(resources: ApiResource[]): string[] {
  const known = names.get(resources)
  if (known !== undefined) return known
  const all = resources.flatMap(({ group, version, kind }) => {
    const groupVersion = formatApiVersion(group, version)
    return [groupVersion, `${groupVersion}/${kind}`]
  })
  const sorted = [...new Set(all)].sort()
  names.set(resources, sorted)
  return sorted
}

function versionOf(client: KubeClient): Promise<string> {
  const known = versions.get(client.discovery)
  const now = performance.now()
  if (known !== undefined && now - known.readAt < versionLifeMs) return known.version
  const version = readVersion(client)
  versions.set(client.discovery, { readAt: now, version })
  version.catch(() => versions.delete(client.discovery))
  return version
}

async function readVersion(client: KubeClient): Promise<string> {
  const { status, body } = await client.raw({ method: 'GET', path: '/version' })
  const { gitVersion } = (body ?? {}) as { gitVersion?: unknown }
  if (status === 200 && typeof gitVersion === 'string') return gitVersion
  throw new AppError('ServiceUnavailable', `the cluster does not tell its version (HTTP ${status})`)
}
