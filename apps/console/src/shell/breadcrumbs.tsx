import { Menu, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRouterState } from '@tanstack/react-router'
import { Check, ChevronRight, ChevronsUpDown } from 'lucide-react'
import { projectsQuery, workspacesQuery } from '../api/queries.ts'
import { useText } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { AppLink } from '../ui/app-link.tsx'
import { useGo, useParam, useProjectRef } from '../ui/url-state.ts'
import classes from './breadcrumbs.module.css'

export function Breadcrumbs() {
  const t = useText()
  const ref = useProjectRef()
  const name = useParam('name')
  const path = useRouterState({ select: (state) => state.location.pathname })
  if (ref.workspace === '') return null
  const isRepositories = ref.project !== '' && path.startsWith(paths.repositories(ref))
  return (
    <nav aria-label={t('nav.breadcrumbs')} className={classes['crumbs']}>
      <WorkspaceSwitch current={ref.workspace} />
      {ref.project === '' ? null : (
        <>
          <Divider />
          <ProjectSwitch workspace={ref.workspace} current={ref.project} />
          <Divider />
          {isRepositories ? (
            <AppLink to={paths.repositories(ref)}>{t('nav.repositories')}</AppLink>
          ) : (
            <AppLink to={paths.deployments(ref)}>{t('nav.deployments')}</AppLink>
          )}
        </>
      )}
      {name === '' ? null : (
        <>
          <Divider />
          <bdi className="cut">{name}</bdi>
        </>
      )}
    </nav>
  )
}

function Divider() {
  return <ChevronRight size={14} className={classes['divider']} aria-hidden />
}

interface Choice {
  name: string
  alias: string
  to: string
}

function WorkspaceSwitch({ current }: { current: string }) {
  const t = useText()
  const { data = [] } = useQuery(workspacesQuery)
  const choices = data.map(({ name, alias }) => ({ name, alias, to: paths.workspace(name) }))
  return <Switch label={t('nav.switchWorkspace')} current={current} choices={choices} />
}

function ProjectSwitch({ workspace, current }: { workspace: string; current: string }) {
  const t = useText()
  const { data = [] } = useQuery(projectsQuery)
  const choices = data
    .filter((project) => project.workspace === workspace)
    .map(({ name, alias }) => ({ name, alias, to: paths.deployments({ workspace, project: name }) }))
  return <Switch label={t('nav.switchProject')} current={current} choices={choices} />
}

function Switch({ label, current, choices }: { label: string; current: string; choices: Choice[] }) {
  const go = useGo()
  const here = choices.find((choice) => choice.name === current)
  return (
    <Menu width={260} position="bottom-start">
      <Menu.Target>
        <UnstyledButton className={classes['switch']} aria-label={`${label}: ${current}`}>
          <bdi className="cut">{here?.alias || current}</bdi>
          <ChevronsUpDown size={13} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflow: 'auto' }}>
        <Menu.Label>{label}</Menu.Label>
        {choices.map((choice) => (
          <Menu.Item
            key={choice.name}
            onClick={() => go(choice.to)}
            rightSection={choice.name === current ? <Check size={14} /> : null}
          >
            <bdi>{choice.alias || choice.name}</bdi>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
