import type { ApplicationDetail, SyncRequest } from '@driftless/api'
import { Button, Checkbox, Modal, Skeleton, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { syncDeployment } from '../../../api/commands.ts'
import { deploymentKey, deploymentQuery, planQuery } from '../../../api/queries.ts'
import { useText } from '../../../i18n/language.ts'
import { ErrorState, textOf } from '../../../ui/error-state.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { OperationSteps } from '../operation-steps.tsx'
import { PlanSummary } from '../plan-summary.tsx'
import { optionsOf, syncOptionsOf, type SyncOptionFlags } from '../form/sync-options.ts'
import { SyncOptionFields } from '../form/sync-option-fields.tsx'
import type { DialogProps } from './deployment-dialogs.tsx'
import { runAll } from './run-all.ts'
import classes from './dialogs.module.css'

export function SyncDialog(props: DialogProps) {
  return props.names.length === 1 ? (
    <SyncOne {...props} name={props.names[0] ?? ''} />
  ) : (
    <SyncMany {...props} />
  )
}

function SyncOne({ project, name, onClose }: DialogProps & { name: string }) {
  const t = useText()
  const detail = useQuery(deploymentQuery(project, name))
  return (
    <Modal opened onClose={onClose} title={`${t('sync.title')} · ${name}`} size={660}>
      {detail.data !== undefined ? <SyncForm detail={detail.data} onClose={onClose} /> : null}
      {detail.isPending ? <Skeleton height={260} /> : null}
      {detail.error !== null && detail.data === undefined ? (
        <ErrorState error={detail.error} compact />
      ) : null}
    </Modal>
  )
}

interface Choice {
  revision: string
  prune: boolean
  dryRun: boolean
  applyOnly: boolean
  force: boolean
  /** Undefined: the application's own options. */
  options: SyncOptionFlags | undefined
}

function requestOf(choice: Choice, own: string[]): SyncRequest {
  const { revision, prune, dryRun, applyOnly, force, options } = choice
  return {
    ...(revision.trim() === '' ? {} : { revision: revision.trim() }),
    prune,
    dryRun,
    applyOnly,
    force,
    ...(options === undefined ? {} : { syncOptions: syncOptionsOf(options, own) }),
  }
}

function SyncForm({ detail, onClose }: { detail: ApplicationDetail; onClose: () => void }) {
  const t = useText()
  const client = useQueryClient()
  const { row, application } = detail
  const own = application.spec.syncPolicy?.syncOptions ?? []
  const [before, setBefore] = useState<string>()
  const [choice, setChoice] = useState<Choice>({
    revision: row.targetRevision,
    prune: application.spec.syncPolicy?.automated?.prune === true,
    dryRun: false,
    applyOnly: false,
    force: false,
    options: undefined,
  })
  const start = useMutation({
    mutationFn: () => syncDeployment(row, requestOf(choice, own)),
    onMutate: () => setBefore(application.status?.operationState?.startedAt ?? ''),
    onSuccess: () => client.invalidateQueries({ queryKey: deploymentKey(row.project, row.name) }),
    onError: () => setBefore(undefined),
  })
  if (before !== undefined) return <Running detail={detail} before={before} onClose={onClose} />
  return (
    <div className={classes['form']}>
      <SyncChoices choice={choice} own={own} onChange={setChoice} />
      <PlanOf project={row.project} name={row.name} revision={choice.revision} prune={choice.prune} />
      {start.error === null ? null : <ErrorState error={start.error} compact />}
      <div className={classes['actions']}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button onClick={() => start.mutate()} loading={start.isPending} data-autofocus>
          {t(choice.dryRun ? 'sync.dryRun' : 'action.sync')}
        </Button>
      </div>
    </div>
  )
}

interface SyncChoicesProps {
  choice: Choice
  own: string[]
  onChange: (choice: Choice) => void
}

const switches = ['prune', 'dryRun', 'applyOnly', 'force'] as const

function SyncChoices({ choice, own, onChange }: SyncChoicesProps) {
  const t = useText()
  return (
    <>
      <TextInput
        label={t('field.revision')}
        description={t('sync.revisionHelp')}
        value={choice.revision}
        onChange={(event) => onChange({ ...choice, revision: event.currentTarget.value })}
      />
      <div className={classes['grid']}>
        {switches.map((key) => (
          <Checkbox
            key={key}
            size="xs"
            label={t(`sync.${key}`)}
            description={t(`sync.${key}Help`)}
            checked={choice[key]}
            onChange={(event) => onChange({ ...choice, [key]: event.currentTarget.checked })}
          />
        ))}
      </div>
      <Checkbox
        size="xs"
        label={t('sync.ownOptions')}
        checked={choice.options === undefined}
        onChange={(event) =>
          onChange({ ...choice, options: event.currentTarget.checked ? undefined : optionsOf(own) })
        }
      />
      {choice.options === undefined ? null : (
        <SyncOptionFields value={choice.options} onChange={(options) => onChange({ ...choice, options })} />
      )}
    </>
  )
}

interface PlanOfProps {
  project: string
  name: string
  revision: string
  prune: boolean
}

function PlanOf({ project, name, revision, prune }: PlanOfProps) {
  const [settled] = useDebouncedValue(revision.trim(), 400)
  const { data, error, refetch } = useQuery(planQuery(project, name, settled))
  if (error !== null) return <ErrorState error={error} compact onRetry={() => void refetch()} />
  return <PlanSummary plan={data} prune={prune} />
}

/** Fills live while the operation runs and ends in a sentence. */
function Running({
  detail,
  before,
  onClose,
}: {
  detail: ApplicationDetail
  before: string
  onClose: () => void
}) {
  const t = useText()
  // The event stream brings changes; asking now and then covers the time while it is away.
  useQuery({ ...deploymentQuery(detail.row.project, detail.row.name), refetchInterval: 1_500 })
  const state = detail.application.status?.operationState
  const isOurs = state !== undefined && state.startedAt !== before
  return (
    <div className={classes['form']}>
      {isOurs ? (
        <OperationSteps state={state} commits={detail.commits} />
      ) : (
        <p className="dim">{t('sync.waiting')}</p>
      )}
      <div className={classes['actions']}>
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('common.close')}
        </Button>
      </div>
    </div>
  )
}

function SyncMany({ project, names, onClose }: DialogProps) {
  const t = useText()
  const [prune, setPrune] = useState(false)
  const start = useMutation({
    mutationFn: () => runAll(names, (name) => syncDeployment({ project, name }, { prune })),
    onSuccess: (outcomes) => {
      if (outcomes.some((outcome) => outcome.error !== undefined)) return
      notifyDone(t('done.syncStarted'))
      onClose()
    },
  })
  const failed = start.data?.filter((outcome) => outcome.error !== undefined) ?? []
  return (
    <Modal opened onClose={onClose} title={t('sync.titleMany')} size={480}>
      <div className={classes['form']}>
        <ul className={classes['names']}>
          {names.map((name) => (
            <li key={name}>
              <bdi>{name}</bdi>
            </li>
          ))}
        </ul>
        <Checkbox
          size="xs"
          label={t('sync.prune')}
          description={t('sync.pruneHelp')}
          checked={prune}
          onChange={(event) => setPrune(event.currentTarget.checked)}
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
          <Button onClick={() => start.mutate()} loading={start.isPending} data-autofocus>
            {t('action.sync')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
