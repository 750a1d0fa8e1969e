import semver from 'semver'

/** The version that is meant among those there are: itself, or the highest in a range. Prereleases only where the range names one. */
export function pickVersion(wanted: string, versions: readonly string[]): string | undefined {
  const text = wanted.trim()
  if (versions.includes(text)) return text
  const valid = versions.filter((version) => semver.valid(version) !== null)
  const exact = semver.valid(text)
  if (exact !== null)
    return valid.find((version) => semver.eq(version, exact) && buildOf(version) === buildOf(text))
  const range = rangeOf(text)
  return range === undefined ? undefined : (semver.maxSatisfying(valid, range) ?? undefined)
}

/** True for what names one version and not a range of them. */
export function isExactVersion(wanted: string): boolean {
  return semver.valid(wanted.trim()) !== null || wanted.startsWith('sha256:')
}

/** A range in the words of Helm, where a comma means "and". */
export function rangeOf(wanted: string): string | undefined {
  const text = wanted.trim()
  const range = text === '' || text === 'HEAD' || text === 'latest' ? '*' : text.replaceAll(',', ' ')
  return semver.validRange(range) === null ? undefined : range
}

function buildOf(version: string): string {
  return version.split('+')[1] ?? ''
}
