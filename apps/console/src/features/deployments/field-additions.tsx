import type { FieldAddition } from '@driftless/api'
import { useText } from '../../i18n/language.ts'
import { RelativeTime } from '../../i18n/time.tsx'
import classes from './field-changes.module.css'

/** What others put into an object that Git says nothing about: no drift, and not to be overlooked either. */
export function FieldAdditions({ additions = [] }: { additions: FieldAddition[] | undefined }) {
  const t = useText()
  if (additions.length === 0) return null
  return (
    <div className={classes['box']}>
      <table className={classes['table']}>
        <thead>
          <tr>
            <th>{t('diff.added')}</th>
            <th>{t('diff.addedBy')}</th>
          </tr>
        </thead>
        <tbody>
          {additions.map(({ path, manager, changedAt }) => (
            <tr key={`${path} ${manager}`}>
              <td className="mono">{path}</td>
              <td className="dim">
                {manager} {changedAt === undefined ? null : <RelativeTime at={changedAt} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
