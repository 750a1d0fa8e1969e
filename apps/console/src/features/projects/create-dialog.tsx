import { isAppError } from '@driftless/api'
import { Button, Modal, Select, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { told, useText } from '../../i18n/language.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import classes from '../deployments/dialogs/dialogs.module.css'

export interface NewThing {
  name: string
  alias: string
  description: string
  workspace: string
}

export interface CreateDialogProps {
  title: string
  /** When given, the person chooses one. */
  workspaces?: string[]
  workspace?: string
  create: (thing: NewThing) => Promise<unknown>
  onClose: () => void
}

const lastPart = (field: string) => field.split(/[./]/).at(-1) ?? field

/** Name, alias, description: for workspaces and DevOps projects. */
export function CreateDialog({ title, workspaces, workspace = '', create, onClose }: CreateDialogProps) {
  const t = useText()
  const [thing, setThing] = useState<NewThing>({
    name: '',
    alias: '',
    description: '',
    workspace: workspace || (workspaces?.[0] ?? ''),
  })
  const save = useMutation({ mutationFn: () => create(thing), onSuccess: onClose })
  const fields = isAppError(save.error) ? save.error.fields : []
  const [isTried, setTried] = useState(false)
  const complaint =
    thing.name === '' ? 'required' : /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(thing.name) ? undefined : 'name'
  const errorOf = (name: string) => {
    const found = fields.find((field) => lastPart(field.field) === name)
    return found === undefined ? undefined : told(found.message)
  }
  const change = (part: Partial<NewThing>) => setThing({ ...thing, ...part })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (complaint === undefined) save.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={title} size={460}>
      <form onSubmit={submit} className={classes['form']} noValidate>
        {workspaces === undefined ? null : (
          <Select
            label={t('nav.workspace')}
            required
            allowDeselect={false}
            data={workspaces}
            value={thing.workspace === '' ? null : thing.workspace}
            onChange={(value) => change({ workspace: value ?? '' })}
          />
        )}
        <TextInput
          label={t('field.name')}
          description={t('field.nameHelp')}
          required
          maxLength={63}
          value={thing.name}
          error={isTried && complaint !== undefined ? t(`complaint.${complaint}`) : errorOf('name')}
          onChange={(event) => change({ name: event.currentTarget.value })}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label={t('field.alias')}
          description={t('field.aliasHelp')}
          maxLength={63}
          value={thing.alias}
          error={errorOf('alias')}
          onChange={(event) => change({ alias: event.currentTarget.value })}
          autoComplete="off"
        />
        <Textarea
          label={t('field.description')}
          maxLength={256}
          autosize
          minRows={2}
          value={thing.description}
          error={errorOf('description')}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        {save.error === null || fields.length > 0 ? null : <ErrorState error={save.error} compact />}
        <div className={classes['actions']}>
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('common.create')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
