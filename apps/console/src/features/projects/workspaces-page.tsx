import { Button } from '@mantine/core'
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Boxes, Plus } from 'lucide-react'
import { createWorkspace } from '../../api/commands.ts'
import { sessionQuery, workspacesQuery } from '../../api/queries.ts'
import { useText } from '../../i18n/language.ts'
import { paths } from '../../paths.ts'
import { AppLink } from '../../ui/app-link.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ListSkeleton, ListTable, NameAnd } from '../../ui/list-rows.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { Page } from '../../ui/page.tsx'
import { useSetUrlState, useUrlState } from '../../ui/url-state.ts'
import { CreateDialog } from './create-dialog.tsx'

export function WorkspacesPage() {
  const t = useText()
  const client = useQueryClient()
  const setUrl = useSetUrlState()
  const isOpen = useUrlState()['action'] === 'create'
  const { data: session } = useSuspenseQuery(sessionQuery)
  const { data, error, refetch } = useQuery(workspacesQuery)
  const create = (
    <Button
      leftSection={<Plus size={16} />}
      disabled={!session.user.admin}
      title={session.user.admin ? undefined : t('workspaces.onlyAdmin')}
      onClick={() => setUrl({ action: 'create' }, { push: true })}
    >
      {t('common.create')}
    </Button>
  )
  return (
    <Page title={t('nav.workspaces')} text={t('workspaces.text')} actions={create}>
      {data === undefined && error === null ? <ListSkeleton /> : null}
      {data === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : null}
      {data?.length === 0 ? (
        <EmptyState icon={Boxes} title={t('workspaces.empty')}>
          {create}
        </EmptyState>
      ) : null}
      {data === undefined || data.length === 0 ? null : (
        <ListTable
          label={t('nav.workspaces')}
          heads={[t('column.name'), t('field.description'), t('nav.projects')]}
        >
          {data.map((workspace) => (
            <tr key={workspace.name}>
              <td>
                <NameAnd
                  name={<AppLink to={paths.workspace(workspace.name)}>{workspace.name}</AppLink>}
                  second={workspace.alias}
                />
              </td>
              <td className="dim">{workspace.description || '–'}</td>
              <td>{workspace.devopsProjects}</td>
            </tr>
          ))}
        </ListTable>
      )}
      {isOpen ? (
        <CreateDialog
          title={t('workspaces.create')}
          onClose={() => setUrl({ action: undefined })}
          create={async ({ name, alias, description }) => {
            await createWorkspace({ name, alias, description })
            await client.invalidateQueries({ queryKey: workspacesQuery.queryKey })
            notifyDone(t('done.created'))
          }}
        />
      ) : null}
    </Page>
  )
}
