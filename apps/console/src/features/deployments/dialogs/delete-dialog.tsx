import { Button, Checkbox, Modal, Radio, TextInput } from '@mantine/core'
import { useMutation, useQueries, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { deleteDeployment, type Cascade } from '../../../api/commands.ts'
import { treeQuery } from '../../../api/queries.ts'
import { useText } from '../../../i18n/language.ts'
import { paths } from '../../../paths.ts'
import { textOf } from '../../../ui/error-state.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { useGo, useParam, useProjectRef } from '../../../ui/url-state.ts'
import type { DialogProps } from './deployment-dialogs.tsx'
import { runAll } from './run-all.ts'
import classes from './dialogs.module.css'

const listedAtMost = 20

/** Asks for the name (or, for several, their number) because this cannot be undone, and lists what goes. */
export function DeleteDialog({ project, names, onClose }: DialogProps) {
  const t = useText()
  const [confirmation, setConfirmation] = useState('')
  const [cascades, setCascades] = useState(false)
  const [policy, setPolicy] = useState<Cascade>('foreground')
  const { remove, failed } = useDelete(project, names, onClose)
  const expected = names.length === 1 ? (names[0] ?? '') : String(names.length)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (confirmation === expected) remove.mutate(cascades ? policy : 'none')
  }
  const title = names.length === 1 ? t('delete.title') : t('delete.titleMany')
  return (
    <Modal opened onClose={onClose} title={title} size={520}>
      <form onSubmit={submit} className={classes['form']}>
        {names.length === 1 ? null : <NameList names={names} />}
        <Checkbox
          label={t('delete.cascade')}
          description={t(cascades ? 'delete.cascadeOn' : 'delete.cascadeOff')}
          checked={cascades}
          onChange={(event) => setCascades(event.currentTarget.checked)}
        />
        {cascades ? (
          <>
            <WhatGoes project={project} names={names} />
            <Radio.Group
              value={policy}
              onChange={(value) => setPolicy(value)}
              aria-label={t('field.propagation')}
            >
              <div className="row" style={{ gap: 20 }}>
                <Radio size="xs" value="foreground" label="foreground" />
                <Radio size="xs" value="background" label="background" />
              </div>
            </Radio.Group>
          </>
        ) : null}
        <TextInput
          label={
            names.length === 1
              ? t('delete.confirm', { name: expected })
              : t('delete.confirmMany', { count: expected })
          }
          value={confirmation}
          onChange={(event) => setConfirmation(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        {failed.map((outcome) => (
          <p key={outcome.name} className={classes['failed']} role="alert">
            <b>{outcome.name}</b>: {textOf(outcome.error, t)}
          </p>
        ))}
        <div className={classes['actions']}>
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" color="red" disabled={confirmation !== expected} loading={remove.isPending}>
            {t('action.delete')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function useDelete(project: string, names: string[], onClose: () => void) {
  const t = useText()
  const go = useGo()
  const client = useQueryClient()
  const ref = useProjectRef()
  const opened = useParam('name')
  const remove = useMutation({
    mutationFn: (cascade: Cascade) => runAll(names, (name) => deleteDeployment({ project, name }, cascade)),
    onSuccess: (outcomes) => {
      void client.invalidateQueries({ queryKey: ['rows'] })
      if (outcomes.some((outcome) => outcome.error !== undefined)) return
      notifyDone(t('done.deleted'))
      if (opened === '') onClose()
      else go(paths.deployments(ref))
    },
  })
  return { remove, failed: remove.data?.filter((outcome) => outcome.error !== undefined) ?? [] }
}

function NameList({ names }: { names: string[] }) {
  return (
    <ul className={classes['names']}>
      {names.map((name) => (
        <li key={name}>
          <bdi>{name}</bdi>
        </li>
      ))}
    </ul>
  )
}

function WhatGoes({ project, names }: { project: string; names: string[] }) {
  const t = useText()
  const trees = useQueries({ queries: names.slice(0, listedAtMost).map((name) => treeQuery(project, name)) })
  if (trees.some((tree) => tree.isPending)) return <p className="dim">{t('delete.counting')}</p>
  const nodes = trees.flatMap((tree) => tree.data?.nodes.filter((node) => node.managed) ?? [])
  if (nodes.length === 0) return <p className="dim">{t('delete.nothing')}</p>
  return (
    <div>
      <p className="dim">{t('delete.list', { count: nodes.length })}</p>
      <ul className={classes['names']}>
        {nodes.map((node) => (
          <li key={`${node.group}/${node.kind}/${node.namespace}/${node.name}`}>
            <span className="dim">{node.kind}</span>{' '}
            <bdi>{node.namespace === '' ? node.name : `${node.namespace}/${node.name}`}</bdi>
          </li>
        ))}
      </ul>
    </div>
  )
}
