import type { PlannedResource, PlanView } from '@driftless/api'
import { Skeleton, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { planQuery } from '../../../api/queries.ts'
import { told, useText } from '../../../i18n/language.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { ListSkeleton } from '../../../ui/list-rows.tsx'
import { useParam, useProjectRef, useSetUrlState, useUrlState } from '../../../ui/url-state.ts'
import { FieldAdditions } from '../field-additions.tsx'
import { FieldChanges } from '../field-changes.tsx'
import { planIcons } from '../plan-summary.tsx'
import { Revision } from '../revision.tsx'
import classes from './diff-tab.module.css'

const YamlDiff = lazy(() =>
  import('../../../yaml/yaml-diff.tsx').then((module) => ({ default: module.YamlDiff })),
)

/** What a sync would change, resource by resource: first the fields that Git owns, the whole objects when asked. */
export function DiffTab() {
  const { project } = useProjectRef()
  const name = useParam('name')
  const { data, error, refetch } = useQuery(planQuery(project, name))
  if (data === undefined) {
    return error === null ? (
      <ListSkeleton rows={3} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    )
  }
  return <Differences plan={data} />
}

function Differences({ plan }: { plan: PlanView }) {
  const t = useText()
  const setUrl = useSetUrlState()
  const whole = useUrlState()['whole'] === 'yes'
  const differing = plan.resources.filter((resource) => resource.action !== 'unchanged')
  if (differing.length === 0)
    return <EmptyState icon={CircleCheck} title={t('diff.inSync')} text={t('diff.inSyncText')} />
  return (
    <div className="stack" style={{ gap: 14 }}>
      <div className="row wrap" style={{ gap: 14 }}>
        <span className="grow dim">
          {t('diff.count', { count: differing.length })} · <Revision revision={plan.revision} />{' '}
          {plan.revisionSubject}
        </span>
        <Switch
          label={t('diff.whole')}
          checked={whole}
          onChange={(event) => setUrl({ whole: event.currentTarget.checked ? 'yes' : undefined })}
        />
      </div>
      {plan.warnings.map((warning) => (
        <p key={warning} className={classes['warning']}>
          {told(warning)}
        </p>
      ))}
      {differing.map((resource) => (
        <Difference
          key={`${resource.group}/${resource.kind}/${resource.namespace}/${resource.name}`}
          resource={resource}
          whole={whole}
        />
      ))}
    </div>
  )
}

function Difference({ resource, whole }: { resource: PlannedResource; whole: boolean }) {
  const t = useText()
  const Icon = planIcons[resource.action]
  const showsWhole = whole || resource.changes.length === 0
  return (
    <details open className={classes['card']} data-action={resource.action}>
      <summary>
        <Icon size={15} aria-hidden />
        <span className={classes['action']}>{t(`plan.${resource.action}`)}</span>
        <span className="dim">{resource.kind}</span>
        <bdi className="cut">
          {resource.namespace === '' ? resource.name : `${resource.namespace}/${resource.name}`}
        </bdi>
        <span className="cut dim grow">{told(resource.message)}</span>
      </summary>
      {showsWhole ? (
        <Suspense fallback={<Skeleton height={160} />}>
          <YamlDiff live={resource.liveYaml} target={resource.targetYaml} />
        </Suspense>
      ) : (
        <>
          <FieldChanges changes={resource.changes} />
          <FieldAdditions additions={resource.additions} />
        </>
      )}
    </details>
  )
}
