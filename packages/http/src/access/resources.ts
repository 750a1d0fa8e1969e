/** The resources that rights are asked about, by the word that routes use. */
export const accessResources = {
  applications: { group: 'argoproj.io', resource: 'applications' },
  'applications/resources': { group: 'argoproj.io', resource: 'applications', subresource: 'resources' },
  'applications/logs': { group: 'argoproj.io', resource: 'applications', subresource: 'logs' },
  'applications/actions': { group: 'argoproj.io', resource: 'applications', subresource: 'actions' },
  gitrepositories: { group: 'driftless.dev', resource: 'gitrepositories' },
  devopsprojects: { group: 'driftless.dev', resource: 'devopsprojects' },
  workspaces: { group: 'driftless.dev', resource: 'workspaces' },
  clusters: { group: 'driftless.dev', resource: 'clusters' },
  everything: { group: '*', resource: '*' },
} as const

export type AccessResource = keyof typeof accessResources

/** Words for people. */
export const resourceNouns: Record<AccessResource, string> = {
  applications: 'continuous deployment',
  'applications/resources': 'resources of continuous deployments',
  'applications/logs': 'logs of continuous deployments',
  'applications/actions': 'actions of continuous deployments',
  gitrepositories: 'code repository',
  devopsprojects: 'DevOps project',
  workspaces: 'workspace',
  clusters: 'cluster',
  everything: 'everything',
}

export const applicationApi = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' } as const
export const repositoryApi = { apiVersion: 'driftless.dev/v1alpha1', kind: 'GitRepository' } as const
export const devopsProjectApi = { apiVersion: 'driftless.dev/v1alpha1', kind: 'DevOpsProject' } as const
export const workspaceApi = { apiVersion: 'driftless.dev/v1alpha1', kind: 'Workspace' } as const
export const clusterApi = { apiVersion: 'driftless.dev/v1alpha1', kind: 'Cluster' } as const
