import type { PlanAction, PlannedResource, PlanView } from '@driftless/api'
import { Skeleton } from '@mantine/core'
import { Equal, Minus, Plus, RefreshCcw, Pencil, Zap, type LucideIcon } from 'lucide-react'
import { told, useText } from '../../i18n/language.ts'
import { FieldChanges } from './field-changes.tsx'
import { Revision } from './revision.tsx'
import classes from './plan-summary.module.css'

export const planIcons: Record<PlanAction, LucideIcon> = {
  create: Plus,
  update: Pencil,
  prune: Minus,
  replace: RefreshCcw,
  unchanged: Equal,
  hook: Zap,
}

const order: PlanAction[] = ['create', 'update', 'replace', 'hook', 'prune', 'unchanged']

export interface PlanSummaryProps {
  /** Undefined while it is being made. */
  plan: PlanView | undefined
  /** Without prune, what would go stays; said so. */
  prune?: boolean
}

/** What will happen: counts, warnings, and each resource that is touched. */
export function PlanSummary({ plan, prune = true }: PlanSummaryProps) {
  const t = useText()
  if (plan === undefined) return <Skeleton height={120} radius={8} />
  const touched = plan.resources.filter((resource) => resource.action !== 'unchanged')
  return (
    <section className={classes['plan']} aria-label={t('plan.title')}>
      <header>
        <strong>{t('plan.title')}</strong>
        <span className="cut dim" title={plan.revisionSubject}>
          <Revision revision={plan.revision} /> {plan.revisionSubject}
        </span>
      </header>
      <div className={classes['counts']}>
        {order.map((action) => (
          <Count key={action} action={action} count={plan.counts[action]} />
        ))}
      </div>
      {plan.warnings.map((warning) => (
        <p key={warning} className={classes['warning']}>
          {told(warning)}
        </p>
      ))}
      {touched.length === 0 && plan.resources.length > 0 ? (
        <p className={classes['note']}>{t('plan.nothing')}</p>
      ) : null}
      <ul>
        {touched.map((resource) => (
          <PlannedItem
            key={`${resource.group}/${resource.kind}/${resource.namespace}/${resource.name}`}
            resource={resource}
            keeps={!prune}
          />
        ))}
      </ul>
    </section>
  )
}

function Count({ action, count }: { action: PlanAction; count: number }) {
  const t = useText()
  const Icon = planIcons[action]
  return (
    <span data-action={action} data-zero={count === 0}>
      <Icon size={13} aria-hidden />
      {count} {t(`plan.${action}`)}
    </span>
  )
}

function PlannedItem({ resource, keeps }: { resource: PlannedResource; keeps: boolean }) {
  const t = useText()
  const Icon = planIcons[resource.action]
  const note = resource.action === 'prune' && keeps ? t('plan.kept') : told(resource.message)
  const title = (
    <>
      <Icon size={14} aria-hidden className={classes['icon']} />
      <span className="dim">{resource.kind}</span>
      <bdi className="cut">
        {resource.namespace === '' ? resource.name : `${resource.namespace}/${resource.name}`}
      </bdi>
      <span className={`cut dim ${classes['message']}`}>{note}</span>
    </>
  )
  if (resource.changes.length === 0) {
    return (
      <li data-action={resource.action} className={classes['item']}>
        {title}
      </li>
    )
  }
  return (
    <li data-action={resource.action}>
      <details>
        <summary className={classes['item']}>{title}</summary>
        <FieldChanges changes={resource.changes} />
      </details>
    </li>
  )
}
