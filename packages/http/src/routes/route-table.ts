import { createApplication } from './applications/create-application.ts'
import { deleteApplication } from './applications/delete-application.ts'
import { getApplication } from './applications/get-application.ts'
import { listAllApplications } from './applications/list-all-applications.ts'
import { listApplications } from './applications/list-applications.ts'
import { patchApplication } from './applications/patch-application.ts'
import { planApplication } from './applications/plan-application.ts'
import { planDraft } from './applications/plan-draft.ts'
import { planOptionsOfApplication } from './applications/plan-options-of-application.ts'
import { refreshApplication } from './applications/refresh-application.ts'
import { replaceApplication } from './applications/replace-application.ts'
import { rollbackApplication } from './applications/rollback-application.ts'
import { streamApplications } from './applications/stream-applications.ts'
import { syncApplication } from './applications/sync-application.ts'
import { terminateOperation } from './applications/terminate-operation.ts'
import { addCluster } from './clusters/add-cluster.ts'
import { listClusters } from './clusters/list-clusters.ts'
import { listNamespaces } from './clusters/list-namespaces.ts'
import { getLogs } from './live/get-logs.ts'
import { listActions } from './live/list-actions.ts'
import { runAction } from './live/run-action.ts'
import { getResource } from './live/get-resource.ts'
import { getResourceTree } from './live/get-resource-tree.ts'
import { deleteRepository } from './repositories/delete-repository.ts'
import { importRepository } from './repositories/import-repository.ts'
import { listDirectories } from './repositories/list-directories.ts'
import { listRefs } from './repositories/list-refs.ts'
import { listRepositories } from './repositories/list-repositories.ts'
import { testRepository } from './repositories/test-repository.ts'
import type { Route } from './route.ts'
import { getKubeconfig } from './session/get-kubeconfig.ts'
import { getSession } from './session/get-session.ts'
import { login } from './session/login.ts'
import { logout } from './session/logout.ts'
import { createDevopsProject } from './tenancy/create-devops-project.ts'
import { createWorkspace } from './tenancy/create-workspace.ts'
import { getDevopsProject } from './tenancy/get-devops-project.ts'
import { listDevopsProjects } from './tenancy/list-devops-projects.ts'
import { listWorkspaceProjects } from './tenancy/list-workspace-projects.ts'
import { listWorkspaces } from './tenancy/list-workspaces.ts'

/** Everything under `/api/v1`. */
export const routes: readonly Route[] = [
  login,
  logout,
  getSession,
  getKubeconfig,
  listWorkspaces,
  createWorkspace,
  listWorkspaceProjects,
  createDevopsProject,
  listDevopsProjects,
  getDevopsProject,
  listApplications,
  createApplication,
  planDraft,
  planOptionsOfApplication,
  getApplication,
  replaceApplication,
  patchApplication,
  deleteApplication,
  syncApplication,
  refreshApplication,
  rollbackApplication,
  terminateOperation,
  planApplication,
  getResourceTree,
  getResource,
  listActions,
  runAction,
  getLogs,
  listAllApplications,
  streamApplications,
  listRepositories,
  importRepository,
  testRepository,
  listRefs,
  listDirectories,
  deleteRepository,
  listClusters,
  addCluster,
  listNamespaces,
]
