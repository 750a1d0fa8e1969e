import type { ApplicationDestination, AppProject } from '@driftless/api'
import { globMatches } from './glob.ts'

/** Whether applications of the project may read a repository: an allowing glob matches and no `!` one. */
export function permitsSource(project: AppProject, repoURL: string): boolean {
  const url = comparableUrl(repoURL)
  const matches = (pattern: string) =>
    pattern === '*' || globMatches(pattern === '**' ? '**' : comparableUrl(pattern), url, '/')
  return permitted(project.spec.sourceRepos ?? [], matches)
}

/** Whether its applications may deploy there. `destination` carries both name and address of the cluster where known. */
export function permitsDestination(project: AppProject, destination: ApplicationDestination): boolean {
  let allowed = false
  for (const rule of project.spec.destinations ?? []) {
    const cluster = clusterMatch(rule, destination)
    const namespace = wordMatch(rule.namespace, destination.namespace ?? '')
    if (denies(rule.server) || denies(rule.name) || denies(rule.namespace)) {
      if (cluster && namespace) return false
    } else if (cluster && namespace) allowed = true
  }
  return allowed
}

/** Whether an Application object of a namespace may name the project. The control namespace always may. */
export function permitsSourceNamespace(
  project: AppProject,
  namespace: string,
  controlNamespace: string,
): boolean {
  if (namespace === controlNamespace) return true
  return (project.spec.sourceNamespaces ?? []).some((pattern) => globMatches(pattern, namespace))
}

/**
 * Whether its applications may own objects of the kind. No cluster-scoped kind without a rule that allows it; every namespaced
 * kind unless there is a list (an empty one allows none). Blacklists always take away.
 */
export function permitsKind(
  project: AppProject,
  object: { group: string; kind: string; name: string; namespaced: boolean },
): boolean {
  const { spec } = project
  const matches = (rule: { group: string; kind: string; name?: string | undefined }): boolean =>
    globMatches(rule.group, object.group) &&
    globMatches(rule.kind, object.kind) &&
    (rule.name === undefined || rule.name === '' || globMatches(rule.name, object.name))
  if (object.namespaced) {
    const listed = spec.namespaceResourceWhitelist?.some(matches) ?? true
    return listed && !(spec.namespaceResourceBlacklist ?? []).some(matches)
  }
  const listed = (spec.clusterResourceWhitelist ?? []).some(matches)
  return listed && !(spec.clusterResourceBlacklist ?? []).some(matches)
}

function permitted(patterns: readonly string[], matches: (pattern: string) => boolean): boolean {
  if (patterns.some((pattern) => denies(pattern) && matches(pattern.slice(1)))) return false
  return patterns.some((pattern) => !denies(pattern) && matches(pattern))
}

function denies(pattern: string | undefined): boolean {
  return pattern?.startsWith('!') ?? false
}

function clusterMatch(
  rule: { server?: string | undefined; name?: string | undefined },
  destination: ApplicationDestination,
): boolean {
  const server = (rule.server ?? '') !== '' && wordMatch(rule.server, destination.server ?? '')
  const name = (rule.name ?? '') !== '' && wordMatch(rule.name, destination.name ?? '')
  return server || name
}

function wordMatch(pattern: string | undefined, text: string): boolean {
  const bare = denies(pattern) ? pattern?.slice(1) : pattern
  return globMatches(bare ?? '', text)
}

/** Case, scheme, user, a trailing slash and `.git` make no difference; `git@host:path` is `host/path`. */
export function comparableUrl(url: string): string {
  const trimmed = url
    .trim()
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
  const bare = trimmed.replace(/^[a-z+]+:\/\//, '').replace(/^[^/@]*@/, '')
  return /^[a-z+]+:\/\//.test(trimmed) ? bare : bare.replace(/^([^/:]+):(?!\d+\/)/, '$1/')
}
