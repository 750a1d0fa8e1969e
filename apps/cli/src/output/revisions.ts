interface Revisions {
  revision?: string | undefined
  /** One for each source, when there are several. */
  revisions?: readonly string[] | undefined
}

/** Revisions as people write them: commits and digests short, versions of charts whole. */
export function formatRevisions({ revision, revisions }: Revisions): string {
  const all = revisions ?? (revision === undefined ? [] : [revision])
  return all
    .map(shortRevision)
    .filter((text) => text !== '')
    .join(', ')
}

export function shortRevision(revision: string): string {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision.slice(0, 7)
  return /^sha256:[0-9a-f]{64}$/.test(revision) ? revision.slice(0, 'sha256:'.length + 12) : revision
}
