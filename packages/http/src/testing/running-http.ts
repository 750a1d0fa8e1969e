import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, controlNamespace, type PlanView } from '@driftless/api'
import { customResourceDefinitions } from '@driftless/api/schemas'
import { selfTrackingOf } from '@driftless/engine'
import { type ClusterConfig, createInformer, createLiveCache, type KubeClient } from '@driftless/kube'
import type { ClusterConnection } from '@driftless/planner'
import type { SourceService } from '@driftless/source'
import { ensureAdmin, hashPassword, bootstrapRoles, startHttp, systemIdentities } from '../index.ts'
import type { HttpInformers, HttpOptions } from '../options.ts'

export const adminPassword = 'correct horse battery'

export interface RunningHttp {
  url: string
  client: KubeClient
  /** How to reach the control cluster. */
  config: ClusterConfig
  gitRoot: string
  informers: HttpInformers
  /** Messages of the log. */
  logged: string[]
  testkit: Testkit
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** A bearer token of a person, who is made when needed. */
  tokenOf(name: string): Promise<string>
  bindRole(input: { user: string; namespace: string; role: string }): Promise<void>
  close(): Promise<void>
}

/** `@driftless/testkit`, which only tests may import; handed in by them. */
interface Testkit {
  startCluster(options: {
    server: { simulate: boolean }
  }): Promise<{ client: KubeClient; config: ClusterConfig; close(): Promise<void> }>
  waitFor(condition: () => boolean, options: { what: string }): Promise<unknown>
}

/** The HTTP server on the embedded API server, with the roles, CRDs and informers of the real one. */
export async function startRunningHttp(
  testkit: Testkit,
  change: Partial<HttpOptions> = {},
): Promise<RunningHttp> {
  const stop = new AbortController()
  const cluster = await testkit.startCluster({ server: { simulate: false } })
  const { client } = cluster
  await prepare(client)
  await ensureAdmin(client, { password: adminPassword })
  const informers = startInformers(client, stop.signal)
  const live = createLiveCache(client, {
    signal: stop.signal,
    trackingOf: selfTrackingOf,
    onChange: () => undefined,
  })
  await Promise.all([...Object.values(informers).map((informer) => informer.ready), live.ready])
  const gitRoot = await mkdtemp(join(tmpdir(), 'driftless-http-'))
  const logged: string[] = []
  const http = await startHttp({
    listen: { host: '127.0.0.1', port: 0 },
    control: client,
    systemClient: (identity) => client.as(systemIdentities[identity]),
    informers,
    clusters: oneCluster({ name: 'in-cluster', server: 'https://kubernetes.default.svc', client, live }),
    source: scriptedSource(),
    planner: {
      plan: async () => emptyPlan,
      renderLocal: async () => [],
      commitsOf: async () => ({}),
      actions: { list: async () => [], run: async () => [] },
    },
    gitRoot,
    version: '0.0.0-test',
    embedded: true,
    log: {
      info: (message) => logged.push(message),
      warn: (message, fields) => logged.push(`${message} ${JSON.stringify(fields)}`),
      error: (message, fields) => logged.push(`${message} ${JSON.stringify(fields)}`),
    },
    signal: stop.signal,
    ...change,
  })
  const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(http.url + path, init)
  return {
    url: http.url,
    client,
    config: cluster.config,
    gitRoot,
    informers,
    logged,
    testkit,
    fetch: ask,
    tokenOf: (name) => tokenOf({ client, informers, ask, testkit }, name),
    bindRole: (input) => bindRole(client, input),
    async close() {
      stop.abort()
      await http.close()
      await cluster.close()
      await rm(gitRoot, { recursive: true, force: true })
    },
  }
}

function oneCluster(connection: ClusterConnection): HttpOptions['clusters'] {
  const { name, server } = connection
  return {
    get: (wanted) => (wanted === name ? connection : undefined),
    find: (destination) =>
      destination.name === name || destination.server === server ? connection : undefined,
    list: () => [{ name, server, embedded: true, state: 'Connected', message: '', version: '' }],
  }
}

async function prepare(client: KubeClient): Promise<void> {
  const manager = 'test'
  for (const crd of customResourceDefinitions()) await client.apply(crd, { manager })
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: controlNamespace } }
  await client.apply(namespace, { manager })
  for (const role of bootstrapRoles()) await client.apply(role, { manager })
  client.discovery.invalidate()
}

function startInformers(client: KubeClient, signal: AbortSignal): HttpInformers {
  const argo = (kind: string) =>
    createInformer(client, { apiVersion: 'argoproj.io/v1alpha1', kind }, { signal })
  const own = (kind: string) =>
    createInformer(client, { apiVersion: 'driftless.dev/v1alpha1', kind }, { signal })
  return {
    applications: argo('Application'),
    projects: argo('AppProject'),
    devopsProjects: own('DevOpsProject'),
    workspaces: own('Workspace'),
    repositories: own('GitRepository'),
    clusters: own('Cluster'),
    users: own('User'),
    namespaces: createInformer(client, { apiVersion: 'v1', kind: 'Namespace' }, { signal }),
  }
}

const emptyPlan: PlanView = {
  hash: 'hash',
  revision: '1'.repeat(40),
  revisions: ['1'.repeat(40)],
  revisionSubject: 'subject',
  prunePropagationPolicy: 'Foreground',
  resources: [],
  counts: { create: 0, update: 0, prune: 0, replace: 0, unchanged: 0, hook: 0 },
  warnings: [],
}

/** Answers as a repository with one branch; the real service has tests of its own. */
function scriptedSource(): SourceService {
  const revision = '2'.repeat(40)
  const refused = (): Promise<never> => Promise.reject(new AppError('InternalError', 'not part of this test'))
  return {
    resolve: async () => ({ revision, ref: 'refs/heads/main', followsBranch: true }),
    refs: async () => ({ defaultBranch: 'main', branches: [{ name: 'main', revision }], tags: [] }),
    test: async ({ password }) =>
      password === 'wrong'
        ? { ok: false, field: 'credentials', message: 'The credentials were refused.' }
        : { ok: true, defaultBranch: 'main' },
    ensure: async () => undefined,
    commit: refused,
    commitLines: async () => new Map(),
    directories: async () => [{ path: 'hello', type: 'Directory' }],
    renderKey: refused,
    render: refused,
    invalidate: () => undefined,
    close: async () => undefined,
  }
}

interface Asking {
  testkit: Testkit
  client: KubeClient
  informers: HttpInformers
  ask: (path: string, init?: RequestInit) => Promise<Response>
}

async function tokenOf({ client, informers, ask, testkit }: Asking, name: string): Promise<string> {
  const password = name === 'admin' ? adminPassword : `password of ${name}`
  if (informers.users.get('', name) === undefined) {
    const hash = Buffer.from(await hashPassword(password)).toString('base64')
    await client.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `driftless-user-${name}`, namespace: controlNamespace },
      data: { hash },
    })
    await client.create({ apiVersion: 'driftless.dev/v1alpha1', kind: 'User', metadata: { name }, spec: {} })
    await testkit.waitFor(() => informers.users.get('', name) !== undefined, { what: `user ${name}` })
  }
  const answer = await ask('/api/v1/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: name, password, token: true }),
  })
  const { token } = (await answer.json()) as { token?: string }
  if (token === undefined) throw new Error(`login of ${name} answered ${answer.status}`)
  return token
}

async function bindRole(
  client: KubeClient,
  input: { user: string; namespace: string; role: string },
): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io'
  await client.create({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: `${input.user}-${input.role}`, namespace: input.namespace },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: input.role },
    subjects: [{ apiGroup: rbac, kind: 'User', name: `driftless:${input.user}` }],
  })
}

/** A DevOps project with its namespace and AppProject, as the controller makes them. */
export async function createProject(running: RunningHttp, name: string, workspace = 'team'): Promise<void> {
  const { client, informers, testkit } = running
  if (informers.workspaces.get('', workspace) === undefined) {
    await client.apply(
      { apiVersion: 'driftless.dev/v1alpha1', kind: 'Workspace', metadata: { name: workspace }, spec: {} },
      { manager: 'test' },
    )
  }
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  await client.create({
    apiVersion: 'driftless.dev/v1alpha1',
    kind: 'DevOpsProject',
    metadata: { name },
    spec: { workspace },
  })
  await client.create({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name, namespace: controlNamespace },
    spec: {
      sourceRepos: ['*'],
      destinations: [
        { name: 'in-cluster', namespace: '*' },
        { name: 'in-cluster', namespace: '!kube-*' },
      ],
      sourceNamespaces: [name],
    },
  })
  await testkit.waitFor(
    () =>
      informers.projects.get(controlNamespace, name) !== undefined &&
      informers.devopsProjects.get('', name) !== undefined &&
      informers.workspaces.get('', workspace) !== undefined,
    { what: `project ${name} in the informers` },
  )
}

/** The body that creates an application. */
export function applicationBody(name: string, change: object = {}) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name },
    spec: {
      source: { repoURL: 'https://git.example/team/app.git', path: 'hello', targetRevision: 'main' },
      destination: { name: 'in-cluster', namespace: 'hello' },
      ...change,
    },
  }
}

export function bearer(token: string, body?: unknown): RequestInit {
  return {
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  }
}
