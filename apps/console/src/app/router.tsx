import { isAppError } from '@driftless/api'
import { createRootRoute, createRoute, createRouter, Outlet, redirect } from '@tanstack/react-router'
import { sessionQuery } from '../api/queries.ts'
import { deploymentTabs, paths, patterns } from '../paths.ts'
import { Shell } from '../shell/shell.tsx'
import { NotFound, PageFailed } from '../shell/not-found.tsx'
import { whenIdle } from '../ui/when-idle.ts'
import { lazyPage, preloadPages } from './lazy-page.ts'
import { queryClient, whenSessionIsLost } from './query-client.ts'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

const login = createRoute({
  getParentRoute: () => root,
  path: patterns.login,
  component: lazyPage(() => import('../features/session/login-page.tsx'), 'LoginPage'),
})

/** Everything behind the login. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(sessionQuery)
      whenIdle(preloadPages)
    } catch (error) {
      if (isAppError(error, 'Unauthorized'))
        throw redirect({ to: paths.login, search: { next: location.href } })
      throw error
    }
  },
})

const overview = createRoute({
  getParentRoute: () => shell,
  path: paths.overview,
  component: lazyPage(() => import('../features/overview/overview-page.tsx'), 'OverviewPage'),
})

const allProjects = createRoute({
  getParentRoute: () => shell,
  path: patterns.allProjects,
  component: lazyPage(() => import('../features/projects/projects-page.tsx'), 'ProjectsPage'),
})

const workspaceProjects = createRoute({
  getParentRoute: () => shell,
  path: patterns.workspace,
  component: lazyPage(() => import('../features/projects/projects-page.tsx'), 'ProjectsPage'),
})

const workspaces = createRoute({
  getParentRoute: () => shell,
  path: patterns.workspaces,
  component: lazyPage(() => import('../features/projects/workspaces-page.tsx'), 'WorkspacesPage'),
})

const clusters = createRoute({
  getParentRoute: () => shell,
  path: patterns.clusters,
  component: lazyPage(() => import('../features/clusters/clusters-page.tsx'), 'ClustersPage'),
})

const project = createRoute({
  getParentRoute: () => shell,
  path: patterns.project,
  component: lazyPage(() => import('../features/deployments/project-layout.tsx'), 'ProjectLayout'),
})

const projectIndex = createRoute({
  getParentRoute: () => project,
  path: '/',
  beforeLoad: ({ params }) => {
    const { workspace, project: name } = params as { workspace: string; project: string }
    throw redirect({ to: paths.deployments({ workspace, project: name }), search: true })
  },
})

const repositories = createRoute({
  getParentRoute: () => project,
  path: patterns.repositories,
  component: lazyPage(() => import('../features/repositories/repositories-page.tsx'), 'RepositoriesPage'),
})

const deployments = createRoute({
  getParentRoute: () => project,
  path: patterns.deployments,
  component: lazyPage(() => import('../features/deployments/list/deployments-page.tsx'), 'DeploymentsPage'),
})

const newDeployment = createRoute({
  getParentRoute: () => project,
  path: patterns.newDeployment,
  component: lazyPage(() => import('../features/deployments/wizard/wizard-page.tsx'), 'WizardPage'),
})

const deployment = createRoute({
  getParentRoute: () => project,
  path: patterns.deployment,
  component: lazyPage(() => import('../features/deployments/detail/detail-layout.tsx'), 'DetailLayout'),
})

const deploymentIndex = createRoute({
  getParentRoute: () => deployment,
  path: '/',
  beforeLoad: ({ params }) => {
    const {
      workspace,
      project: name,
      ...rest
    } = params as { workspace: string; project: string; name: string }
    throw redirect({
      to: paths.deployment({ workspace, project: name }, rest.name),
      search: true,
      replace: true,
    })
  },
})

const tabComponents = {
  resources: lazyPage(() => import('../features/deployments/detail/resources-tab.tsx'), 'ResourcesTab'),
  diff: lazyPage(() => import('../features/deployments/detail/diff-tab.tsx'), 'DiffTab'),
  timeline: lazyPage(() => import('../features/deployments/detail/timeline-tab.tsx'), 'TimelineTab'),
  settings: lazyPage(() => import('../features/deployments/detail/settings-tab.tsx'), 'SettingsTab'),
  yaml: lazyPage(() => import('../features/deployments/detail/yaml-tab.tsx'), 'YamlTab'),
}

const tabs = deploymentTabs.map((tab) =>
  createRoute({ getParentRoute: () => deployment, path: `/${tab}`, component: tabComponents[tab] }),
)

const tree = root.addChildren([
  login,
  shell.addChildren([
    overview,
    allProjects,
    workspaceProjects,
    workspaces,
    clusters,
    project.addChildren([
      projectIndex,
      repositories,
      deployments,
      newDeployment,
      deployment.addChildren([deploymentIndex, ...tabs]),
    ]),
  ]),
])

export const router = createRouter({
  routeTree: tree,
  // Plain `?key=value` addresses that people can read and type; every value is a text.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString()
    return text === '' ? '' : `?${text}`
  },
  defaultErrorComponent: PageFailed,
  defaultPreload: 'intent',
  defaultPendingMs: 400,
})

whenSessionIsLost(() => {
  queryClient.removeQueries({ queryKey: sessionQuery.queryKey })
  const { href, pathname } = router.state.location
  if (pathname !== paths.login) void router.navigate({ to: paths.login, search: { next: href } })
})
