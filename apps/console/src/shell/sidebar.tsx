import { ActionIcon, Tooltip } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRouterState } from '@tanstack/react-router'
import {
  Boxes,
  FolderGit2,
  LayoutDashboard,
  PanelLeftClose,
  PanelLeftOpen,
  Rocket,
  Server,
  Workflow,
  type LucideIcon,
} from 'lucide-react'
import { projectsQuery } from '../api/queries.ts'
import { useText, type MessageKey } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { AppLink } from '../ui/app-link.tsx'
import { useProjectRef } from '../ui/url-state.ts'
import { Logo } from './logo.tsx'
import classes from './sidebar.module.css'

interface Place {
  to: string
  label: MessageKey
  icon: LucideIcon
  /** Only the address itself, not what is below it. */
  exact?: boolean
}

const general: Place[] = [
  { to: paths.overview, label: 'nav.overview', icon: LayoutDashboard, exact: true },
  { to: paths.allProjects, label: 'nav.projects', icon: Workflow },
  { to: paths.workspaces, label: 'nav.workspaces', icon: Boxes, exact: true },
  { to: paths.clusters, label: 'nav.clusters', icon: Server },
]

export function Sidebar({ narrow, onToggle }: { narrow: boolean; onToggle: () => void }) {
  const t = useText()
  const ref = useProjectRef()
  const inProject: Place[] =
    ref.project === ''
      ? []
      : [
          { to: paths.deployments(ref), label: 'nav.deployments', icon: Rocket },
          { to: paths.repositories(ref), label: 'nav.repositories', icon: FolderGit2 },
        ]
  const Toggle = narrow ? PanelLeftOpen : PanelLeftClose
  return (
    <nav className={classes['side']} aria-label={t('nav.label')}>
      <AppLink to={paths.overview} className={classes['brand']} aria-label="Driftless">
        <Logo />
        {narrow ? null : <span>Driftless</span>}
      </AppLink>
      <Places places={general} narrow={narrow} />
      {inProject.length === 0 ? null : (
        <div className={classes['section']}>
          {narrow ? <hr /> : <ProjectTitle name={ref.project} />}
          <Places places={inProject} narrow={narrow} />
        </div>
      )}
      <div className="grow" />
      <Tooltip label={t(narrow ? 'nav.expand' : 'nav.collapse')} position="right">
        <ActionIcon
          onClick={onToggle}
          aria-label={t(narrow ? 'nav.expand' : 'nav.collapse')}
          className={classes['toggle']}
        >
          <Toggle size={16} />
        </ActionIcon>
      </Tooltip>
    </nav>
  )
}

function ProjectTitle({ name }: { name: string }) {
  const { data } = useQuery(projectsQuery)
  const alias = data?.find((project) => project.name === name)?.alias ?? ''
  return (
    <h2 className="cut" title={name}>
      <bdi>{alias || name}</bdi>
    </h2>
  )
}

function Places({ places, narrow }: { places: Place[]; narrow: boolean }) {
  const t = useText()
  const at = useRouterState({ select: (state) => state.location.pathname })
  const isHere = (place: Place) => at === place.to || (place.exact !== true && at.startsWith(`${place.to}/`))
  return places.map((place) => (
    <Tooltip key={place.to} label={t(place.label)} position="right" disabled={!narrow}>
      <AppLink
        to={place.to}
        className={classes['place']}
        data-here={isHere(place)}
        aria-current={isHere(place) ? 'page' : undefined}
        aria-label={t(place.label)}
      >
        <place.icon size={17} strokeWidth={1.8} aria-hidden />
        {narrow ? null : <span className="cut">{t(place.label)}</span>}
      </AppLink>
    </Tooltip>
  ))
}
