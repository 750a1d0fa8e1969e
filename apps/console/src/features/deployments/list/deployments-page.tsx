import { Button, CloseButton, TextInput } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { FilterX, Plus, Rocket, Search } from 'lucide-react'
import { useMemo, useRef } from 'react'
import { rowsQuery } from '../../../api/queries.ts'
import { useText } from '../../../i18n/language.ts'
import { paths } from '../../../paths.ts'
import { AppLink } from '../../../ui/app-link.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Page } from '../../../ui/page.tsx'
import { useProjectRef, useSetUrlState, useUrlState } from '../../../ui/url-state.ts'
import { usePermissions } from '../use-permissions.ts'
import { arrangeRows, countStates, searchRows, viewOf } from './arrange-rows.ts'
import { DeploymentsTable } from './deployments-table.tsx'
import { StateCards } from './state-cards.tsx'
import { TableSkeleton } from './table-skeleton.tsx'
import classes from './deployments-page.module.css'

export function DeploymentsPage() {
  const t = useText()
  const ref = useProjectRef()
  const { createApplication } = usePermissions(ref.project)
  const create = (
    <CreateButton to={paths.newDeployment(ref)} allowed={createApplication} label={t('common.create')} />
  )
  return (
    <Page title={t('nav.deployments')} text={t('deployments.text')} actions={create} fixed>
      <Content create={create} />
    </Page>
  )
}

function CreateButton({ to, allowed, label }: { to: string; allowed: boolean; label: string }) {
  const t = useText()
  if (!allowed) {
    return (
      <Button leftSection={<Plus size={16} />} disabled title={t('deployments.mayNotCreate')}>
        {label}
      </Button>
    )
  }
  return (
    <Button component={AppLink} to={to} leftSection={<Plus size={16} />}>
      {label}
    </Button>
  )
}

function Content({ create }: { create: React.ReactNode }) {
  const t = useText()
  const { project } = useProjectRef()
  const search = useUrlState()
  const view = viewOf(search)
  const { data, error, refetch } = useQuery(rowsQuery(project))
  const found = useMemo(() => searchRows(data?.items ?? [], view.q), [data, view.q])
  const counts = useMemo(() => countStates(found), [found])
  const { health, sync, sort, descending } = view
  const rows = useMemo(
    () => arrangeRows(found, { q: '', health, sync, sort, descending }),
    [found, health, sync, sort, descending],
  )
  if (data === undefined) {
    return error === null ? <TableSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />
  }
  if (data.items.length === 0) {
    return (
      <EmptyState icon={Rocket} title={t('deployments.empty')} text={t('deployments.emptyText')}>
        {create}
      </EmptyState>
    )
  }
  return (
    <>
      <StateCards counts={counts} />
      <SearchBar shown={rows.length} total={data.items.length} />
      {rows.length === 0 ? <NothingFound /> : <DeploymentsTable rows={rows} view={view} />}
    </>
  )
}

function SearchBar({ shown, total }: { shown: number; total: number }) {
  const t = useText()
  const { q = '' } = useUrlState()
  const setUrl = useSetUrlState()
  const input = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => input.current?.focus()]])
  return (
    <div className={classes['bar']}>
      <TextInput
        ref={input}
        className={classes['search']}
        leftSection={<Search size={15} />}
        rightSection={
          q === '' ? null : (
            <CloseButton size="sm" aria-label={t('common.clear')} onClick={() => setUrl({ q: '' })} />
          )
        }
        placeholder={t('deployments.search')}
        aria-label={t('deployments.search')}
        value={q}
        onChange={(event) => setUrl({ q: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setUrl({ q: '' })
        }}
      />
      <span className="dim">
        {shown === total ? t('list.count', { count: total }) : t('list.shown', { shown, total })}
      </span>
    </div>
  )
}

function NothingFound() {
  const t = useText()
  const setUrl = useSetUrlState()
  return (
    <EmptyState icon={FilterX} title={t('list.nothing')} text={t('list.nothingText')}>
      <Button variant="default" onClick={() => setUrl({ q: '', health: '', sync: '' })}>
        {t('list.clearFilters')}
      </Button>
    </EmptyState>
  )
}
