import { Button, Modal, Skeleton, Textarea, TextInput } from '@mantine/core'
import type { ApplicationDetail } from '@driftless/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { editInformation } from '../../../api/commands.ts'
import { deploymentKey, deploymentQuery } from '../../../api/queries.ts'
import { useText } from '../../../i18n/language.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import type { DialogProps } from './deployment-dialogs.tsx'
import classes from './dialogs.module.css'

export function InformationDialog({ project, names, onClose }: DialogProps) {
  const t = useText()
  const name = names[0] ?? ''
  const { data, error } = useQuery(deploymentQuery(project, name))
  return (
    <Modal opened onClose={onClose} title={t('action.editInformation')} size={460}>
      {error !== null && data === undefined ? <ErrorState error={error} compact /> : null}
      {data === undefined && error === null ? <Skeleton height={200} /> : null}
      {data === undefined ? null : <InformationForm detail={data} onClose={onClose} />}
    </Modal>
  )
}

function InformationForm({ detail, onClose }: { detail: ApplicationDetail; onClose: () => void }) {
  const t = useText()
  const client = useQueryClient()
  const { name, project } = detail.row
  const [alias, setAlias] = useState(detail.row.alias)
  const [description, setDescription] = useState(detail.row.description)
  const save = useMutation({
    mutationFn: () =>
      editInformation({ project, name }, { alias: alias.trim(), description: description.trim() }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: deploymentKey(project, name) })
      void client.invalidateQueries({ queryKey: ['rows'] })
      notifyDone(t('done.updated'))
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit} className={classes['form']}>
      <TextInput label={t('field.name')} value={name} disabled description={t('field.nameFixed')} />
      <TextInput
        label={t('field.alias')}
        description={t('field.aliasHelp')}
        value={alias}
        maxLength={63}
        onChange={(event) => setAlias(event.currentTarget.value)}
        data-autofocus
      />
      <Textarea
        label={t('field.description')}
        value={description}
        maxLength={256}
        autosize
        minRows={3}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      {save.error === null ? null : <ErrorState error={save.error} compact />}
      <div className={classes['actions']}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  )
}
