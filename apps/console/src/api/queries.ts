/** Every read, with its cache key. Keys of one deployment start with `['deployment', project, name]`. */
import { queryOptions } from '@tanstack/react-query'
import type {
  Application,
  ApplicationDetail,
  ApplicationList,
  ClusterView,
  DevOpsProjectView,
  NamespaceView,
  PlanView,
  RepositoryDirectory,
  RepositoryRefs,
  RepositoryView,
  ResourceDetail,
  ResourceNode,
  ResourceTree,
  SessionView,
  WorkspaceView,
} from '@driftless/api'
import { request } from './request.ts'
import { loadAllRows } from './load-rows.ts'

const part = encodeURIComponent

interface Items<T> {
  items: T[]
}

async function items<T>(path: string, signal: AbortSignal): Promise<T[]> {
  return (await request<Items<T>>('GET', path, { signal })).items
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => request<SessionView>('GET', '/session', { signal }),
  staleTime: 300_000,
})

export const workspacesQuery = queryOptions({
  queryKey: ['workspaces'],
  queryFn: ({ signal }) => items<WorkspaceView>('/workspaces', signal),
})

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: ({ signal }) => items<DevOpsProjectView>('/devops', signal),
})

export const clustersQuery = queryOptions({
  queryKey: ['clusters'],
  queryFn: ({ signal }) => items<ClusterView>('/clusters', signal),
})

export const namespacesQuery = (cluster: string, project: string) =>
  queryOptions({
    queryKey: ['namespaces', cluster, project],
    queryFn: ({ signal }) =>
      items<NamespaceView>(`/clusters/${part(cluster)}/namespaces?project=${part(project)}`, signal),
    enabled: cluster !== '',
  })

export const repositoriesQuery = (project: string) =>
  queryOptions({
    queryKey: ['repositories', project],
    queryFn: ({ signal }) => items<RepositoryView>(`/devops/${part(project)}/repositories`, signal),
  })

export const refsQuery = (project: string, repository: string) =>
  queryOptions({
    queryKey: ['refs', project, repository],
    queryFn: ({ signal }) =>
      request<RepositoryRefs>('GET', `/devops/${part(project)}/repositories/${part(repository)}/refs`, {
        signal,
      }),
    enabled: repository !== '',
  })

export const directoriesQuery = (project: string, repository: string, revision: string) =>
  queryOptions({
    queryKey: ['directories', project, repository, revision],
    queryFn: ({ signal }) =>
      items<RepositoryDirectory>(
        `/devops/${part(project)}/repositories/${part(repository)}/directories?revision=${part(revision)}`,
        signal,
      ),
    enabled: repository !== '',
  })

/** All rows of a project; `''` means all projects that the person may see. Kept fresh by the event stream. */
export const rowsQuery = (project: string) =>
  queryOptions<ApplicationList>({
    queryKey: ['rows', project],
    queryFn: ({ signal }) => loadAllRows(project, signal),
    staleTime: 60_000,
  })

export const searchQuery = (search: string) =>
  queryOptions({
    queryKey: ['search', search],
    queryFn: ({ signal }) =>
      request<ApplicationList>('GET', `/applications?limit=12&search=${part(search)}`, { signal }),
  })

const applicationPath = (project: string, name: string) =>
  `/devops/${part(project)}/applications/${part(name)}`

export const deploymentKey = (project: string, name: string) => ['deployment', project, name] as const

export const deploymentQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: [...deploymentKey(project, name), 'detail'],
    queryFn: ({ signal }) => request<ApplicationDetail>('GET', applicationPath(project, name), { signal }),
  })

export const treeQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: [...deploymentKey(project, name), 'tree'],
    queryFn: ({ signal }) =>
      request<ResourceTree>('GET', `${applicationPath(project, name)}/resources`, { signal }),
    // Pods come and go without a change of the application itself.
    refetchInterval: 5_000,
  })

export const planQuery = (project: string, name: string, revision = '') =>
  queryOptions({
    queryKey: [...deploymentKey(project, name), 'plan', revision],
    queryFn: ({ signal }) => {
      const query = revision === '' ? '' : `?revision=${part(revision)}`
      return request<PlanView>('GET', `${applicationPath(project, name)}/plan${query}`, { signal })
    },
  })

/** What a rollback to an entry of the history would do. */
export const rollbackPlanQuery = (project: string, name: string, entry: number) =>
  queryOptions({
    queryKey: [...deploymentKey(project, name), 'rollback-plan', entry],
    queryFn: ({ signal }) =>
      request<PlanView>('GET', `${applicationPath(project, name)}/plan?history=${entry}`, { signal }),
  })

/** Plan of a deployment that need not exist yet. */
export const draftPlanQuery = (project: string, draft: Application | undefined) =>
  queryOptions({
    queryKey: ['draft-plan', project, draft],
    queryFn: ({ signal }) =>
      request<PlanView>('POST', `/devops/${part(project)}/applications:plan`, { body: draft, signal }),
    enabled: draft !== undefined,
    retry: false,
  })

export type ResourceKey = Pick<ResourceNode, 'group' | 'version' | 'kind' | 'namespace' | 'name'>

function resourceSearch(key: ResourceKey): string {
  return new URLSearchParams({
    group: key.group,
    version: key.version,
    kind: key.kind,
    namespace: key.namespace,
    name: key.name,
  }).toString()
}

export const resourceQuery = (project: string, name: string, key: ResourceKey) =>
  queryOptions({
    queryKey: [...deploymentKey(project, name), 'resource', key],
    queryFn: ({ signal }) =>
      request<ResourceDetail>('GET', `${applicationPath(project, name)}/resource?${resourceSearch(key)}`, {
        signal,
      }),
  })

export interface LogsKey {
  namespace: string
  pod: string
  container: string
}

export const logsQuery = (project: string, name: string, key: LogsKey) =>
  queryOptions({
    queryKey: [...deploymentKey(project, name), 'logs', key],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ namespace: key.namespace, pod: key.pod })
      if (key.container !== '') query.set('container', key.container)
      return request<string>('GET', `${applicationPath(project, name)}/logs?${query.toString()}`, { signal })
    },
    refetchInterval: 5_000,
  })
