import type { Application, ApplicationSource } from '@driftless/api'
import { isAppError } from '@driftless/api'
import { normalizeRepositoryUrl } from '@driftless/source'

/** One spelling for a repository address; undefined for text that is none. */
export function repositoryIdentity(url: string): string | undefined {
  try {
    return normalizeRepositoryUrl(url)
  } catch (error) {
    if (isAppError(error)) return undefined
    throw error
  }
}

export function sourcesOf({ spec }: Application): ApplicationSource[] {
  return spec.sources ?? (spec.source === undefined ? [] : [spec.source])
}

/** How often each repository, by its identity, is used. */
export function countUses(applications: Application[]): Map<string, number> {
  const uses = new Map<string, number>()
  for (const application of applications) {
    const identities = new Set(sourcesOf(application).map((source) => repositoryIdentity(source.repoURL)))
    for (const identity of identities) {
      if (identity !== undefined) uses.set(identity, (uses.get(identity) ?? 0) + 1)
    }
  }
  return uses
}
