/**
 * What the console and the CLI exchange with the server under `/api/v1`.
 * Objects of the Kubernetes API travel as they are; rows and views are made for lists and pages.
 */
import type { HealthStatusCode, OperationPhase, SyncStatusCode } from '../status.ts'
import type { Application } from '../application.ts'
import type { FieldError } from '../error.ts'

/** Body of every answer that is not 2xx. */
export interface ErrorBody {
  error: { code: string; message: string; fields?: FieldError[]; remedy?: string }
}

/** `GET /session`; `POST /login` answers it too (with `token` when `{ token: true }` was asked for, as the CLI does). */
export interface SessionView {
  user: { name: string; displayName: string; admin: boolean }
  version: string
  /** Address of the embedded Kubernetes API when there is one. */
  embedded: boolean
  token?: string
}

export interface LoginRequest {
  username: string
  password: string
  token?: boolean
}

/** `GET /workspaces` → `{ items }`. */
export interface WorkspaceView {
  name: string
  alias: string
  description: string
  devopsProjects: number
}

/** `GET /workspaces/:workspace/devops`, `GET /devops` (all that I may see) → `{ items }`; `POST /workspaces/:workspace/devops`. */
export interface DevOpsProjectView {
  name: string
  alias: string
  description: string
  workspace: string
  creator: string
  createdAt: string
  applications: number
  /** What the person may do here; `create` on applications and so on. */
  can: ProjectPermissions
}

export interface ProjectPermissions {
  createApplication: boolean
  updateApplication: boolean
  deleteApplication: boolean
  syncApplication: boolean
  createRepository: boolean
  deleteRepository: boolean
}

export interface CreateDevOpsProjectRequest {
  name: string
  alias?: string
  description?: string
}

/** `GET /devops/:project/repositories` → `{ items }`. */
export interface RepositoryView {
  name: string
  alias: string
  description: string
  url: string
  hasCredentials: boolean
  /** Result of the last contact. */
  connection: { state: 'Connected' | 'Failed' | 'Unknown'; message: string; checkedAt: string }
  applications: number
  createdAt: string
  creator: string
}

/** `POST /devops/:project/repositories`; `:test` with the same body answers `RepositoryTestResult`. */
export interface ImportRepositoryRequest {
  name: string
  alias?: string
  description?: string
  url: string
  /** Plain HTTP and self-signed certificates only when this is set. */
  insecure?: boolean
  credentials?: { username?: string; password?: string; sshPrivateKey?: string; sshKnownHosts?: string }
}

/** `POST /devops/:project/repositories:test`. `field` says which input caused the failure. */
export interface RepositoryTestResult {
  ok: boolean
  message: string
  field?: 'url' | 'credentials'
  defaultBranch?: string
}

/** `GET /devops/:project/repositories/:name/refs`. */
export interface RepositoryRefs {
  defaultBranch: string
  branches: { name: string; revision: string }[]
  tags: { name: string; revision: string }[]
}

/** `GET /devops/:project/repositories/:name/directories?revision=` → `{ items }`: folders that hold manifests, for the path field. */
export interface RepositoryDirectory {
  path: string
  type: 'Directory' | 'Kustomize' | 'Helm'
}

/** One line of the list `GET /devops/:project/applications` → `ApplicationList`, and of the event stream. */
export interface ApplicationRow {
  name: string
  /** The DevOps project, which is the namespace of the object. */
  project: string
  workspace: string
  uid: string
  resourceVersion: string
  alias: string
  description: string
  health: HealthStatusCode
  /** One sentence that says why, when it is not fine; otherwise empty. */
  reason: string
  sync: SyncStatusCode
  operationPhase: OperationPhase | ''
  automated: boolean
  repoURL: string
  path: string
  targetRevision: string
  revision: string
  /** First line of the commit message of `revision`, when known. */
  revisionSubject: string
  cluster: string
  namespace: string
  createdAt: string
  /** When something about it last changed in meaning (operation finished, state changed), RFC 3339; empty while unknown. */
  updatedAt: string
  deleting: boolean
}

export interface ApplicationList {
  items: ApplicationRow[]
  total: number
  /** Counts over everything that matches the search but not the state filters. */
  counts: { health: Record<string, number>; sync: Record<string, number> }
  /** Position of the event stream that continues this list. */
  cursor: string
}

/** Query of `GET /devops/:project/applications` and `GET /applications` (over all projects that I may see). */
export interface ApplicationQuery {
  search?: string
  health?: string
  sync?: string
  sort?: 'name' | 'updatedAt' | 'health'
  order?: 'asc' | 'desc'
  offset?: number
  /** Default 200, at most 1000. */
  limit?: number
}

/** `GET /devops/:project/applications/:name`. `POST` on the collection and `PUT` on the item take `Application`; `PATCH` takes a JSON merge patch. */
export interface ApplicationDetail {
  application: Application
  row: ApplicationRow
  can: ProjectPermissions
  /**
   * The commits that `status.sync`, `status.history` and `status.operationState` name, by commit id. Those that the
   * server does not hold any more are absent, and so are versions of charts.
   */
  commits: Record<string, CommitSummary>
}

/** One line each, without control characters, at most 200 characters. */
export interface CommitSummary {
  subject: string
  author: string
  /** When it was written, RFC 3339. */
  date: string
}

/** `POST /devops/:project/applications/:name/sync`. */
export interface SyncRequest {
  revision?: string
  prune?: boolean
  dryRun?: boolean
  /** Applies without hooks. */
  applyOnly?: boolean
  force?: boolean
  /** Replaces the application's own options when given. */
  syncOptions?: string[]
  resources?: { group: string; kind: string; namespace?: string; name: string }[]
  /** One for each source. */
  revisions?: string[]
  /** Hash of a plan: the sync is refused when it would do something else now. */
  plan?: string
  /** Deploys these files instead of the repository's. */
  local?: LocalFolder
}

/** `POST …/refresh`. */
export interface RefreshRequest {
  hard?: boolean
}

/** `POST …/rollback`: `id` of an entry of `status.history`. */
export interface RollbackRequest {
  id: number
  prune?: boolean
}

/** `GET …/resources` → `ResourceTree`. Roots are the managed resources; children hang on them by owner references. */
export interface ResourceNode {
  uid: string
  parentUid: string
  group: string
  version: string
  kind: string
  namespace: string
  name: string
  managed: boolean
  /** Empty for kinds without a health rule. */
  health: HealthStatusCode | ''
  healthMessage: string
  /** Only for managed resources. */
  sync: SyncStatusCode | ''
  requiresPruning: boolean
  hook: boolean
  createdAt: string
  images: string[]
  /** For pods `ready/total restarts`, for workloads `ready/desired`. */
  info: string
}

export interface ResourceTree {
  nodes: ResourceNode[]
}

/** One field that differs. Secret values are `***`. */
export interface FieldChange {
  path: string
  live?: unknown
  target?: unknown
  manager?: string
  changedAt?: string
}

/** A place in a live object that Git does not have. It is no drift: an apply leaves it. */
export interface FieldAddition {
  path: string
  /** Who put it there. */
  manager: string
  changedAt?: string
}

export type PlanAction = 'create' | 'update' | 'prune' | 'replace' | 'unchanged' | 'hook'

export interface PlannedResource {
  action: PlanAction
  group: string
  version: string
  kind: string
  namespace: string
  name: string
  phase: string
  wave: number
  changes: FieldChange[]
  /** Absent where nobody added anything. */
  additions?: FieldAddition[]
  /** YAML of both sides, secrets masked; empty where the side does not exist. */
  liveYaml: string
  targetYaml: string
  message: string
  /** Of an object that is pruned: what is deleted with it. */
  dependents: PlannedDependent[]
}

export interface PlannedDependent {
  group: string
  kind: string
  namespace: string
  name: string
}

/** Files of a folder on the asking person's machine, in the place of those of the repository; at most 12 MiB. */
export interface LocalFolder {
  /** Of the folder that the application deploys, in the repository's stead. */
  path: string
  /** Base64 by path. */
  files: Record<string, string>
}

/** What is to be planned; everything has a default. */
export interface PlanOptions {
  revision?: string
  /** One for each source. */
  revisions?: string[]
  /** Default true: what is no longer there is deleted. A sync that is bound to the plan has to say the same. */
  prune?: boolean
  local?: LocalFolder
}

/**
 * `POST /devops/:project/applications:plan` with an `Application` (need not exist), or `PlanOptions` with an `application`;
 * `GET …/:name/plan?revision=&prune=`; `POST …/:name/plan` with `PlanOptions`; the diff tab shows it too.
 */
export interface PlanView {
  /** Of everything that the sync would do; a sync can be bound to it. */
  hash: string
  revision: string
  /** One for each source. */
  revisions: string[]
  revisionSubject: string
  prunePropagationPolicy: 'Foreground' | 'Background' | 'Orphan'
  /** In the order in which they are done. */
  resources: PlannedResource[]
  counts: Record<PlanAction, number>
  warnings: string[]
}

/** `GET …/resource?group&version&kind&namespace&name`: one resource of the tree in detail. */
export interface ResourceDetail {
  liveYaml: string
  targetYaml: string
  changes: FieldChange[]
  additions?: FieldAddition[]
  events: { type: string; reason: string; message: string; count: number; lastSeen: string }[]
}

/**
 * `GET …/resource/actions?group&kind&namespace&name` → `{ items }`; `POST` the same with `{ action, parameters }` → `{ messages }`.
 * `disabled`: makes no sense now.
 */
export interface ResourceActionView {
  name: string
  disabled: boolean
  displayName: string
  parameters: { name: string; description: string; default?: string }[]
}

/** `GET …/logs?namespace&pod&container` → text/plain. */

/**
 * `POST /clusters` → `ClusterView`. What a kubeconfig says of one cluster, certificates and keys as PEM; the credentials
 * are kept in a Secret and never answered.
 */
export interface AddClusterRequest {
  name: string
  description?: string
  server: string
  caCert?: string
  insecureSkipVerify?: boolean
  serverName?: string
  proxyUrl?: string
  token?: string
  clientCert?: string
  clientKey?: string
  username?: string
  password?: string
  /** False adds a cluster that does not answer yet. */
  test?: boolean
}

/** `GET /clusters` → `{ items }`; `GET /clusters/:cluster/namespaces?project=` → `{ items: NamespaceView[] }`. */
export interface ClusterView {
  name: string
  server: string
  embedded: boolean
  state: 'Connected' | 'Failed' | 'Unknown'
  message: string
  version: string
}

export interface NamespaceView {
  name: string
  workspace: string
  /** False when it belongs to another workspace; `reason` then says so. */
  selectable: boolean
  reason: string
}

/**
 * `GET /stream?project=` (server-sent events). `event: application` carries `ApplicationEvent`; `event: hello` opens
 * the stream with `{ cursor }`; `event: ping` every 15 s. `Last-Event-ID` resumes; `event: reset` asks to list again.
 */
export type ApplicationEvent =
  | { type: 'ADDED' | 'MODIFIED'; row: ApplicationRow }
  | { type: 'DELETED'; row: Pick<ApplicationRow, 'name' | 'project' | 'uid'> }
