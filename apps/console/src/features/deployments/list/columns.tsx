import type { ApplicationRow } from '@driftless/api'
import { Checkbox } from '@mantine/core'
import { createColumnHelper } from '@tanstack/react-table'
import { Trash2 } from 'lucide-react'
import { told, useText } from '../../../i18n/language.ts'
import { RelativeTime } from '../../../i18n/time.tsx'
import { paths } from '../../../paths.ts'
import { StateMark } from '../../../state/state-mark.tsx'
import { AppLink } from '../../../ui/app-link.tsx'
import { Revision, shortRevisions } from '../revision.tsx'
import classes from './deployments-table.module.css'

const column = createColumnHelper<ApplicationRow>()

/** The seed's table: name, health status, sync status, deployment location, update time. */
export const columns = [
  column.display({
    id: 'select',
    header: ({ table }) => (
      <SelectBox
        checked={table.getIsAllRowsSelected()}
        indeterminate={table.getIsSomeRowsSelected()}
        onChange={table.getToggleAllRowsSelectedHandler()}
      />
    ),
    cell: ({ row }) => (
      <SelectBox
        name={row.original.name}
        checked={row.getIsSelected()}
        onChange={row.getToggleSelectedHandler()}
      />
    ),
  }),
  column.accessor('name', { cell: ({ row }) => <NameCell row={row.original} /> }),
  column.accessor('health', { cell: ({ row }) => <HealthCell row={row.original} /> }),
  column.accessor('sync', { cell: ({ row }) => <SyncCell row={row.original} /> }),
  column.accessor((row) => `${row.cluster} / ${row.namespace}`, {
    id: 'location',
    cell: ({ getValue }) => (
      <bdi className="cut" title={getValue()}>
        {getValue()}
      </bdi>
    ),
  }),
  column.accessor('updatedAt', { cell: ({ getValue }) => <RelativeTime at={getValue()} /> }),
]

interface SelectBoxProps {
  name?: string
  checked: boolean
  indeterminate?: boolean
  onChange: (event: unknown) => void
}

function SelectBox({ name, checked, indeterminate = false, onChange }: SelectBoxProps) {
  const t = useText()
  return (
    <Checkbox
      size="xs"
      checked={checked}
      indeterminate={indeterminate}
      onChange={onChange}
      aria-label={name === undefined ? t('list.selectAll') : t('list.select', { name })}
      onClick={(event) => event.stopPropagation()}
    />
  )
}

function NameCell({ row }: { row: ApplicationRow }) {
  const second = row.alias || row.description
  return (
    <div className={classes['two']}>
      <AppLink
        to={paths.deployment(row, row.name)}
        className={classes['name']}
        tabIndex={-1}
        title={row.name}
      >
        <bdi>{row.name}</bdi>
      </AppLink>
      {second === '' ? null : (
        <bdi className={`cut ${classes['second']}`} title={second}>
          {second}
        </bdi>
      )}
    </div>
  )
}

function HealthCell({ row }: { row: ApplicationRow }) {
  const t = useText()
  if (row.deleting) {
    return (
      <span className={classes['deleting']}>
        <Trash2 size={15} aria-hidden /> {t('deployments.deleting')}
      </span>
    )
  }
  const isWorking = row.operationPhase === 'Running' || row.operationPhase === 'Terminating'
  return (
    <div className={classes['two']} title={told(row.reason)}>
      <StateMark kind="health" value={row.health} />
      {row.reason === '' || isWorking ? null : (
        <span className={`cut ${classes['second']}`}>{shortRevisions(told(row.reason))}</span>
      )}
    </div>
  )
}

function SyncCell({ row }: { row: ApplicationRow }) {
  const isWorking = row.operationPhase === 'Running' || row.operationPhase === 'Terminating'
  return (
    <div className={classes['two']}>
      {isWorking ? (
        <StateMark kind="phase" value={row.operationPhase} />
      ) : (
        <StateMark kind="sync" value={row.sync} />
      )}
      {row.revision === '' ? null : (
        <span className={`cut ${classes['second']}`} title={`${row.revision}\n${row.revisionSubject}`}>
          <Revision revision={row.revision} /> {row.revisionSubject}
        </span>
      )}
    </div>
  )
}
