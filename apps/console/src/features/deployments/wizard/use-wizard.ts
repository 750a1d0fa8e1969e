import { isAppError, type Application } from '@driftless/api'
import { useDebouncedValue } from '@mantine/hooks'
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { createDeployment } from '../../../api/commands.ts'
import { draftPlanQuery } from '../../../api/queries.ts'
import { useText, type MessageKey } from '../../../i18n/language.ts'
import { paths } from '../../../paths.ts'
import { notifyDone } from '../../../ui/notify.ts'
import { useGo, useProjectRef, useSetUrlState, useUrlState } from '../../../ui/url-state.ts'
import {
  applicationOf,
  complaintsOf,
  firstStepFields,
  placeErrors,
  type Complaint,
  type DeploymentForm,
  type FormErrors,
  type FormField,
} from '../form/deployment-form.ts'
import { dropDraft, readDraft, writeDraft } from './draft.ts'

const complaintTexts: Record<Complaint, MessageKey> = {
  required: 'complaint.required',
  name: 'complaint.name',
  tooLong: 'complaint.tooLong',
  path: 'complaint.path',
}

export type Step = 1 | 2

/** State of the wizard: the form (kept over reloads), the step (in the address), errors at fields, the plan. */
export function useWizard() {
  const ref = useProjectRef()
  const step: Step = useUrlState()['step'] === '2' ? 2 : 1
  const setUrl = useSetUrlState()
  const [form, setForm] = useState(() => readDraft(ref.project))
  const [shown, setShown] = useState<{ 1: boolean; 2: boolean }>({ 1: false, 2: false })
  const change = useCallback(
    (part: Partial<DeploymentForm>) =>
      setForm((before) => {
        const next = { ...before, ...part }
        writeDraft(ref.project, next)
        return next
      }),
    [ref.project],
  )
  const draft = useMemo(() => applicationOf(form, ref.project), [form, ref.project])
  const plan = useDraftPlan(ref.project, form, draft)
  const create = useCreate(draft)
  const errors = useErrors(form, shown, [create.error, plan.error])
  const setStep = (next: Step) => setUrl({ step: next === 1 ? undefined : '2' }, { push: true })
  const next = () => {
    setShown({ ...shown, 1: true })
    if (Object.keys(complaintsOf(form, 1)).length === 0) setStep(2)
  }
  const submit = () => {
    setShown({ 1: true, 2: true })
    if (Object.keys(complaintsOf(form, 1)).length > 0) return setStep(1)
    if (Object.keys(complaintsOf(form, 2)).length > 0) return
    create.mutate(undefined, {
      onError: (error) => {
        const placed = isAppError(error) ? Object.keys(placeErrors(error.fields).errors) : []
        if (placed.some((field) => firstStepFields.includes(field as FormField))) setStep(1)
      },
    })
  }
  return { ref, step, setStep, next, submit, form, change, draft, plan, create, errors }
}

function useDraftPlan(project: string, form: DeploymentForm, draft: Application) {
  const [settled] = useDebouncedValue(draft, 600)
  const isComplete = Object.keys({ ...complaintsOf(form, 1), ...complaintsOf(form, 2) }).length === 0
  return useQuery(draftPlanQuery(project, isComplete ? settled : undefined))
}

function useCreate(draft: Application) {
  const t = useText()
  const go = useGo()
  const client = useQueryClient()
  const ref = useProjectRef()
  return useMutation({
    mutationFn: async () => {
      await checkPlan(client, ref.project, draft)
      return createDeployment(ref.project, draft)
    },
    onSuccess: () => {
      dropDraft(ref.project)
      notifyDone(t('done.created'))
      void client.invalidateQueries({ queryKey: ['rows'] })
      go(paths.deployments(ref))
    },
  })
}

/** What the plan says against a field holds *Create* back: a wrong branch or path is mended here and not found out later. */
async function checkPlan(client: QueryClient, project: string, draft: Application): Promise<void> {
  try {
    await client.fetchQuery({ ...draftPlanQuery(project, draft), staleTime: 5_000 })
  } catch (error) {
    if (isAppError(error) && Object.keys(placeErrors(error.fields).errors).length > 0) throw error
  }
}

function useErrors(
  form: DeploymentForm,
  shown: { 1: boolean; 2: boolean },
  answers: (Error | null)[],
): FormErrors {
  const t = useText()
  const own = { ...(shown[1] ? complaintsOf(form, 1) : {}), ...(shown[2] ? complaintsOf(form, 2) : {}) }
  const errors: FormErrors = {}
  for (const answer of answers) {
    if (isAppError(answer)) Object.assign(errors, placeErrors(answer.fields).errors)
  }
  for (const [field, complaint] of Object.entries(own))
    errors[field as FormField] = t(complaintTexts[complaint])
  return errors
}
