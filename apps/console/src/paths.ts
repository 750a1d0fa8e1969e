/** The only place that spells the console's addresses. */

const part = encodeURIComponent

export type DeploymentTab = 'resources' | 'diff' | 'timeline' | 'settings' | 'yaml'

export const deploymentTabs: readonly DeploymentTab[] = ['resources', 'diff', 'timeline', 'settings', 'yaml']

/** A DevOps project and the workspace it belongs to. */
export interface ProjectRef {
  workspace: string
  project: string
}

const projectRoot = ({ workspace, project }: ProjectRef) =>
  `/workspaces/${part(workspace)}/devops/${part(project)}`

export const paths = {
  overview: '/',
  login: '/login',
  clusters: '/clusters',
  workspaces: '/workspaces',
  allProjects: '/devops',
  workspace: (workspace: string) => `/workspaces/${part(workspace)}/devops`,
  deployments: (ref: ProjectRef) => `${projectRoot(ref)}/deployments`,
  newDeployment: (ref: ProjectRef) => `${projectRoot(ref)}/deployments/new`,
  deployment: (ref: ProjectRef, name: string, tab: DeploymentTab = 'resources') =>
    `${projectRoot(ref)}/deployments/${part(name)}/${tab}`,
  repositories: (ref: ProjectRef) => `${projectRoot(ref)}/repositories`,
}

/** Route patterns of the router, in the same words. */
export const patterns = {
  allProjects: '/devops',
  workspaces: '/workspaces',
  workspace: '/workspaces/$workspace/devops',
  project: '/workspaces/$workspace/devops/$project',
  deployments: '/deployments',
  newDeployment: '/deployments/new',
  deployment: '/deployments/$name',
  repositories: '/repositories',
  clusters: '/clusters',
  login: '/login',
}
