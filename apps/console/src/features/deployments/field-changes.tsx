import type { FieldChange } from '@driftless/api'
import { useText } from '../../i18n/language.ts'
import { RelativeTime } from '../../i18n/time.tsx'
import classes from './field-changes.module.css'

function show(value: unknown): string {
  if (value === undefined) return '∅'
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1)
}

/** Field by field: what is live, what Git asks for, who changed it and when. */
export function FieldChanges({ changes }: { changes: FieldChange[] }) {
  const t = useText()
  return (
    <div className={classes['box']}>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th>{t('diff.field')}</th>
            <th>{t('diff.live')}</th>
            <th>{t('diff.target')}</th>
            <th>{t('diff.changedBy')}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.path}>
              <td className="mono">{change.path}</td>
              <td className={`mono ${classes['live']}`}>{show(change.live)}</td>
              <td className={`mono ${classes['target']}`}>{show(change.target)}</td>
              <td className="dim">
                {change.manager ?? '–'}{' '}
                {change.changedAt === undefined ? null : <RelativeTime at={change.changedAt} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
