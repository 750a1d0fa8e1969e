import { isAppError, type RepositoryTestResult } from '@driftless/api'
import { Button, Checkbox, Modal, PasswordInput, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { importRepository, testRepository } from '../../api/commands.ts'
import { repositoriesQuery } from '../../api/queries.ts'
import { told, useText } from '../../i18n/language.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { notifyDone } from '../../ui/notify.ts'
import classes from '../deployments/dialogs/dialogs.module.css'
import {
  emptyImport,
  importComplaints,
  importRequestOf,
  nameFromUrl,
  placeImportErrors,
  type ImportField,
  type ImportForm,
} from './import-form.ts'

type Errors = Partial<Record<ImportField, string>>

/** Import by URL; the connection is tested on demand and again before the import is accepted. */
export function ImportDialog({ project, onClose }: { project: string; onClose: () => void }) {
  const t = useText()
  const client = useQueryClient()
  const [form, setForm] = useState(emptyImport)
  const [named, setNamed] = useState(false)
  const [isTried, setTried] = useState(false)
  const test = useMutation({ mutationFn: () => testRepository(project, importRequestOf(form)) })
  const save = useMutation({
    mutationFn: async () => {
      const result = await test.mutateAsync()
      if (result.ok) await importRepository(project, importRequestOf(form))
      return result.ok
    },
    onSuccess: async (isDone) => {
      if (!isDone) return
      await client.invalidateQueries({ queryKey: repositoriesQuery(project).queryKey })
      notifyDone(t('done.imported'))
      onClose()
    },
  })
  const change = (part: Partial<ImportForm>) => {
    test.reset()
    save.reset()
    setNamed(named || part.name !== undefined)
    const name = part.url !== undefined && !named ? { name: nameFromUrl(part.url) } : {}
    setForm({ ...form, ...name, ...part })
  }
  const failure = save.error ?? test.error
  const complaints = importComplaints(form)
  const errors = errorsOf(failure, test.data)
  if (isTried) {
    for (const [field, complaint] of Object.entries(complaints))
      errors[field as ImportField] = t(`complaint.${complaint}`)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (Object.keys(complaints).length === 0) save.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={t('repositories.import')} size={560}>
      <form onSubmit={submit} className={classes['form']} noValidate>
        <MainFields form={form} errors={errors} onChange={change} />
        <AccessFields form={form} errors={errors} onChange={change} />
        {test.data?.ok === true ? (
          <p className="row" style={{ color: 'var(--dl-good)' }} role="status">
            <CircleCheck size={16} aria-hidden />
            {t('repositories.testOk', { branch: test.data.defaultBranch ?? 'HEAD' })}
          </p>
        ) : null}
        {failure !== null && Object.keys(errors).length === 0 ? <ErrorState error={failure} compact /> : null}
        <div className={classes['actions']}>
          <Button
            variant="default"
            disabled={form.url === ''}
            loading={test.isPending && !save.isPending}
            onClick={() => test.mutate()}
          >
            {t('repositories.test')}
          </Button>
          <span className="grow" />
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('repositories.importShort')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function errorsOf(failure: Error | null, result: RepositoryTestResult | undefined): Errors {
  const placed = isAppError(failure) ? placeImportErrors(failure.fields) : {}
  return result?.ok === false ? { ...placed, [result.field ?? 'url']: told(result.message) } : placed
}

interface PartProps {
  form: ImportForm
  errors: Errors
  onChange: (part: Partial<ImportForm>) => void
}

function MainFields({ form, errors, onChange }: PartProps) {
  const t = useText()
  return (
    <>
      <TextInput
        label={t('repositories.url')}
        description={t('repositories.urlHelp')}
        placeholder="https://git.example.com/team/app.git"
        required
        value={form.url}
        error={errors.url}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      <Checkbox
        size="xs"
        label={t('repositories.insecure')}
        description={t('repositories.insecureHelp')}
        checked={form.insecure}
        onChange={(event) => onChange({ insecure: event.currentTarget.checked })}
      />
      <TextInput
        label={t('field.name')}
        description={t('field.nameHelp')}
        required
        maxLength={63}
        value={form.name}
        error={errors.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        autoComplete="off"
      />
      <div className={classes['grid']}>
        <TextInput
          label={t('field.alias')}
          maxLength={63}
          value={form.alias}
          error={errors.alias}
          onChange={(event) => onChange({ alias: event.currentTarget.value })}
        />
        <TextInput
          label={t('field.description')}
          maxLength={256}
          value={form.description}
          error={errors.description}
          onChange={(event) => onChange({ description: event.currentTarget.value })}
        />
      </div>
    </>
  )
}

function AccessFields({ form, errors, onChange }: PartProps) {
  const t = useText()
  return (
    <>
      <div>
        <SegmentedControl
          size="xs"
          aria-label={t('repositories.access')}
          value={form.access}
          onChange={(access) => onChange({ access: access })}
          data={[
            { value: 'none', label: t('repositories.accessNone') },
            { value: 'password', label: t('repositories.accessPassword') },
            { value: 'ssh', label: t('repositories.accessSsh') },
          ]}
        />
        {form.access === 'none' && errors.credentials !== undefined ? (
          <p className={classes['failed']} role="alert">
            {errors.credentials}
          </p>
        ) : null}
      </div>
      {form.access === 'password' ? (
        <div className={classes['grid']}>
          <TextInput
            label={t('login.username')}
            value={form.username}
            onChange={(event) => onChange({ username: event.currentTarget.value })}
            autoComplete="off"
          />
          <PasswordInput
            label={t('repositories.token')}
            value={form.password}
            error={errors.credentials}
            onChange={(event) => onChange({ password: event.currentTarget.value })}
            autoComplete="new-password"
          />
        </div>
      ) : null}
      {form.access === 'ssh' ? (
        <>
          <Textarea
            label={t('repositories.sshKey')}
            className="mono"
            minRows={3}
            autosize
            maxRows={8}
            value={form.sshPrivateKey}
            error={errors.credentials}
            onChange={(event) => onChange({ sshPrivateKey: event.currentTarget.value })}
            spellCheck={false}
          />
          <Textarea
            label={t('repositories.knownHosts')}
            description={t('repositories.knownHostsHelp')}
            minRows={2}
            autosize
            maxRows={6}
            value={form.sshKnownHosts}
            onChange={(event) => onChange({ sshKnownHosts: event.currentTarget.value })}
            spellCheck={false}
          />
        </>
      ) : null}
    </>
  )
}
