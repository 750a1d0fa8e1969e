import { Checkbox, Radio } from '@mantine/core'
import { useText } from '../../../i18n/language.ts'
import { propagationPolicies, type SyncOptionFlags } from './sync-options.ts'
import classes from './form.module.css'

const settings = ['skipValidation', 'createNamespace', 'pruneLast', 'applyOutOfSyncOnly'] as const

export interface SyncOptionFieldsProps {
  value: SyncOptionFlags
  onChange: (value: SyncOptionFlags) => void
}

/** Sync settings, prune propagation policy, replace resource: in the seed's order. */
export function SyncOptionFields({ value, onChange }: SyncOptionFieldsProps) {
  const t = useText()
  return (
    <>
      <fieldset className={classes['set']}>
        <legend>{t('form.syncSettings')}</legend>
        <div className={classes['checks']}>
          {settings.map((key) => (
            <Checkbox
              key={key}
              size="xs"
              label={t(`option.${key}`)}
              description={t(`option.${key}Help`)}
              checked={value[key]}
              onChange={(event) => onChange({ ...value, [key]: event.currentTarget.checked })}
            />
          ))}
        </div>
      </fieldset>
      <fieldset className={classes['set']}>
        <legend>{t('field.propagation')}</legend>
        <Radio.Group
          value={value.propagation}
          onChange={(policy) => onChange({ ...value, propagation: policy })}
          aria-label={t('field.propagation')}
        >
          <div className={classes['checks']} data-columns="3">
            {propagationPolicies.map((policy) => (
              <Radio
                key={policy}
                size="xs"
                value={policy}
                label={policy}
                description={t(`policy.${policy}`)}
              />
            ))}
          </div>
        </Radio.Group>
      </fieldset>
      <fieldset className={classes['set']}>
        <legend>{t('form.replace')}</legend>
        <Checkbox
          size="xs"
          label={t('option.replace')}
          description={t('option.replaceHelp')}
          checked={value.replace}
          onChange={(event) => onChange({ ...value, replace: event.currentTarget.checked })}
        />
      </fieldset>
    </>
  )
}
