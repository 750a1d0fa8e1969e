import { createHash } from 'node:crypto'

/**
 * What a `Chart.lock` says of the dependencies that it was made from: SHA-256 of both lists as Go writes them in JSON
 * (Helm's `resolver.HashReq`), so that a lock that no longer fits `Chart.yaml` is seen.
 */
export function lockDigest(
  required: readonly Record<string, unknown>[],
  locked: readonly Record<string, unknown>[],
): string {
  const text = JSON.stringify([required.map(dependencyAsGo), locked.map(dependencyAsGo)])
  return `sha256:${createHash('sha256').update(escapeAsGo(text)).digest('hex')}`
}

/** The fields of Helm's `chart.Dependency`, in its order; empty ones are left out, but for name and repository. */
function dependencyAsGo(dependency: Record<string, unknown>): Record<string, unknown> {
  const { name, version, repository, condition, tags, enabled, alias } = dependency
  const values = dependency['import-values']
  return {
    name: name ?? '',
    ...(version === undefined || version === '' ? {} : { version }),
    repository: repository ?? '',
    ...(condition === undefined || condition === '' ? {} : { condition }),
    ...(Array.isArray(tags) && tags.length > 0 ? { tags } : {}),
    ...(enabled === true ? { enabled } : {}),
    ...(Array.isArray(values) && values.length > 0 ? { 'import-values': values.map(sorted) } : {}),
    ...(alias === undefined || alias === '' ? {} : { alias }),
  }
}

/** Go writes the keys of a map in order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** Go's JSON escapes what could end a script in a page. */
function escapeAsGo(text: string): string {
  return text.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
