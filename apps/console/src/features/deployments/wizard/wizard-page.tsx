import { isAppError } from '@driftless/api'
import { Button, UnstyledButton } from '@mantine/core'
import { Check } from 'lucide-react'
import { useText } from '../../../i18n/language.ts'
import { paths } from '../../../paths.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Page } from '../../../ui/page.tsx'
import { useGo } from '../../../ui/url-state.ts'
import { yamlOf } from '../../../yaml/dump.ts'
import { YamlView } from '../../../yaml/yaml-view.tsx'
import { BasicFields } from '../form/basic-fields.tsx'
import { placeErrors } from '../form/deployment-form.ts'
import { LocationFields, SourceFields } from '../form/place-fields.tsx'
import { StrategyFields } from '../form/strategy-fields.tsx'
import formClasses from '../form/form.module.css'
import { PlanSummary } from '../plan-summary.tsx'
import { useWizard, type Step } from './use-wizard.ts'
import classes from './wizard.module.css'

export function WizardPage() {
  const t = useText()
  const go = useGo()
  const wizard = useWizard()
  const { ref, step, form, change, errors, create } = wizard
  const part = { project: ref.project, form, errors, onChange: change }
  return (
    <Page title={t('deployments.create')}>
      <div className={classes['columns']}>
        <form
          className={classes['form']}
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            if (step === 1) wizard.next()
            else wizard.submit()
          }}
        >
          <Steps step={step} onStep={(next) => (next === 1 ? wizard.setStep(1) : wizard.next())} />
          {step === 1 ? (
            <BasicFields {...part} />
          ) : (
            <div className={formClasses['fields']} style={{ gap: 26 }}>
              <LocationFields {...part} />
              <SourceFields {...part} />
              <StrategyFields {...part} />
            </div>
          )}
          {create.error !== null && hasMore(create.error) ? (
            <ErrorState error={create.error} compact />
          ) : null}
          <div className={classes['actions']}>
            <Button variant="subtle" color="gray" onClick={() => go(paths.deployments(ref))}>
              {t('common.cancel')}
            </Button>
            <span className="grow" />
            {step === 2 ? (
              <Button variant="default" onClick={() => wizard.setStep(1)}>
                {t('common.back')}
              </Button>
            ) : null}
            <Button key={step} type="submit" loading={create.isPending}>
              {t(step === 1 ? 'common.next' : 'common.create')}
            </Button>
          </div>
        </form>
        <aside className={classes['side']} aria-label={t('wizard.preview')}>
          <PlanPanel plan={wizard.plan} />
          <section className={classes['yaml']}>
            <h2>YAML</h2>
            <YamlView text={yamlOf(wizard.draft)} />
          </section>
        </aside>
      </div>
    </Page>
  )
}

/** True when the answer says something that stands at no input. */
function hasMore(error: Error): boolean {
  return !isAppError(error) || error.fields.length === 0 || placeErrors(error.fields).others.length > 0
}

function PlanPanel({ plan }: { plan: ReturnType<typeof useWizard>['plan'] }) {
  const t = useText()
  if (plan.error !== null) return <ErrorState error={plan.error} compact />
  if (plan.data !== undefined || plan.isFetching) return <PlanSummary plan={plan.data} />
  return (
    <p className={classes['later']}>
      <strong>{t('plan.title')}</strong>
      {t('wizard.planLater')}
    </p>
  )
}

function Steps({ step, onStep }: { step: Step; onStep: (step: Step) => void }) {
  const t = useText()
  const steps = [
    { at: 1, label: t('form.basic') },
    { at: 2, label: t('form.deployment') },
  ] as const
  return (
    <ol className={classes['steps']}>
      {steps.map(({ at, label }) => (
        <li key={at}>
          <UnstyledButton
            onClick={() => onStep(at)}
            aria-current={at === step ? 'step' : undefined}
            className={classes['step']}
          >
            <i data-done={at < step}>{at < step ? <Check size={13} strokeWidth={3} /> : at}</i>
            {label}
          </UnstyledButton>
        </li>
      ))}
    </ol>
  )
}
