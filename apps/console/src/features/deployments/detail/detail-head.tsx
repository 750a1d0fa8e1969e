import type { ApplicationDetail } from '@driftless/api'
import { ActionIcon, Button, Menu } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ArrowRight, EllipsisVertical, ExternalLink, RefreshCw, RotateCw, Undo2 } from 'lucide-react'
import { refreshDeployment } from '../../../api/commands.ts'
import { deploymentKey } from '../../../api/queries.ts'
import { told, useText } from '../../../i18n/language.ts'
import { paths } from '../../../paths.ts'
import { StateMark } from '../../../state/state-mark.tsx'
import { AppLink } from '../../../ui/app-link.tsx'
import { textOf } from '../../../ui/error-state.tsx'
import { notifyDone, notifyFailed } from '../../../ui/notify.ts'
import { useGo, useProjectRef, useSetUrlState } from '../../../ui/url-state.ts'
import { deploymentActions } from '../actions.ts'
import { Revision, shortRevisions } from '../revision.tsx'
import { Conditions, wholeReason } from './conditions.tsx'
import classes from './detail.module.css'

export function DetailHead({ detail }: { detail: ApplicationDetail }) {
  const { row } = detail
  const links = webAddresses(detail.application.status?.summary?.externalURLs ?? [])
  const isWorking = row.operationPhase === 'Running' || row.operationPhase === 'Terminating'
  return (
    <header className={classes['head']}>
      <div className={classes['title']}>
        <h1>
          <bdi>{row.alias || row.name}</bdi>
          {row.alias === '' ? null : <bdi className={classes['real']}>{row.name}</bdi>}
        </h1>
        <div className={classes['states']}>
          <StateMark kind="health" value={row.health} variant="soft" />
          <StateMark kind="sync" value={row.sync} variant="soft" />
          {isWorking ? <StateMark kind="phase" value={row.operationPhase} variant="soft" /> : null}
        </div>
        <span className="grow" />
        <HeadActions detail={detail} />
      </div>
      {row.reason === '' ? null : (
        <p className={classes['reason']}>
          {shortRevisions(told(wholeReason(detail.application.status, row.reason)))}
        </p>
      )}
      <Conditions conditions={detail.application.status?.conditions ?? []} reason={row.reason} />
      <Way detail={detail} />
      {links.length === 0 ? null : <Links urls={links} />}
      {row.description === '' ? null : <p className={classes['description']}>{row.description}</p>}
    </header>
  )
}

/** What an object says of itself is not trusted: only what a browser can do no harm with becomes a link. */
function webAddresses(urls: readonly string[]): string[] {
  return urls.filter((url) => /^https?:\/\/[^@\s]+$/.test(url))
}

const mostLinks = 5

/** Where people reach what is deployed. */
function Links({ urls }: { urls: readonly string[] }) {
  const t = useText()
  return (
    <ul className={classes['links']} aria-label={t('detail.links')}>
      {urls.slice(0, mostLinks).map((url) => (
        <li key={url}>
          <a href={url} target="_blank" rel="noopener noreferrer">
            <bdi>{url.replace(/^https?:\/\//, '').replace(/\/$/, '')}</bdi>
            <ExternalLink size={12} aria-hidden />
          </a>
        </li>
      ))}
      {urls.length > mostLinks ? (
        <li className="dim">{t('detail.moreLinks', { count: urls.length - mostLinks })}</li>
      ) : null}
    </ul>
  )
}

/** What is asked for → what is deployed → where. */
function Way({ detail: { row } }: { detail: ApplicationDetail }) {
  const t = useText()
  return (
    <dl className={classes['way']}>
      <div>
        <dt>{t('detail.source')}</dt>
        <dd title={`${row.repoURL} · ${row.path}`}>
          <bdi>{row.repoURL.replace(/^[a-z]+:\/\//, '').replace(/\.git$/, '')}</bdi>{' '}
          <span className="mono">{row.path}</span>
        </dd>
      </div>
      <ArrowRight size={14} aria-hidden />
      <div>
        <dt>{t('field.revision')}</dt>
        <dd title={`${row.revision} ${row.revisionSubject}`}>
          {row.targetRevision} <Revision revision={row.revision} />{' '}
          <span className="dim">{row.revisionSubject}</span>
        </dd>
      </div>
      <ArrowRight size={14} aria-hidden />
      <div>
        <dt>{t('column.location')}</dt>
        <dd>
          <bdi>
            {row.cluster} / {row.namespace}
          </bdi>
        </dd>
      </div>
      <div className={classes['strategy']}>
        <dt>{t('form.strategy')}</dt>
        <dd>{t(row.automated ? 'strategy.auto' : 'strategy.manual')}</dd>
      </div>
    </dl>
  )
}

function HeadActions({ detail: { row, can } }: { detail: ApplicationDetail }) {
  const t = useText()
  const go = useGo()
  const ref = useProjectRef()
  const setUrl = useSetUrlState()
  const refresh = useRefresh(row)
  return (
    <div className="row wrap">
      <Button
        leftSection={<RefreshCw size={15} />}
        disabled={!can.syncApplication}
        onClick={() => setUrl({ action: 'sync', on: row.name }, { push: true })}
      >
        {t('action.sync')}
      </Button>
      <Button
        variant="default"
        leftSection={<RotateCw size={15} />}
        loading={refresh.isPending}
        onClick={() => refresh.mutate(false)}
      >
        {t('action.refresh')}
      </Button>
      <Button
        variant="default"
        component={AppLink}
        to={paths.deployment(ref, row.name, 'timeline')}
        leftSection={<Undo2 size={15} />}
      >
        {t('action.rollback')}
      </Button>
      <Menu width={200} position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={34} aria-label={t('common.more')}>
            <EllipsisVertical size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<RotateCw size={15} />} onClick={() => refresh.mutate(true)}>
            {t('action.hardRefresh')}
          </Menu.Item>
          {deploymentActions
            .filter((action) => action.id !== 'sync')
            .map((action) => (
              <Menu.Item
                key={action.id}
                leftSection={<action.icon size={15} />}
                disabled={!can[action.permission]}
                {...(action.dangerous === true ? { color: 'red' } : {})}
                onClick={() => action.perform(row, { go, open: (change) => setUrl(change, { push: true }) })}
              >
                {t(action.label)}
              </Menu.Item>
            ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

function useRefresh(row: ApplicationDetail['row']) {
  const t = useText()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (hard: boolean) => refreshDeployment(row, hard),
    onSuccess: () => {
      notifyDone(t('done.refreshed'))
      return client.invalidateQueries({ queryKey: deploymentKey(row.project, row.name) })
    },
    onError: (error) => notifyFailed(t('action.refresh'), textOf(error, t)),
  })
}
