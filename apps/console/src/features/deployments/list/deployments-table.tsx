import type { ApplicationRow } from '@driftless/api'
import { ActionIcon } from '@mantine/core'
import {
  flexRender,
  getCoreRowModel,
  useReactTable,
  type Row,
  type RowSelectionState,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { EllipsisVertical } from 'lucide-react'
import { memo, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { useText } from '../../../i18n/language.ts'
import { paths } from '../../../paths.ts'
import { useGo } from '../../../ui/url-state.ts'
import { holdOrder, type ListView } from './arrange-rows.ts'
import { columns } from './columns.tsx'
import { RowMenu, type MenuAt } from './row-menu.tsx'
import { SelectionBar } from './selection-bar.tsx'
import { TableHead } from './table-head.tsx'
import classes from './deployments-table.module.css'

const rowHeight = 44
const coreRowModel = getCoreRowModel<ApplicationRow>()

export function DeploymentsTable({ rows, view }: { rows: ApplicationRow[]; view: ListView }) {
  const t = useText()
  const scroller = useRef<HTMLDivElement>(null)
  const [selection, setSelection] = useState<RowSelectionState>({})
  const [menu, setMenu] = useState<MenuAt>()
  const { shown, hold, release } = useHeldOrder(rows, `${view.sort} ${view.descending}`)
  const table = useReactTable({
    data: shown,
    columns,
    getRowId: (row) => row.uid,
    getCoreRowModel: coreRowModel,
    autoResetAll: false,
    state: { rowSelection: selection },
    onRowSelectionChange: setSelection,
  })
  const models = table.getRowModel().rows
  const virtual = useVirtualizer({
    count: models.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  const selected = models.filter((model) => model.getIsSelected()).map((model) => model.original)
  const keys = useRowKeys(models, virtual.scrollToIndex, setMenu)
  return (
    <div className={classes['frame']}>
      <div
        ref={scroller}
        className={classes['scroller']}
        role="table"
        aria-label={t('nav.deployments')}
        aria-rowcount={models.length + 1}
        onPointerEnter={hold}
        onPointerLeave={release}
        onKeyDown={keys.onKeyDown}
      >
        <TableHead table={table} view={view} />
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const model = models[item.index]
            if (model === undefined) return null
            return (
              <TableRow
                key={model.id}
                model={model}
                row={model.original}
                index={item.index}
                top={item.start}
                selected={model.getIsSelected()}
                focusable={item.index === keys.at}
                onFocus={keys.setAt}
                onMenu={setMenu}
              />
            )
          })}
        </div>
      </div>
      <SelectionBar rows={selected} onClear={() => setSelection({})} />
      <RowMenu at={menu} onClose={() => setMenu(undefined)} />
    </div>
  )
}

/** Keeps rows where they are while the pointer is over the table; a new sort order is obeyed at once. */
function useHeldOrder(rows: ApplicationRow[], order: string) {
  const [held, setHeld] = useState<{ order: string; uids: string[] }>()
  // The table resets itself whenever its data is another array, so this must be the same one until something changed.
  const shown = useMemo(
    () => (held?.order === order ? holdOrder(held.uids, rows) : rows),
    [held, order, rows],
  )
  return {
    shown,
    hold: () => setHeld({ order, uids: rows.map((row) => row.uid) }),
    release: () => setHeld(undefined),
  }
}

function useRowKeys(
  models: Row<ApplicationRow>[],
  scrollTo: (index: number) => void,
  setMenu: (at: MenuAt) => void,
) {
  const go = useGo()
  const [at, setAt] = useState(0)
  const move = (target: HTMLElement, index: number) => {
    const next = Math.max(0, Math.min(models.length - 1, index))
    const table = target.closest('[role=table]')
    setAt(next)
    scrollTo(next)
    requestAnimationFrame(() => table?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus())
  }
  const perform: Record<string, (target: HTMLElement) => void> = {
    ArrowDown: (target) => move(target, at + 1),
    j: (target) => move(target, at + 1),
    ArrowUp: (target) => move(target, at - 1),
    k: (target) => move(target, at - 1),
    Home: (target) => move(target, 0),
    End: (target) => move(target, models.length - 1),
    x: () => models[at]?.toggleSelected(),
    Enter: () => {
      const row = models[at]?.original
      if (row !== undefined) go(paths.deployment(row, row.name))
    },
    '.': (target) => {
      const row = models[at]?.original
      const box = target.getBoundingClientRect()
      if (row !== undefined) setMenu({ row, x: box.right - 30, y: box.bottom - 8 })
    },
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    const action = perform[event.key]
    if (action === undefined || target.dataset['index'] === undefined || event.ctrlKey || event.metaKey)
      return
    event.preventDefault()
    action(target)
  }
  return { at: Math.min(at, models.length - 1), setAt, onKeyDown }
}

interface TableRowProps {
  model: Row<ApplicationRow>
  row: ApplicationRow
  index: number
  top: number
  selected: boolean
  focusable: boolean
  onFocus: (index: number) => void
  onMenu: (at: MenuAt) => void
}

const TableRow = memo(function TableRow({
  model,
  row,
  index,
  top,
  selected,
  focusable,
  onFocus,
  onMenu,
}: TableRowProps) {
  const t = useText()
  const go = useGo()
  const openMenu = (event: MouseEvent) => {
    event.preventDefault()
    event.stopPropagation()
    onMenu({ row, x: event.clientX, y: event.clientY })
  }
  const open = (event: MouseEvent) => {
    if ((event.target as HTMLElement).closest('a, button, input, label') === null)
      go(paths.deployment(row, row.name))
  }
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-index={index}
      tabIndex={focusable ? 0 : -1}
      className={classes['row']}
      style={{ transform: `translateY(${top}px)` }}
      onContextMenu={openMenu}
      onClick={open}
      onFocus={() => onFocus(index)}
      onKeyDown={undefined}
    >
      {model.getVisibleCells().map((cell) => (
        <div role="cell" key={cell.id} className={classes['cell']} data-column={cell.column.id}>
          {flexRender(cell.column.columnDef.cell, cell.getContext())}
        </div>
      ))}
      <div role="cell" className={classes['cell']} data-column="menu">
        <ActionIcon
          aria-label={t('list.menu', { name: row.name })}
          aria-haspopup="menu"
          tabIndex={-1}
          onClick={openMenu}
        >
          <EllipsisVertical size={16} />
        </ActionIcon>
      </div>
    </div>
  )
})
