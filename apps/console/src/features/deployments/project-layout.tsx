import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { MapPinOff } from 'lucide-react'
import { useLive } from '../../api/live.ts'
import { projectsQuery } from '../../api/queries.ts'
import { useText } from '../../i18n/language.ts'
import { paths } from '../../paths.ts'
import { AppLink } from '../../ui/app-link.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { useProjectRef } from '../../ui/url-state.ts'
import { DeploymentDialogs } from './dialogs/deployment-dialogs.tsx'

/** All pages of a DevOps project share its event stream and the dialogs that the address may ask for. */
export function ProjectLayout() {
  const ref = useProjectRef()
  useLive(ref.project)
  const { data, isFetching } = useQuery(projectsQuery)
  const isKnown = data?.some(({ name, workspace }) => name === ref.project && workspace === ref.workspace)
  if (isKnown === false && !isFetching) return <NoProject name={ref.project} />
  return (
    <>
      <Outlet />
      <DeploymentDialogs key={ref.project} />
    </>
  )
}

function NoProject({ name }: { name: string }) {
  const t = useText()
  return (
    <EmptyState icon={MapPinOff} title={t('projects.unknown', { name })} text={t('projects.unknownText')}>
      <Button component={AppLink} to={paths.allProjects} variant="default">
        {t('overview.toProjects')}
      </Button>
    </EmptyState>
  )
}
