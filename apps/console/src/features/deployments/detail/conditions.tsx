import {
  conditionTypes,
  type ApplicationCondition,
  type ApplicationStatus,
  type ConditionType,
} from '@driftless/api'
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

export function conditionsBeside(
  conditions: readonly ApplicationCondition[],
  reason: string,
): ApplicationCondition[] {
  return conditions.filter(({ message = '' }) => message.trim() !== '' && !isReason(message, reason))
}

/** The reason of a row is cut; here there is room for all of it. */
export function wholeReason(status: ApplicationStatus | undefined, reason: string): string {
  const said = [
    ...(status?.conditions ?? []).map(({ message }) => message),
    status?.operationState?.message,
    status?.health?.message,
  ]
  return said.find((message) => message !== undefined && isReason(message, reason)) ?? reason
}

/** A row says one of the messages in one line, cut at its end. */
function isReason(message: string, reason: string): boolean {
  const line = message.replaceAll(/\s+/g, ' ').trim()
  return reason !== '' && (reason.endsWith('…') ? line.startsWith(reason.slice(0, -1)) : line === reason)
}

function isWarning(type: string): boolean {
  return type.endsWith('Error') || type.endsWith('Warning') || type === 'Guarded'
}

function labelOf(type: string, t: Translate): string {
  const known = conditionTypes.find((candidate): candidate is ConditionType => candidate === type)
  return known === undefined ? type : t(`condition.${known}`)
}
