import { isAppError, messageOf } from '@driftless/api'
import { Button, CopyButton } from '@mantine/core'
import { TriangleAlert } from 'lucide-react'
import { unreachable } from '../api/request.ts'
import { told, useText, type MessageKey, type Translate } from '../i18n/language.ts'
import classes from './states.module.css'

const titles: Partial<Record<string, MessageKey>> = {
  Forbidden: 'error.forbidden',
  NotFound: 'error.notFound',
  ServiceUnavailable: 'error.unavailable',
  Conflict: 'error.conflict',
}

export function titleOf(error: unknown, t: Translate): string {
  return t((isAppError(error) ? titles[error.code] : undefined) ?? 'error.general')
}

/** What happened, in the person's language where the text is ours. */
export function textOf(error: unknown, t: Translate): string {
  const message = messageOf(error)
  return message === unreachable ? t('error.unreachable') : told(message)
}

function technicalText(error: unknown): string {
  if (!isAppError(error)) return String(error)
  const cause = typeof error.cause === 'string' ? `\n${error.cause}` : ''
  return `${error.code}: ${error.message}${cause}`
}

export interface ErrorStateProps {
  error: unknown
  onRetry?: () => void
  /** Inside a panel: smaller, left-aligned. */
  compact?: boolean
}

/** What, where and the way out; the technical text is folded and can be copied. */
export function ErrorState({ error, onRetry, compact = false }: ErrorStateProps) {
  const t = useText()
  const remedy = isAppError(error) ? error.remedy : undefined
  const technical = technicalText(error)
  return (
    <div className={compact ? classes['inline'] : classes['state']} role="alert">
      <TriangleAlert size={compact ? 16 : 26} className={classes['bad']} aria-hidden />
      <div className={classes['body']}>
        <strong>{titleOf(error, t)}</strong>
        <p>{textOf(error, t)}</p>
        {remedy === undefined ? null : <p>{told(remedy)}</p>}
        <div className={classes['actions']}>
          {onRetry === undefined ? null : (
            <Button variant="default" size="xs" onClick={onRetry}>
              {t('common.retry')}
            </Button>
          )}
          <details className={classes['details']}>
            <summary>{t('error.technical')}</summary>
            <pre className="mono">{technical}</pre>
            <CopyButton value={technical}>
              {({ copied, copy }) => (
                <Button variant="subtle" size="compact-xs" onClick={copy}>
                  {t(copied ? 'common.copied' : 'common.copy')}
                </Button>
              )}
            </CopyButton>
          </details>
        </div>
      </div>
    </div>
  )
}
