import { conditionTypes, type ApplicationCondition, type ConditionType } from '@driftless/api'
import { CircleAlert, Info } from 'lucide-react'
import { told, useText, type Translate } from '../../../i18n/language.ts'
import classes from './detail.module.css'

export interface ConditionsProps {
  conditions: readonly ApplicationCondition[]
  /** The sentence above them, which is not said twice. */
  reason: string
}

/** What the controller has to say besides the states: why it waits, what is shared, what was left out. */
export function Conditions({ conditions, reason }: ConditionsProps) {
  const t = useText()
  const shown = conditionsBeside(conditions, reason)
  if (shown.length === 0) return null
  return (
    <ul className={classes['conditions']} aria-label={t('detail.conditions')}>
      {shown.map(({ type, message = '' }) => {
        const Icon = isWarning(type) ? CircleAlert : Info
        return (
          <li key={`${type} ${message}`} data-warning={isWarning(type)}>
            <Icon size={14} aria-hidden />
            <span>
              <strong>{labelOf(type, t)}</strong> {told(message)}
            </span>
          </li>
        )
      })}
    </ul>
  )
}

/** The row's reason is one condition in one line, cut at the end. */
export function conditionsBeside(
  conditions: readonly ApplicationCondition[],
  reason: string,
): ApplicationCondition[] {
  const said = reason.replace(/…$/, '')
  return conditions.filter(({ message = '' }) => {
    const line = message.replaceAll(/\s+/g, ' ').trim()
    return line !== '' && (said === '' || !line.startsWith(said))
  })
}

function isWarning(type: string): boolean {
  return type.endsWith('Error') || type.endsWith('Warning') || type === 'Guarded'
}

function labelOf(type: string, t: Translate): string {
  const known = conditionTypes.find((candidate): candidate is ConditionType => candidate === type)
  return known === undefined ? type : t(`condition.${known}`)
}
