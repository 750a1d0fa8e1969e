import type { ApplicationDetail, HistoryEntry } from '@driftless/api'
import { Button, Checkbox, Modal } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { History, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { rollbackDeployment } from '../../../api/commands.ts'
import { deploymentKey, deploymentQuery } from '../../../api/queries.ts'
import { useText } from '../../../i18n/language.ts'
import { RelativeTime } from '../../../i18n/time.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { ListTable } from '../../../ui/list-rows.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { useParam, useProjectRef, useSetUrlState, useUrlState } from '../../../ui/url-state.ts'
import classes from './detail.module.css'
import dialogClasses from '../dialogs/dialogs.module.css'
import { CommitLine } from '../commit-line.tsx'
import { OperationSteps } from '../operation-steps.tsx'
import { PlanSummary } from '../plan-summary.tsx'
import { rollbackPlanQuery } from '../../../api/queries.ts'

/** The last operation step by step, then what was deployed before, each a place to return to. */
export function TimelineTab() {
  const t = useText()
  const { project } = useProjectRef()
  const name = useParam('name')
  const { data } = useQuery(deploymentQuery(project, name))
  const asked = useUrlState()['rollback']
  if (data === undefined) return null
  const history = (data.application.status?.history ?? []).toReversed()
  const state = data.application.status?.operationState
  const target = history.find((entry) => String(entry.id) === asked)
  if (history.length === 0 && state === undefined) {
    return <EmptyState icon={History} title={t('timeline.empty')} text={t('timeline.emptyText')} />
  }
  return (
    <>
      {state === undefined ? null : <OperationSteps state={state} commits={data.commits} />}
      {history.length === 0 ? null : <HistoryTable detail={data} history={history} />}
      {target === undefined ? null : <RollbackDialog detail={data} entry={target} />}
    </>
  )
}

function HistoryTable({ detail, history }: { detail: ApplicationDetail; history: HistoryEntry[] }) {
  const t = useText()
  const setUrl = useSetUrlState()
  const heads = [t('timeline.revision'), t('detail.source'), t('timeline.by'), t('timeline.deployedAt'), '']
  return (
    <div className={classes['history']}>
      <ListTable label={t('tab.timeline')} heads={heads}>
        {history.map((entry, index) => (
          <tr key={entry.id}>
            <td>
              <CommitLine
                revision={revisionOf(entry)}
                commit={detail.commits[revisionOf(entry)]}
                more={`#${entry.id}`}
              />
            </td>
            <td className="dim">
              {sourceOf(entry)?.targetRevision ?? ''} <span className="mono">{sourceOf(entry)?.path}</span>
            </td>
            <td className="dim">
              {entry.initiatedBy?.automated === true
                ? t('strategy.auto')
                : (entry.initiatedBy?.username ?? '–')}
            </td>
            <td className="dim">
              <RelativeTime at={entry.deployedAt} />
            </td>
            <td>
              {index === 0 ? (
                <span className="dim">{t('timeline.current')}</span>
              ) : (
                <Button
                  variant="default"
                  size="xs"
                  leftSection={<Undo2 size={14} />}
                  aria-label={t('timeline.rollback')}
                  disabled={!detail.can.syncApplication}
                  onClick={() => setUrl({ rollback: String(entry.id) }, { push: true })}
                >
                  {t('timeline.rollback')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </ListTable>
    </div>
  )
}

function sourceOf(entry: HistoryEntry) {
  return entry.source ?? entry.sources?.[0]
}

/** Of several sources the first. */
function revisionOf(entry: HistoryEntry): string {
  return entry.revision || (entry.revisions?.[0] ?? '')
}

function RollbackDialog({ detail, entry }: { detail: ApplicationDetail; entry: HistoryEntry }) {
  const t = useText()
  const client = useQueryClient()
  const setUrl = useSetUrlState()
  const [prune, setPrune] = useState(false)
  const { row } = detail
  const plan = useQuery(rollbackPlanQuery(row.project, row.name, entry.id))
  const close = () => setUrl({ rollback: undefined })
  const start = useMutation({
    mutationFn: () => rollbackDeployment(row, { id: entry.id, prune }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: deploymentKey(row.project, row.name) })
      notifyDone(t('done.rollbackStarted'))
      close()
    },
  })
  return (
    <Modal opened onClose={close} title={t('timeline.rollbackTitle')} size={620}>
      <div className={dialogClasses['form']}>
        <p>{t('timeline.rollbackText')}</p>
        <CommitLine
          revision={revisionOf(entry)}
          commit={detail.commits[revisionOf(entry)]}
          more={`#${entry.id}`}
        />
        {row.automated ? <p className="dim">{t('timeline.rollbackAutomated')}</p> : null}
        {plan.error === null ? (
          <PlanSummary plan={plan.data} prune={prune} />
        ) : (
          <ErrorState error={plan.error} compact />
        )}
        <Checkbox
          size="xs"
          label={t('sync.prune')}
          description={t('sync.pruneHelp')}
          checked={prune}
          onChange={(event) => setPrune(event.currentTarget.checked)}
        />
        {start.error === null ? null : <ErrorState error={start.error} compact />}
        <div className={dialogClasses['actions']}>
          <Button variant="default" onClick={close}>
            {t('common.cancel')}
          </Button>
          <Button
            loading={start.isPending}
            disabled={row.automated}
            onClick={() => start.mutate()}
            data-autofocus
          >
            {t('action.rollback')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
