import type { Application, ApplicationDestination, AppProject, FieldError } from '@driftless/api'
import { globMatches } from '@driftless/engine'
import { normalizeRepositoryUrl } from '@driftless/source'
import { inClusterServer } from '@driftless/planner'

export interface AllowListInput {
  application: Application
  project: AppProject
  /** The cluster of a destination, when it is known. */
  clusterOf(destination: ApplicationDestination): { name: string; server: string } | undefined
}

/**
 * Where source and destination leave what the AppProject allows (`argocd.md` §2.11): an entry must match and no
 * entry that begins with `!` may. The controller checks it again at every sync; here it is for the person at the form.
 */
export function allowListErrors(input: AllowListInput): FieldError[] {
  return [...sourceErrors(input), ...destinationErrors(input)]
}

function sourceErrors({ application: { spec }, project }: AllowListInput): FieldError[] {
  const patterns = project.spec.sourceRepos ?? []
  const entries =
    spec.sources?.map((source, at) => ({ url: source.repoURL, field: `spec.sources.${at}.repoURL` })) ?? []
  if (spec.source !== undefined) entries.push({ url: spec.source.repoURL, field: 'spec.source.repoURL' })
  return entries
    .filter(({ url }) => !permits(patterns, (pattern) => matchesUrl(pattern, url)))
    .map(({ field }) => ({
      field,
      message: `is not a repository that project "${project.metadata.name}" may use`,
    }))
}

function matchesUrl(pattern: string, url: string): boolean {
  return globMatches(pattern, url, '/') || pattern === '*' || sameRepository(pattern, url)
}

function sameRepository(pattern: string, url: string): boolean {
  if (/[*?[{]/.test(pattern)) return false
  try {
    return normalizeRepositoryUrl(pattern) === normalizeRepositoryUrl(url)
  } catch {
    // An address that Git cannot use, such as that of a chart repository in OCI form, is compared as text only.
    return pattern === url
  }
}

type DestinationEntry = NonNullable<AppProject['spec']['destinations']>[number]

function destinationErrors({ application, project, clusterOf }: AllowListInput): FieldError[] {
  const { destination } = application.spec
  const cluster = clusterOf(destination)
  if (cluster === undefined) {
    const field = destination.name === undefined ? 'spec.destination.server' : 'spec.destination.name'
    return [{ field, message: 'is not a cluster that Driftless knows' }]
  }
  const entries = project.spec.destinations ?? []
  const onCluster = entries.filter((entry) => entryMatchesCluster(entry, cluster))
  if (!onCluster.some((entry) => !isDenial(entry))) {
    const field = destination.name === undefined ? 'spec.destination.server' : 'spec.destination.name'
    return [{ field, message: `is not a cluster that project "${project.metadata.name}" may use` }]
  }
  const namespace = destination.namespace ?? ''
  if (
    permits(
      onCluster.map((entry) => entry.namespace ?? ''),
      (pattern) => globMatches(pattern, namespace),
    )
  )
    return []
  return [
    {
      field: 'spec.destination.namespace',
      message: `is not a namespace that project "${project.metadata.name}" may use`,
    },
  ]
}

function isDenial(entry: DestinationEntry): boolean {
  return entry.namespace?.startsWith('!') === true
}

function entryMatchesCluster(entry: DestinationEntry, cluster: { name: string; server: string }): boolean {
  const servers = cluster.name === 'in-cluster' ? [cluster.server, inClusterServer] : [cluster.server]
  const byName = entry.name !== undefined && entry.name !== '' && globMatches(entry.name, cluster.name)
  const byServer =
    entry.server !== undefined && servers.some((server) => globMatches(entry.server ?? '', server))
  return byName || byServer
}

function permits(patterns: string[], matches: (pattern: string) => boolean): boolean {
  const denied = patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)))
  return !denied && patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern))
}
