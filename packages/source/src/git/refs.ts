import { AppError } from '@driftless/api'
import semver from 'semver'
import type { NamedRevision, Refs, ResolvedRevision } from '../contract.ts'

export const wholeCommit = /^[0-9a-f]{40}$/
const partOfCommit = /^[0-9a-f]{7,39}$/

/** Reads what `git ls-remote --symref` prints. */
export function parseLsRemote(text: string): Refs {
  const revisions = new Map<string, string>()
  let head = ''
  for (const line of text.split('\n')) {
    const [left = '', name = ''] = line.split('\t')
    if (left.startsWith('ref: ') && name === 'HEAD') head = left.slice('ref: '.length)
    else if (wholeCommit.test(left) && name !== '') revisions.set(name, left)
  }
  return refsOf(revisions, head === '' ? branchAtHead(revisions) : head)
}

/** Old servers do not say which branch HEAD is: the one at the same commit, well-known names first. */
function branchAtHead(revisions: Map<string, string>): string {
  const head = revisions.get('HEAD')
  const names = [...revisions]
    .filter(([name, at]) => name.startsWith('refs/heads/') && at === head)
    .map(([name]) => name)
  return ['refs/heads/main', 'refs/heads/master'].find((name) => names.includes(name)) ?? names[0] ?? ''
}

/** Format for `git for-each-ref`, read by `parseForEachRef`. */
export const forEachRefFormat = '--format=%(objectname)%09%(*objectname)%09%(HEAD)%09%(refname)'

export function parseForEachRef(text: string): Refs {
  const revisions = new Map<string, string>()
  let head = ''
  for (const line of text.split('\n')) {
    const [own = '', peeled = '', star = '', name = ''] = line.split('\t')
    if (!wholeCommit.test(own)) continue
    revisions.set(name, own)
    if (peeled !== '') revisions.set(`${name}^{}`, peeled)
    if (star === '*') head = name
  }
  return refsOf(revisions, head)
}

function refsOf(revisions: Map<string, string>, head: string): Refs {
  const branches: NamedRevision[] = []
  const tags: NamedRevision[] = []
  for (const [name, revision] of revisions) {
    if (name.startsWith('refs/heads/')) branches.push({ name: name.slice('refs/heads/'.length), revision })
    else if (name.startsWith('refs/tags/') && !name.endsWith('^{}')) {
      tags.push({ name: name.slice('refs/tags/'.length), revision: revisions.get(`${name}^{}`) ?? revision })
    }
  }
  // HEAD may name a branch that has no commit yet; then there is no default branch to follow.
  const defaultBranch = revisions.has(head) ? head.slice('refs/heads/'.length) : ''
  return { defaultBranch, branches: branches.sort(byName), tags: tags.sort(byName) }
}

function byName(a: NamedRevision, b: NamedRevision): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

/** What a revision means among these refs; undefined when only the commits themselves can tell. */
export function resolveAmong(refs: Refs, revision: string, tagPrefix = ''): ResolvedRevision | undefined {
  if (revision === '' || revision === 'HEAD') return resolveBranch(refs, refs.defaultBranch)
  if (revision.startsWith('refs/heads/')) return resolveBranch(refs, revision.slice('refs/heads/'.length))
  if (revision.startsWith('refs/tags/')) return resolveTag(refs, revision.slice('refs/tags/'.length))
  return (
    resolveBranch(refs, revision) ?? resolveTag(refs, revision) ?? resolveRange(refs, revision, tagPrefix)
  )
}

function resolveBranch(refs: Refs, name: string): ResolvedRevision | undefined {
  const found = refs.branches.find((branch) => branch.name === name)
  return found && { revision: found.revision, ref: `refs/heads/${found.name}`, followsBranch: true }
}

function resolveTag(refs: Refs, name: string): ResolvedRevision | undefined {
  const found = refs.tags.find((tag) => tag.name === name)
  return found && { revision: found.revision, ref: `refs/tags/${found.name}`, followsBranch: false }
}

/** The highest tag in a semver range such as `1.2.*` or `>=1.0.0 <2.0.0`; prereleases only where the range names one. */
function resolveRange(refs: Refs, range: string, tagPrefix: string): ResolvedRevision | undefined {
  if (partOfCommit.test(range) || wholeCommit.test(range) || semver.validRange(range) === null)
    return undefined
  const versions = refs.tags
    .filter(({ name }) => name.startsWith(tagPrefix))
    .map(({ name }) => name.slice(tagPrefix.length))
    .filter((version) => semver.valid(version) !== null)
  const best = semver.maxSatisfying(versions, range)
  return best === null ? undefined : resolveTag(refs, tagPrefix + best)
}

/** True for what can be a commit's name, whole or shortened. */
export function looksLikeCommit(revision: string): boolean {
  return wholeCommit.test(revision) || partOfCommit.test(revision)
}

/** Refuses what no ref, range or commit can be. An argument of git never begins with a dash. */
export function checkRevision(revision: string): string {
  const text = revision.trim()
  if (text.startsWith('-') || text.length > 255 || /[\p{Cc}\\[]|\.\.|@\{|::/u.test(text)) {
    const message = `"${text.slice(0, 80)}" cannot be a revision.`
    throw new AppError('Invalid', message, {
      fields: [{ field: 'spec.source.targetRevision', message }],
      remedy: 'Give a branch, a tag, a commit, a version range over tags, or HEAD.',
    })
  }
  return text
}

export function revisionNotFound(revision: string, refs: Refs, url: string): AppError {
  if (refs.branches.length === 0 && refs.tags.length === 0) {
    const message = `The repository ${url} has no commits yet.`
    return new AppError('NotFound', message, {
      fields: [{ field: 'spec.source.targetRevision', message }],
      remedy: 'Push a first commit.',
    })
  }
  const name = revision === '' ? 'HEAD' : revision
  const message = `Revision "${name}" was not found in ${url}.`
  const close = closest(
    name,
    [...refs.branches, ...refs.tags].map((ref) => ref.name),
  )
  const remedy =
    close.length > 0
      ? `Did you mean ${close.join(', ')}?`
      : 'Give a branch, a tag or a commit that has been pushed.'
  return new AppError('NotFound', message, {
    fields: [{ field: 'spec.source.targetRevision', message }],
    remedy,
  })
}

/** The names nearest to a text, at most `count`; for remedies. */
export function closest(text: string, names: string[], count = 3): string[] {
  const wanted = text.toLowerCase()
  return [...new Set(names)]
    .slice(0, 2000)
    .map((name) => ({ name, away: distance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.away - b.away || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map((entry) => entry.name)
}

/** Edit distance; a text contained in the other is near. */
function distance(a: string, b: string): number {
  if (a.length > 100 || b.length > 100) return 100
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change))
    }
    row = next
  }
  const edits = row[b.length] ?? 0
  return b.includes(a) || a.includes(b) ? edits / 4 : edits
}
