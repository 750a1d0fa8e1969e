import type { ApplicationRow } from '@driftless/api'
import { Button, CloseButton } from '@mantine/core'
import { RefreshCw, Trash2 } from 'lucide-react'
import { useText } from '../../../i18n/language.ts'
import { useProjectRef, useSetUrlState } from '../../../ui/url-state.ts'
import { usePermissions } from '../use-permissions.ts'
import classes from './deployments-table.module.css'

export function SelectionBar({ rows, onClear }: { rows: ApplicationRow[]; onClear: () => void }) {
  const t = useText()
  const setUrl = useSetUrlState()
  const can = usePermissions(useProjectRef().project)
  if (rows.length === 0) return null
  const on = rows.map((row) => row.name).join(',')
  return (
    <div
      className={classes['selection']}
      role="toolbar"
      aria-label={t('list.selected', { count: rows.length })}
    >
      <span>{t('list.selected', { count: rows.length })}</span>
      <Button
        variant="default"
        size="xs"
        leftSection={<RefreshCw size={14} />}
        disabled={!can.syncApplication}
        onClick={() => setUrl({ action: 'sync', on }, { push: true })}
      >
        {t('action.sync')}
      </Button>
      <Button
        variant="default"
        size="xs"
        c="var(--dl-bad)"
        leftSection={<Trash2 size={14} />}
        disabled={!can.deleteApplication}
        onClick={() => setUrl({ action: 'delete', on }, { push: true })}
      >
        {t('action.delete')}
      </Button>
      <CloseButton size="sm" aria-label={t('list.clearSelection')} onClick={onClear} />
    </div>
  )
}
