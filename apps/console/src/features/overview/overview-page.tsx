import type { ApplicationRow } from '@driftless/api'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck, Workflow } from 'lucide-react'
import { Button } from '@mantine/core'
import { useLive } from '../../api/live.ts'
import { rowsQuery } from '../../api/queries.ts'
import { told, useText } from '../../i18n/language.ts'
import { RelativeTime } from '../../i18n/time.tsx'
import { paths } from '../../paths.ts'
import { StateMark } from '../../state/state-mark.tsx'
import { AppLink } from '../../ui/app-link.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ListSkeleton } from '../../ui/list-rows.tsx'
import { Page } from '../../ui/page.tsx'
import { Revision, shortRevisions } from '../deployments/revision.tsx'
import { sections } from './sections.ts'
import classes from './overview.module.css'

const shownAtMost = 50

/** Over all that the person may see: what is unhealthy, what is out of sync, what just changed. Worst first. */
export function OverviewPage() {
  const t = useText()
  useLive('')
  const { data, error, refetch } = useQuery(rowsQuery(''))
  return (
    <Page
      title={t('nav.overview')}
      text={
        (data?.items.length ?? 0) === 0
          ? t('overview.text')
          : t('overview.count', { count: data?.items.length ?? 0 })
      }
    >
      {data === undefined && error === null ? <ListSkeleton rows={6} /> : null}
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : null}
      {data?.items.length === 0 ? (
        <EmptyState icon={Workflow} title={t('overview.empty')} text={t('overview.emptyText')}>
          <Button component={AppLink} to={paths.allProjects}>
            {t('overview.toProjects')}
          </Button>
        </EmptyState>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : <Sections rows={data.items} />}
    </Page>
  )
}

function Sections({ rows }: { rows: ApplicationRow[] }) {
  const t = useText()
  const { unhealthy, outOfSync, changed } = sections(rows)
  return (
    <>
      {unhealthy.length === 0 && outOfSync.length === 0 ? (
        <p className={classes['fine']}>
          <CircleCheck size={18} aria-hidden /> {t('overview.allFine')}
        </p>
      ) : null}
      <Section title={t('overview.unhealthy')} rows={unhealthy} />
      <Section title={t('overview.outOfSync')} rows={outOfSync} />
      <Section title={t('overview.changed')} rows={changed} />
    </>
  )
}

function Section({ title, rows }: { title: string; rows: ApplicationRow[] }) {
  const t = useText()
  if (rows.length === 0) return null
  return (
    <section className={classes['section']} aria-label={title}>
      <h2>
        {title} <span>{rows.length}</span>
      </h2>
      <ul>
        {rows.slice(0, shownAtMost).map((row) => (
          <li key={row.uid}>
            <AppLink to={paths.deployment(row, row.name)} className={classes['line']}>
              <StateMark kind="health" value={row.health} />
              <span className={classes['name']}>
                <bdi className="cut">{row.name}</bdi>
                <span className="dim cut">{row.project}</span>
              </span>
              <StateMark kind="sync" value={row.sync} />
              <span className="dim cut" title={told(row.reason) || row.revisionSubject}>
                {shortRevisions(told(row.reason)) || (
                  <>
                    <Revision revision={row.revision} /> {row.revisionSubject}
                  </>
                )}
              </span>
              <span className={`dim ${classes['time']}`}>
                <RelativeTime at={row.updatedAt} />
              </span>
            </AppLink>
          </li>
        ))}
      </ul>
      {rows.length > shownAtMost ? (
        <p className="dim">{t('overview.more', { count: rows.length - shownAtMost })}</p>
      ) : null}
    </section>
  )
}
