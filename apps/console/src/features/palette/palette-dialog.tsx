import { Modal, useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import {
  Boxes,
  FolderGit2,
  Languages,
  LayoutDashboard,
  Moon,
  Plus,
  Rocket,
  Server,
  Workflow,
  type LucideIcon,
} from 'lucide-react'
import { useState, type KeyboardEvent } from 'react'
import { projectsQuery, searchQuery } from '../../api/queries.ts'
import { setLanguage, useLanguage, useText } from '../../i18n/language.ts'
import { paths } from '../../paths.ts'
import { StateMark } from '../../state/state-mark.tsx'
import { useGo, useProjectRef } from '../../ui/url-state.ts'
import classes from './palette.module.css'

interface Entry {
  id: string
  icon: LucideIcon
  title: string
  hint: string
  health?: string
  perform: () => void
}

export function PaletteDialog({ onClose }: { onClose: () => void }) {
  const t = useText()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const entries = useEntries(text)
  const chosen = Math.min(at, entries.length - 1)
  const run = (entry: Entry | undefined) => {
    if (entry === undefined) return
    onClose()
    entry.perform()
  }
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setAt((chosen + step + entries.length) % Math.max(entries.length, 1))
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(entries[chosen])
  }
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={600}
      centered={false}
      yOffset="12vh"
      aria-label={t('palette.open')}
    >
      <input
        className={classes['input']}
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.placeholder')}
        value={text}
        data-autofocus
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="palette-entries"
        aria-activedescendant={entries[chosen]?.id}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKey}
      />
      <div role="listbox" id="palette-entries" className={classes['list']} aria-label={t('palette.open')}>
        {entries.map((entry, index) => (
          <div
            key={entry.id}
            id={entry.id}
            role="option"
            aria-selected={index === chosen}
            className={classes['entry']}
            onMouseMove={() => setAt(index)}
            onClick={() => run(entry)}
            onKeyDown={undefined}
          >
            <entry.icon size={16} strokeWidth={1.8} aria-hidden />
            <bdi className="cut">{entry.title}</bdi>
            <span className={`${classes['hint']} cut grow`}>{entry.hint}</span>
            {entry.health === undefined ? null : <StateMark kind="health" value={entry.health} size={14} />}
          </div>
        ))}
        {entries.length === 0 ? <p className={classes['none']}>{t('palette.none')}</p> : null}
      </div>
    </Modal>
  )
}

function useEntries(text: string): Entry[] {
  const t = useText()
  const go = useGo()
  const [search] = useDebouncedValue(text.trim(), 120)
  const found = useQuery({
    ...searchQuery(search),
    enabled: search !== '',
    placeholderData: keepPreviousData,
  })
  const { data: projects = [] } = useQuery(projectsQuery)
  const commands = useCommandEntries()
  const matches = (entry: Entry) =>
    `${entry.title} ${entry.hint}`.toLowerCase().includes(text.trim().toLowerCase())
  const deployments =
    search === ''
      ? []
      : (found.data?.items ?? []).map(
          (row): Entry => ({
            id: `deployment-${row.uid}`,
            icon: Rocket,
            title: row.alias || row.name,
            hint: `${row.name} · ${row.project}`,
            health: row.health,
            perform: () => go(paths.deployment(row, row.name)),
          }),
        )
  const places = projects.map(
    (project): Entry => ({
      id: `project-${project.name}`,
      icon: Workflow,
      title: project.alias || project.name,
      hint: t('nav.projects'),
      perform: () => go(paths.deployments({ workspace: project.workspace, project: project.name })),
    }),
  )
  return [...deployments, ...commands.filter(matches), ...places.filter(matches)].slice(0, 60)
}

function useCommandEntries(): Entry[] {
  const t = useText()
  const go = useGo()
  const ref = useProjectRef()
  const language = useLanguage()
  const { toggleColorScheme } = useMantineColorScheme()
  const place = (id: string, icon: LucideIcon, title: string, to: string): Entry => ({
    id,
    icon,
    title,
    hint: t('palette.goTo'),
    perform: () => go(to),
  })
  const inProject =
    ref.project === ''
      ? []
      : [
          { ...place('new', Plus, t('deployments.create'), paths.newDeployment(ref)), hint: ref.project },
          place('deployments', Rocket, t('nav.deployments'), paths.deployments(ref)),
          place('repositories', FolderGit2, t('nav.repositories'), paths.repositories(ref)),
        ]
  return [
    ...inProject,
    place('overview', LayoutDashboard, t('nav.overview'), paths.overview),
    place('projects', Workflow, t('nav.projects'), paths.allProjects),
    place('workspaces', Boxes, t('nav.workspaces'), paths.workspaces),
    place('clusters', Server, t('nav.clusters'), paths.clusters),
    {
      id: 'language',
      icon: Languages,
      title: language === 'zh' ? 'Switch to English' : '切换到中文',
      hint: t('nav.language'),
      perform: () => void setLanguage(language === 'zh' ? 'en' : 'zh'),
    },
    { id: 'theme', icon: Moon, title: t('theme.toggle'), hint: t('theme.label'), perform: toggleColorScheme },
  ]
}
