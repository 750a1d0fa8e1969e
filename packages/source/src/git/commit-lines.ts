import type { CommitLine } from '../contract.ts'
import { wholeCommit } from './refs.ts'

const longestLine = 200
/** Of hostile lengths git itself cuts first, so that one commit cannot hide the others. */
const format = '%H%x00%<(400,trunc)%s%x00%<(200,trunc)%an%x00%aI'

/** Words of one read of commits by their ids. Those that are not here are passed over; no ref is looked at. */
export function commitLinesArgs(revisions: readonly string[]): string[] {
  return [
    'log',
    '--no-walk=unsorted',
    '--ignore-missing',
    '--no-show-signature',
    '-z',
    `--format=${format}`,
    ...revisions,
    '--',
  ]
}

/** Reads what that prints. */
export function parseCommitLines(text: string): Map<string, CommitLine> {
  const parts = text.split('\0')
  const lines = new Map<string, CommitLine>()
  for (let at = 0; at + 3 < parts.length; at += 4) {
    const [revision = '', subject = '', author = '', date = ''] = parts.slice(at, at + 4)
    if (!wholeCommit.test(revision)) continue
    lines.set(revision, { subject: shownLine(subject), author: shownLine(author), date })
  }
  return lines
}

/**
 * A line of a commit as it may be shown: what controls terminals or turns the direction of text becomes a space, and at
 * most 200 characters are left.
 */
export function shownLine(text: string): string {
  const line = text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const letters = Array.from(line)
  return letters.length > longestLine ? `${letters.slice(0, longestLine - 1).join('')}…` : line
}
