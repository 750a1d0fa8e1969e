/** Every write. Each answers when the server has accepted it; the event stream tells what follows. */
import {
  annotations,
  type Application,
  type CreateDevOpsProjectRequest,
  type DevOpsProjectView,
  type ImportRepositoryRequest,
  type LoginRequest,
  type RepositoryTestResult,
  type RepositoryView,
  type RollbackRequest,
  type SessionView,
  type SyncRequest,
  type WorkspaceView,
} from '@driftless/api'
import { request } from './request.ts'

const part = encodeURIComponent
const applications = (project: string) => `/devops/${part(project)}/applications`
const repositories = (project: string) => `/devops/${part(project)}/repositories`

/** Names one deployment. */
export interface DeploymentKey {
  project: string
  name: string
}

const item = ({ project, name }: DeploymentKey) => `${applications(project)}/${part(name)}`

export const login = (body: LoginRequest) => request<SessionView>('POST', '/login', { body })
export const logout = () => request<unknown>('POST', '/logout', { body: {} })

export interface CreateWorkspaceRequest {
  name: string
  alias?: string
  description?: string
}

export const createWorkspace = (body: CreateWorkspaceRequest) =>
  request<WorkspaceView>('POST', '/workspaces', { body })

export const createProject = (workspace: string, body: CreateDevOpsProjectRequest) =>
  request<DevOpsProjectView>('POST', `/workspaces/${part(workspace)}/devops`, { body })

export const testRepository = (project: string, body: ImportRepositoryRequest) =>
  request<RepositoryTestResult>('POST', `${repositories(project)}:test`, { body })

export const importRepository = (project: string, body: ImportRepositoryRequest) =>
  request<RepositoryView>('POST', repositories(project), { body })

export const deleteRepository = (project: string, name: string) =>
  request<unknown>('DELETE', `${repositories(project)}/${part(name)}`)

export const createDeployment = (project: string, body: Application) =>
  request<Application>('POST', applications(project), { body })

/** Replaces the object; a `resourceVersion` that is no longer current is refused with `Conflict`. */
export const replaceDeployment = (key: DeploymentKey, body: Application) =>
  request<Application>('PUT', item(key), { body })

export interface Information {
  alias: string
  description: string
}

export const editInformation = (key: DeploymentKey, { alias, description }: Information) =>
  request<Application>('PATCH', item(key), {
    contentType: 'application/merge-patch+json',
    body: {
      metadata: {
        annotations: {
          [annotations.alias]: alias === '' ? null : alias,
          [annotations.description]: description === '' ? null : description,
        },
      },
    },
  })

/** `none` leaves the deployed resources where they are. */
export type Cascade = 'foreground' | 'background' | 'none'

export const deleteDeployment = (key: DeploymentKey, cascade: Cascade) =>
  request<unknown>('DELETE', `${item(key)}?cascade=${cascade}`)

export const syncDeployment = (key: DeploymentKey, body: SyncRequest) =>
  request<unknown>('POST', `${item(key)}/sync`, { body })

export const refreshDeployment = (key: DeploymentKey, hard: boolean) =>
  request<unknown>('POST', `${item(key)}/refresh`, { body: { hard } })

export const rollbackDeployment = (key: DeploymentKey, body: RollbackRequest) =>
  request<unknown>('POST', `${item(key)}/rollback`, { body })
