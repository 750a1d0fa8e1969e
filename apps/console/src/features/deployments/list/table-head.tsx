import type { ApplicationRow } from '@driftless/api'
import { UnstyledButton } from '@mantine/core'
import { flexRender, type Table } from '@tanstack/react-table'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { useText, type MessageKey } from '../../../i18n/language.ts'
import { useSetUrlState } from '../../../ui/url-state.ts'
import { sortKeys, type ListView, type SortKey } from './arrange-rows.ts'
import classes from './deployments-table.module.css'

const titles: Record<SortKey, MessageKey> = {
  name: 'column.name',
  health: 'column.health',
  sync: 'column.sync',
  location: 'column.location',
  updatedAt: 'column.updatedAt',
}

export function TableHead({ table, view }: { table: Table<ApplicationRow>; view: ListView }) {
  const t = useText()
  const select = table.getFlatHeaders().find((header) => header.id === 'select')
  return (
    <div role="rowgroup" className={classes['head']}>
      <div role="row" aria-rowindex={1} className={classes['headRow']}>
        <div role="columnheader" className={classes['cell']} data-column="select">
          {select === undefined ? null : flexRender(select.column.columnDef.header, select.getContext())}
        </div>
        {sortKeys.map((key) => (
          <SortButton key={key} column={key} view={view} />
        ))}
        <div role="columnheader" className={classes['cell']} data-column="menu">
          <span className="unseen">{t('common.more')}</span>
        </div>
      </div>
    </div>
  )
}

function SortButton({ column, view }: { column: SortKey; view: ListView }) {
  const t = useText()
  const setUrl = useSetUrlState()
  const active = view.sort === column
  const Arrow = view.descending ? ArrowDown : ArrowUp
  const first = column === 'updatedAt' ? 'desc' : 'asc'
  const next = active ? (view.descending ? 'asc' : 'desc') : first
  return (
    <div
      role="columnheader"
      className={classes['cell']}
      data-column={column}
      aria-sort={active ? (view.descending ? 'descending' : 'ascending') : 'none'}
    >
      <UnstyledButton className={classes['sort']} onClick={() => setUrl({ sort: column, order: next })}>
        {t(titles[column])}
        {active ? <Arrow size={13} aria-hidden /> : null}
      </UnstyledButton>
    </div>
  )
}
