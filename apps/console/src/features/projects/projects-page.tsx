import type { DevOpsProjectView } from '@driftless/api'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, Workflow } from 'lucide-react'
import { createProject } from '../../api/commands.ts'
import { projectsQuery, workspacesQuery } from '../../api/queries.ts'
import { useText } from '../../i18n/language.ts'
import { RelativeTime } from '../../i18n/time.tsx'
import { paths } from '../../paths.ts'
import { AppLink } from '../../ui/app-link.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { ListSkeleton, ListTable, NameAnd } from '../../ui/list-rows.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { Page } from '../../ui/page.tsx'
import { useGo, useParam, useSetUrlState, useUrlState } from '../../ui/url-state.ts'
import { CreateDialog } from './create-dialog.tsx'

/** DevOps projects, of one workspace or of all that the person may see. */
export function ProjectsPage() {
  const t = useText()
  const workspace = useParam('workspace')
  const setUrl = useSetUrlState()
  const { data, error, refetch } = useQuery(projectsQuery)
  const shown = data?.filter((project) => workspace === '' || project.workspace === workspace)
  const create = (
    <Button leftSection={<Plus size={16} />} onClick={() => setUrl({ action: 'create' }, { push: true })}>
      {t('common.create')}
    </Button>
  )
  return (
    <Page title={t('nav.projects')} text={t('projects.text')} actions={create}>
      {shown === undefined && error === null ? <ListSkeleton /> : null}
      {shown === undefined && error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : null}
      {shown?.length === 0 ? (
        <EmptyState icon={Workflow} title={t('projects.empty')} text={t('projects.emptyText')}>
          {create}
        </EmptyState>
      ) : null}
      {shown === undefined || shown.length === 0 ? null : <ProjectsTable projects={shown} />}
      <CreateProject workspace={workspace} />
    </Page>
  )
}

function ProjectsTable({ projects }: { projects: DevOpsProjectView[] }) {
  const t = useText()
  const heads = [
    t('column.name'),
    t('nav.workspace'),
    t('nav.deployments'),
    t('column.creator'),
    t('column.createdAt'),
  ]
  return (
    <ListTable label={t('nav.projects')} heads={heads}>
      {projects.map((project) => (
        <tr key={`${project.workspace}/${project.name}`}>
          <td>
            <NameAnd
              name={
                <AppLink to={paths.deployments({ workspace: project.workspace, project: project.name })}>
                  {project.name}
                </AppLink>
              }
              second={project.alias || project.description}
            />
          </td>
          <td>
            <AppLink to={paths.workspace(project.workspace)} className="dim">
              {project.workspace}
            </AppLink>
          </td>
          <td>{project.applications}</td>
          <td className="dim">{project.creator || '–'}</td>
          <td className="dim">
            <RelativeTime at={project.createdAt} />
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

function CreateProject({ workspace }: { workspace: string }) {
  const t = useText()
  const go = useGo()
  const client = useQueryClient()
  const setUrl = useSetUrlState()
  const isOpen = useUrlState()['action'] === 'create'
  const { data } = useQuery({ ...workspacesQuery, enabled: isOpen })
  if (!isOpen || data === undefined) return null
  return (
    <CreateDialog
      title={t('projects.create')}
      workspace={workspace}
      {...(workspace === '' ? { workspaces: data.map((item) => item.name) } : {})}
      onClose={() => setUrl({ action: undefined })}
      create={async ({ name, alias, description, workspace: chosen }) => {
        await createProject(chosen, { name, alias, description })
        await client.invalidateQueries({ queryKey: projectsQuery.queryKey })
        notifyDone(t('done.created'))
        go(paths.deployments({ workspace: chosen, project: name }))
      }}
    />
  )
}
