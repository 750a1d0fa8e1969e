import {
  ActionIcon,
  Menu,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
  type MantineColorScheme,
} from '@mantine/core'
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Check, CircleUserRound, Languages, LogOut, Monitor, Moon, Search, Sun } from 'lucide-react'
import { logout } from '../api/commands.ts'
import { useOfflineSince } from '../api/connection.ts'
import { sessionQuery } from '../api/queries.ts'
import { openPalette } from '../features/palette/open.ts'
import { setLanguage, useLanguage, useText } from '../i18n/language.ts'
import { clockTime } from '../i18n/time.tsx'
import { paths } from '../paths.ts'
import { useGo } from '../ui/url-state.ts'
import { Breadcrumbs } from './breadcrumbs.tsx'
import classes from './top-bar.module.css'

export function TopBar() {
  const t = useText()
  return (
    <header className={classes['bar']}>
      <Breadcrumbs />
      <div className="grow" />
      <LiveMark />
      <UnstyledButton className={classes['search']} onClick={openPalette} aria-label={t('palette.open')}>
        <Search size={14} aria-hidden />
        <span>{t('palette.short')}</span>
        <kbd>Ctrl K</kbd>
      </UnstyledButton>
      <LanguageSwitch />
      <ThemeSwitch />
      <Account />
    </header>
  )
}

function LiveMark() {
  const t = useText()
  const language = useLanguage()
  const since = useOfflineSince()
  const label = since === undefined ? t('live.on') : t('live.off', { time: clockTime(since, language) })
  return (
    <span className={classes['live']} data-off={since !== undefined} role="status">
      <i aria-hidden />
      <span>{label}</span>
    </span>
  )
}

function LanguageSwitch() {
  const t = useText()
  const language = useLanguage()
  const other = language === 'zh' ? 'en' : 'zh'
  const label = other === 'zh' ? '切换到中文' : 'Switch to English'
  return (
    <Tooltip label={label}>
      <ActionIcon
        onClick={() => void setLanguage(other)}
        aria-label={label}
        title={t('nav.language')}
        size="lg"
      >
        <Languages size={17} />
      </ActionIcon>
    </Tooltip>
  )
}

const schemes = [
  { value: 'light', icon: Sun, label: 'theme.light' },
  { value: 'dark', icon: Moon, label: 'theme.dark' },
  { value: 'auto', icon: Monitor, label: 'theme.auto' },
] as const

function ThemeSwitch() {
  const t = useText()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Icon = (schemes.find((scheme) => scheme.value === colorScheme) ?? schemes[2]).icon
  return (
    <Menu width={150} position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t('theme.label')} size="lg">
          <Icon size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map((scheme) => (
          <Menu.Item
            key={scheme.value}
            leftSection={<scheme.icon size={15} />}
            rightSection={scheme.value === colorScheme ? <Check size={14} /> : null}
            onClick={() => setColorScheme(scheme.value satisfies MantineColorScheme)}
          >
            {t(scheme.label)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Account() {
  const t = useText()
  const go = useGo()
  const client = useQueryClient()
  const { data } = useSuspenseQuery(sessionQuery)
  const leave = async () => {
    await logout()
    client.clear()
    go(paths.login)
  }
  return (
    <Menu width={210} position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t('account.label')} size="lg">
          <CircleUserRound size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {data.user.displayName || data.user.name} · Driftless {data.version}
        </Menu.Label>
        <Menu.Item leftSection={<LogOut size={15} />} onClick={() => void leave()}>
          {t('account.logout')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
