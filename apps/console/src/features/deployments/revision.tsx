/** Commits are shown by their first seven letters; other revisions (chart versions) as they are. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40}$|^[0-9a-f]{64}$/.test(revision) ? revision.slice(0, 7) : revision
}

/** Commits inside of a sentence, short as everywhere. */
export function shortRevisions(sentence: string): string {
  return sentence.replaceAll(/\b[0-9a-f]{40}\b/g, shortRevision)
}

export function Revision({ revision }: { revision: string }) {
  return (
    <span className="mono" title={revision}>
      {shortRevision(revision)}
    </span>
  )
}
