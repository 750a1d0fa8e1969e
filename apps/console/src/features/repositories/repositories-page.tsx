import type { RepositoryView } from '@driftless/api'
import { ActionIcon, Button, Modal, Tooltip } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { FolderGit2, KeyRound, Plus, Trash2 } from 'lucide-react'
import { deleteRepository } from '../../api/commands.ts'
import { repositoriesQuery } from '../../api/queries.ts'
import { told, useText } from '../../i18n/language.ts'
import { RelativeTime } from '../../i18n/time.tsx'
import { StateMark } from '../../state/state-mark.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ListSkeleton, ListTable, NameAnd } from '../../ui/list-rows.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { Page } from '../../ui/page.tsx'
import { useProjectRef, useSetUrlState, useUrlState } from '../../ui/url-state.ts'
import dialogClasses from '../deployments/dialogs/dialogs.module.css'
import { usePermissions } from '../deployments/use-permissions.ts'
import { ImportDialog } from './import-dialog.tsx'

export function RepositoriesPage() {
  const t = useText()
  const { project } = useProjectRef()
  const setUrl = useSetUrlState()
  const { action, on = '' } = useUrlState()
  const can = usePermissions(project)
  const { data, error, refetch } = useQuery(repositoriesQuery(project))
  const add = (
    <Button
      leftSection={<Plus size={16} />}
      disabled={!can.createRepository}
      onClick={() => setUrl({ action: 'import' }, { push: true })}
    >
      {t('repositories.importShort')}
    </Button>
  )
  const close = () => setUrl({ action: undefined, on: undefined })
  return (
    <Page title={t('nav.repositories')} text={t('repositories.text')} actions={add}>
      {data === undefined && error === null ? <ListSkeleton /> : null}
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : null}
      {data?.length === 0 ? (
        <EmptyState icon={FolderGit2} title={t('repositories.empty')} text={t('repositories.emptyText')}>
          {add}
        </EmptyState>
      ) : null}
      {data === undefined || data.length === 0 ? null : (
        <RepositoriesTable repositories={data} mayDelete={can.deleteRepository} />
      )}
      {action === 'import' ? <ImportDialog project={project} onClose={close} /> : null}
      {action === 'remove' && on !== '' ? <RemoveDialog project={project} name={on} onClose={close} /> : null}
    </Page>
  )
}

function RepositoriesTable({
  repositories,
  mayDelete,
}: {
  repositories: RepositoryView[]
  mayDelete: boolean
}) {
  const t = useText()
  const heads = [
    t('column.name'),
    t('column.address'),
    t('column.connection'),
    t('nav.deployments'),
    t('column.createdAt'),
    '',
  ]
  return (
    <ListTable label={t('nav.repositories')} heads={heads}>
      {repositories.map((repository) => (
        <tr key={repository.name}>
          <td>
            <NameAnd name={repository.name} second={repository.alias || repository.description} />
          </td>
          <td>
            <span className="row">
              <bdi className="mono cut" title={repository.url}>
                {repository.url}
              </bdi>
              {repository.hasCredentials ? (
                <Tooltip label={t('repositories.withCredentials')}>
                  <KeyRound size={13} aria-label={t('repositories.withCredentials')} />
                </Tooltip>
              ) : null}
            </span>
          </td>
          <td title={told(repository.connection.message)}>
            <StateMark kind="connection" value={repository.connection.state} />
            {repository.connection.state === 'Failed' ? (
              <div className="dim cut" style={{ fontSize: 12 }}>
                {told(repository.connection.message)}
              </div>
            ) : null}
          </td>
          <td>{repository.applications}</td>
          <td className="dim">
            <RelativeTime at={repository.createdAt} />
          </td>
          <td>
            <RemoveButton repository={repository} allowed={mayDelete} />
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

function RemoveButton({ repository, allowed }: { repository: RepositoryView; allowed: boolean }) {
  const t = useText()
  const setUrl = useSetUrlState()
  const inUse = repository.applications > 0
  return (
    <ActionIcon
      aria-label={t('repositories.remove', { name: repository.name })}
      title={inUse ? t('repositories.inUse') : undefined}
      disabled={!allowed || inUse}
      variant="subtle"
      onClick={() => setUrl({ action: 'remove', on: repository.name }, { push: true })}
    >
      <Trash2 size={15} />
    </ActionIcon>
  )
}

function RemoveDialog({ project, name, onClose }: { project: string; name: string; onClose: () => void }) {
  const t = useText()
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () => deleteRepository(project, name),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: repositoriesQuery(project).queryKey })
      notifyDone(t('done.deleted'))
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('repositories.removeTitle')} size={440}>
      <div className={dialogClasses['form']}>
        <p>{t('repositories.removeText', { name })}</p>
        {remove.error === null ? null : <ErrorState error={remove.error} compact />}
        <div className={dialogClasses['actions']}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('common.cancel')}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('action.delete')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
