import type { ResourceDetail, ResourceNode } from '@driftless/api'
import { Drawer, Skeleton, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { deploymentQuery, logsQuery, resourceQuery, type ResourceKey } from '../../../api/queries.ts'
import { told, useText, type MessageKey } from '../../../i18n/language.ts'
import { RelativeTime } from '../../../i18n/time.tsx'
import { StateMark } from '../../../state/state-mark.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { useSetUrlState, useUrlState } from '../../../ui/url-state.ts'
import { YamlView } from '../../../yaml/yaml-view.tsx'
import { FieldAdditions } from '../field-additions.tsx'
import { FieldChanges } from '../field-changes.tsx'
import classes from './resources.module.css'

const YamlDiff = lazy(() =>
  import('../../../yaml/yaml-diff.tsx').then((module) => ({ default: module.YamlDiff })),
)

const panes = ['summary', 'diff', 'yaml', 'events', 'logs'] as const
type Pane = (typeof panes)[number]

const labels: Record<Pane, MessageKey> = {
  summary: 'pane.summary',
  diff: 'tab.diff',
  yaml: 'tab.yaml',
  events: 'pane.events',
  logs: 'pane.logs',
}

export interface ResourceDrawerProps {
  project: string
  name: string
  resource: ResourceKey
  /** Its line in the tree; gone when the resource went meanwhile. */
  node: ResourceNode | undefined
}

export function ResourceDrawer({ project, name, resource, node }: ResourceDrawerProps) {
  const t = useText()
  const setUrl = useSetUrlState()
  const asked = useUrlState()['pane']
  const shown = panes.filter(
    (pane) => (pane !== 'logs' || resource.kind === 'Pod') && (pane !== 'diff' || node?.managed !== false),
  )
  const pane = shown.find((candidate) => candidate === asked) ?? 'summary'
  return (
    <Drawer
      opened
      onClose={() => setUrl({ resource: undefined, pane: undefined })}
      position="right"
      size={720}
      overlayProps={{ opacity: 0.25 }}
      title={
        <span className="row">
          <span className={classes['kind']}>{resource.kind}</span>
          <bdi style={{ fontWeight: 600, overflowWrap: 'anywhere' }}>{resource.name}</bdi>
        </span>
      }
    >
      <div role="tablist" className={classes['panes']}>
        {shown.map((candidate) => (
          <button
            key={candidate}
            type="button"
            role="tab"
            aria-selected={candidate === pane}
            onClick={() => setUrl({ pane: candidate === 'summary' ? undefined : candidate })}
          >
            {t(labels[candidate])}
          </button>
        ))}
      </div>
      {pane === 'logs' ? (
        <Logs project={project} name={name} resource={resource} />
      ) : (
        <DetailPane pane={pane} project={project} name={name} resource={resource} node={node} />
      )}
    </Drawer>
  )
}

function DetailPane({ pane, project, name, resource, node }: ResourceDrawerProps & { pane: Pane }) {
  const { data, error, refetch } = useQuery(resourceQuery(project, name, resource))
  if (pane === 'summary') return <Summary project={project} name={name} resource={resource} node={node} />
  if (data === undefined) {
    return error === null ? (
      <Skeleton height={240} />
    ) : (
      <ErrorState error={error} compact onRetry={() => void refetch()} />
    )
  }
  if (pane === 'diff') return <Diff detail={data} />
  if (pane === 'events') return <Events detail={data} />
  return (
    <div className={classes['code']}>
      <YamlView text={data.liveYaml || data.targetYaml} />
    </div>
  )
}

function Summary({ project, name, resource, node }: ResourceDrawerProps) {
  const t = useText()
  const why = useQuery(deploymentQuery(project, name)).data?.application.status?.resources?.find(
    (row) =>
      row.kind === resource.kind &&
      row.name === resource.name &&
      (row.group ?? '') === resource.group &&
      (row.namespace ?? '') === resource.namespace,
  )?.message
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
  return (
    <dl className={classes['summary']}>
      <dt>{t('column.health')}</dt>
      <dd>
        {node === undefined || node.health === '' ? '–' : <StateMark kind="health" value={node.health} />}
        {node?.healthMessage ? <div>{told(node.healthMessage)}</div> : null}
      </dd>
      <dt>{t('column.sync')}</dt>
      <dd>
        {node === undefined || node.sync === '' ? (
          t('resources.notManaged')
        ) : (
          <StateMark kind="sync" value={node.sync} />
        )}
        {why === undefined ? null : <div>{told(why)}</div>}
      </dd>
      <dt>{t('resources.kind')}</dt>
      <dd>
        {resource.kind} <span className="dim">{apiVersion}</span>
      </dd>
      <dt>{t('field.namespace')}</dt>
      <dd>{resource.namespace || '–'}</dd>
      <dt>{t('resources.info')}</dt>
      <dd>{node?.info || '–'}</dd>
      <dt>{t('resources.images')}</dt>
      <dd className="mono">
        {node === undefined || node.images.length === 0
          ? '–'
          : node.images.map((image) => <div key={image}>{image}</div>)}
      </dd>
      <dt>{t('column.createdAt')}</dt>
      <dd>
        <RelativeTime at={node?.createdAt} />
      </dd>
    </dl>
  )
}

function Diff({ detail }: { detail: ResourceDetail }) {
  const t = useText()
  const setUrl = useSetUrlState()
  const whole = useUrlState()['whole'] === 'yes'
  return (
    <div className="stack" style={{ gap: 16 }}>
      {detail.changes.length === 0 ? (
        <p className="dim">{t('diff.none')}</p>
      ) : (
        <FieldChanges changes={detail.changes} />
      )}
      <FieldAdditions additions={detail.additions} />
      <Switch
        label={t('diff.whole')}
        checked={whole}
        onChange={(event) => setUrl({ whole: event.currentTarget.checked ? 'yes' : undefined })}
      />
      {whole ? (
        <Suspense fallback={<Skeleton height={240} />}>
          <YamlDiff live={detail.liveYaml} target={detail.targetYaml} />
        </Suspense>
      ) : null}
    </div>
  )
}

function Events({ detail }: { detail: ResourceDetail }) {
  const t = useText()
  if (detail.events.length === 0) return <p className="dim">{t('pane.noEvents')}</p>
  return detail.events.map((event) => (
    <div
      key={`${event.reason} ${event.message} ${event.lastSeen}`}
      className={classes['event']}
      data-type={event.type}
    >
      <strong>{event.reason}</strong>{' '}
      <span className="dim">
        ×{event.count} · <RelativeTime at={event.lastSeen} />
      </span>
      <div>{told(event.message)}</div>
    </div>
  ))
}

function Logs({ project, name, resource }: Pick<ResourceDrawerProps, 'project' | 'name' | 'resource'>) {
  const t = useText()
  const key = { namespace: resource.namespace, pod: resource.name, container: '' }
  const { data, error, refetch } = useQuery(logsQuery(project, name, key))
  if (error !== null && data === undefined)
    return <ErrorState error={error} compact onRetry={() => void refetch()} />
  if (data === undefined) return <Skeleton height={240} />
  return (
    <div className={classes['code']}>
      <pre className={classes['logs']} tabIndex={0}>
        {data === '' ? t('pane.noLogs') : data}
      </pre>
    </div>
  )
}
