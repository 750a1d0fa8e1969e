import type { CommitSummary } from '@driftless/api'
import { RelativeTime } from '../../i18n/time.tsx'
import classes from './commit-line.module.css'
import { Revision } from './revision.tsx'

export interface CommitLineProps {
  revision: string
  /** Undefined when the server does not hold the commit any more, and for versions of charts. */
  commit: CommitSummary | undefined
  /** Stands behind the revision. */
  more?: string
}

/** A revision by its subject, over its short id, its author and its age; the id alone where nothing else is known. */
export function CommitLine({ revision, commit, more = '' }: CommitLineProps) {
  const subject = commit?.subject ?? ''
  return (
    <div className={classes['commit']}>
      {subject === '' ? null : (
        <bdi className={classes['subject']} title={subject}>
          {subject}
        </bdi>
      )}
      <span className={classes['facts']}>
        <Revision revision={revision} />
        {more === '' ? null : <span>{more}</span>}
        {commit === undefined || commit.author === '' ? null : (
          <bdi className="cut" title={commit.author}>
            {commit.author}
          </bdi>
        )}
        {commit === undefined ? null : (
          <span className={classes['age']}>
            <RelativeTime at={commit.date} />
          </span>
        )}
      </span>
    </div>
  )
}
