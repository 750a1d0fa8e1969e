import { useQuery } from '@tanstack/react-query'
import { Skeleton } from '@mantine/core'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { deploymentQuery } from '../../../api/queries.ts'
import { useText, type MessageKey } from '../../../i18n/language.ts'
import { deploymentTabs, paths, type DeploymentTab } from '../../../paths.ts'
import { AppLink } from '../../../ui/app-link.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { useDocumentTitle } from '../../../ui/page.tsx'
import { useParam, useProjectRef } from '../../../ui/url-state.ts'
import { DetailHead } from './detail-head.tsx'
import classes from './detail.module.css'

const labels: Record<DeploymentTab, MessageKey> = {
  resources: 'tab.resources',
  diff: 'tab.diff',
  timeline: 'tab.timeline',
  settings: 'tab.settings',
  yaml: 'tab.yaml',
}

/** One deployment: its head, its tabs, the tab that the address names. */
export function DetailLayout() {
  const { project } = useProjectRef()
  const name = useParam('name')
  useDocumentTitle(name)
  const { data, error, refetch } = useQuery(deploymentQuery(project, name))
  if (data === undefined) {
    return error === null ? <DetailSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />
  }
  return (
    <div className={classes['page']}>
      <DetailHead detail={data} />
      <Tabs name={name} />
      <Outlet />
    </div>
  )
}

function Tabs({ name }: { name: string }) {
  const t = useText()
  const ref = useProjectRef()
  const at = useRouterState({ select: (state) => state.location.pathname })
  return (
    <nav className={classes['tabs']} aria-label={t('tab.label')}>
      {deploymentTabs.map((tab) => {
        const to = paths.deployment(ref, name, tab)
        return (
          <AppLink key={tab} to={to} aria-current={at === to ? 'page' : undefined}>
            {t(labels[tab])}
          </AppLink>
        )
      })}
    </nav>
  )
}

function DetailSkeleton() {
  return (
    <div className={classes['page']} aria-busy>
      <Skeleton height={26} width={260} />
      <Skeleton height={16} width={420} />
      <Skeleton height={36} />
      <Skeleton height={280} radius={10} />
    </div>
  )
}
