import { isAppError, type ApplicationDetail } from '@driftless/api'
import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { replaceDeployment } from '../../../api/commands.ts'
import { deploymentKey, deploymentQuery } from '../../../api/queries.ts'
import { useText } from '../../../i18n/language.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { useParam, useProjectRef } from '../../../ui/url-state.ts'
import { RepositoryField } from '../form/basic-fields.tsx'
import {
  complaintsOf,
  formOf,
  placeErrors,
  withForm,
  type DeploymentForm,
  type FormErrors,
  type FormField,
} from '../form/deployment-form.ts'
import { LocationFields, SourceFields } from '../form/place-fields.tsx'
import { StrategyFields } from '../form/strategy-fields.tsx'
import classes from '../form/form.module.css'

export function SettingsTab() {
  const { project } = useProjectRef()
  const name = useParam('name')
  const { data } = useQuery(deploymentQuery(project, name))
  return data === undefined ? null : <SettingsForm detail={data} />
}

/** The wizard's second step for a deployment that exists; fields that are not shown here stay as they are. */
function SettingsForm({ detail }: { detail: ApplicationDetail }) {
  const t = useText()
  const client = useQueryClient()
  const { row, can } = detail
  // What was loaded when editing began: saving over a newer version is refused, not silently won.
  const [base, setBase] = useState(detail.application)
  const [form, setForm] = useState(() => formOf(detail.application))
  const change = useCallback(
    (part: Partial<DeploymentForm>) => setForm((before) => ({ ...before, ...part })),
    [],
  )
  const isDirty = JSON.stringify(form) !== JSON.stringify(formOf(base))
  const save = useMutation({
    mutationFn: () => replaceDeployment(row, withForm({ ...detail.application, spec: base.spec }, form)),
    onSuccess: async (saved) => {
      setBase(saved)
      setForm(formOf(saved))
      notifyDone(t('done.updated'))
      await client.invalidateQueries({ queryKey: deploymentKey(row.project, row.name) })
    },
  })
  const errors: FormErrors = isAppError(save.error) ? placeErrors(save.error.fields).errors : {}
  for (const [field, complaint] of Object.entries(complaintsOf(form, 2))) {
    if (form.cluster !== '' || field !== 'cluster')
      errors[field as FormField] = t(complaint === 'path' ? 'complaint.path' : 'complaint.required')
  }
  const part = { project: row.project, form, errors, onChange: change }
  return (
    <form
      className={classes['fields']}
      style={{ maxWidth: 720, gap: 26 }}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <RepositoryField {...part} />
      <SourceFields {...part} />
      <LocationFields {...part} />
      <StrategyFields {...part} />
      {save.error !== null && Object.keys(errors).length === 0 ? (
        <ErrorState error={save.error} compact />
      ) : null}
      <div className="row">
        <Button type="submit" disabled={!can.updateApplication || !isDirty} loading={save.isPending}>
          {t('common.save')}
        </Button>
        <Button variant="default" disabled={!isDirty} onClick={() => setForm(formOf(base))}>
          {t('common.reset')}
        </Button>
      </div>
    </form>
  )
}
