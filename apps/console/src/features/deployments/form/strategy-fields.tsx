import { Checkbox, UnstyledButton } from '@mantine/core'
import { useText } from '../../../i18n/language.ts'
import type { FormPartProps } from './form-props.ts'
import { SyncOptionFields } from './sync-option-fields.tsx'
import classes from './form.module.css'

/** Sync strategy; prune and self-heal appear only for automated sync. Then the sync settings. */
export function StrategyFields({ form, errors, onChange }: FormPartProps) {
  const t = useText()
  return (
    <>
      <fieldset className={classes['set']}>
        <legend>{t('form.strategy')}</legend>
        <div className={classes['strategies']} role="radiogroup" aria-label={t('form.strategy')}>
          <Strategy
            title={t('strategy.manual')}
            text={t('strategy.manualHelp')}
            chosen={!form.automated}
            onChoose={() => onChange({ automated: false })}
          />
          <Strategy
            title={t('strategy.auto')}
            text={t('strategy.autoHelp')}
            chosen={form.automated}
            onChoose={() => onChange({ automated: true })}
          />
        </div>
        {form.automated ? (
          <div className={`${classes['checks']} ${classes['automatic']}`}>
            <Checkbox
              size="xs"
              label={t('strategy.prune')}
              description={t('strategy.pruneHelp')}
              checked={form.prune}
              onChange={(event) => onChange({ prune: event.currentTarget.checked })}
            />
            <Checkbox
              size="xs"
              label={t('strategy.selfHeal')}
              description={t('strategy.selfHealHelp')}
              checked={form.selfHeal}
              onChange={(event) => onChange({ selfHeal: event.currentTarget.checked })}
            />
          </div>
        ) : null}
        {errors.syncPolicy === undefined ? null : (
          <p style={{ color: 'var(--dl-bad)' }}>{errors.syncPolicy}</p>
        )}
      </fieldset>
      <SyncOptionFields value={form.options} onChange={(options) => onChange({ options })} />
    </>
  )
}

interface StrategyProps {
  title: string
  text: string
  chosen: boolean
  onChoose: () => void
}

function Strategy({ title, text, chosen, onChoose }: StrategyProps) {
  return (
    <UnstyledButton
      role="radio"
      aria-checked={chosen}
      className={classes['strategy']}
      onClick={onChoose}
      onKeyDown={(event) => {
        const step =
          event.key === 'ArrowRight' || event.key === 'ArrowDown'
            ? 'nextElementSibling'
            : 'previousElementSibling'
        if (!event.key.startsWith('Arrow')) return
        event.preventDefault()
        const next = event.currentTarget[step] as HTMLElement | null
        next?.focus()
        next?.click()
      }}
    >
      <strong>{title}</strong>
      <span>{text}</span>
    </UnstyledButton>
  )
}
