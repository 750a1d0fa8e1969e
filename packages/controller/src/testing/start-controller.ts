import { setMaxListeners } from 'node:events'
import { type Application, type AppProject, isCompleted } from '@driftless/api'
import { customResourceDefinitions } from '@driftless/api/schemas'
import type { KubeObject } from '@driftless/apimachinery'
import { selfTrackingOf } from '@driftless/engine'
import { createInformer, createLiveCache, type KubeClient, type LiveChange } from '@driftless/kube'
import { type ClusterConnection, createPlanner, parseSettings } from '@driftless/planner'
import type { SourceService } from '@driftless/source'
import { startCluster, waitFor } from '@driftless/testkit'
import type { ApplicationControllerOptions } from '../application/controller-options.ts'
import { startApplicationController } from '../application/application-controller.ts'
import { createMemorySource, type MemorySource } from './memory-source.ts'

const controlNamespace = 'driftless-system'
const ref = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: controlNamespace }

export interface TestController {
  client: KubeClient
  source: MemorySource
  /** Creates or changes an Application of the control namespace; deploys to `default`. */
  apply(name: string, more?: { spec?: object; annotations?: Record<string, string> }): Promise<void>
  patch(name: string, body: object): Promise<void>
  read(name: string): Promise<Application>
  project(spec: Partial<AppProject['spec']>): Promise<void>
  /** Data of `argocd-cm`. */
  settings(data: Record<string, string>): Promise<void>
  /** A commit that changes what the application reads, and everybody looks. */
  push(name: string, manifests: KubeObject[]): Promise<string>
  until(name: string, what: string, condition: (application: Application) => boolean): Promise<Application>
  /** Waits for the end of an operation that began with `operation`. */
  sync(name: string, operation: NonNullable<Application['operation']>): Promise<Application>
  stop(): Promise<void>
}

/** The application controller on an embedded API server, with a repository in memory. */
export async function startController(
  more: Partial<ApplicationControllerOptions> = {},
): Promise<TestController> {
  const abort = new AbortController()
  setMaxListeners(0, abort.signal)
  const cluster = await startCluster()
  const { client } = cluster
  await prepare(client)
  const { signal } = abort
  const follow = (kind: string, apiVersion = ref.apiVersion, labelSelector = '') =>
    createInformer(
      client,
      { apiVersion, kind, ...(labelSelector === '' ? {} : { labelSelector }) },
      { signal },
    )
  const informers = {
    applications: follow('Application'),
    projects: follow('AppProject'),
    repositories: follow('GitRepository', 'driftless.dev/v1alpha1'),
    namespaces: follow('Namespace', 'v1'),
    pushes: follow('ConfigMap', 'v1', 'driftless.dev/push=true'),
    settings: follow('ConfigMap', 'v1', 'driftless.dev/settings=true'),
  }
  await Promise.all(Object.values(informers).map((informer) => informer.ready))
  const changes: { live(change: LiveChange): void } = { live: () => undefined }
  const live = createLiveCache(client, {
    signal,
    trackingOf: selfTrackingOf,
    onChange: (change) => changes.live(change),
  })
  const connection: ClusterConnection = {
    name: 'in-cluster',
    server: 'https://kubernetes.default.svc',
    client,
    live,
  }
  const clusters = {
    get: () => connection,
    find: ({ name }: { name?: string }) => (name === 'in-cluster' ? connection : undefined),
    list: () => [],
  }
  const memory = createMemorySource()
  const source = memory as unknown as SourceService
  const accessFor = (_namespace: string, url: string) => Promise.resolve({ url })
  const planner = createPlanner({
    source,
    clusters: clusters as never,
    controlNamespace,
    findProject: (name) => informers.projects.get(controlNamespace, name) as never,
    accessFor,
    workspaceOf: () => undefined,
    settings: () =>
      parseSettings(
        informers.settings.get(controlNamespace, 'argocd-cm')?.['data'] as Record<string, string>,
      ),
  })
  const quiet = () => undefined
  const controller = startApplicationController({
    client,
    controlNamespace,
    informers,
    clusters: clusters as never,
    planner,
    source,
    accessFor,
    now: () => new Date(),
    signal,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet } as never,
    ...more,
  })
  changes.live = (change) => controller.onLiveChange('in-cluster', change)
  const read = async (name: string) => (await client.get({ ...ref, name })) as unknown as Application
  const until: TestController['until'] = (name, what, condition) =>
    waitFor(
      async () => {
        const application = await read(name)
        if (condition(application)) return application
        const { sync, health, conditions, operationState } = application.status ?? {}
        throw new Error(JSON.stringify({ sync, health, conditions, operationState }))
      },
      { what, timeoutMs: 20_000 },
    )
  const patch = async (name: string, body: object) => {
    await client.patch({ ...ref, name }, { type: 'merge', body })
  }
  return {
    client,
    source: memory,
    read,
    patch,
    until,
    apply: async (name, { spec = {}, annotations = {} } = {}) => {
      await client.apply(applicationOf(name, spec, annotations), { manager: 'test', force: true })
    },
    project: async (spec) => {
      await client.patch({ ...ref, kind: 'AppProject', name: 'default' }, { type: 'merge', body: { spec } })
    },
    settings: async (data) => {
      await client.apply(
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: {
            name: 'argocd-cm',
            namespace: controlNamespace,
            labels: { 'driftless.dev/settings': 'true' },
          },
          data,
        },
        { manager: 'test', force: true },
      )
    },
    push: async (name, manifests) => {
      const revision = memory.push(name, manifests)
      await client.apply(
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: {
            name: 'pushed',
            namespace: controlNamespace,
            labels: { 'driftless.dev/push': 'true' },
          },
          data: { url: 'https://example.org/shop.git', revision },
        },
        { manager: 'test', force: true },
      )
      return revision
    },
    sync: async (name, operation) => {
      const before = (await read(name)).status?.operationState?.startedAt
      await patch(name, { operation })
      return until(name, `a sync of ${name}`, ({ status }) => {
        const state = status?.operationState
        return state !== undefined && state.startedAt !== before && isCompleted(state.phase)
      })
    },
    stop: async () => {
      abort.abort()
      await controller.finished
      await cluster.close()
    },
  }
}

function applicationOf(name: string, spec: object, annotations: Record<string, string>): KubeObject {
  return {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name, namespace: controlNamespace, annotations },
    spec: {
      project: 'default',
      source: { repoURL: 'https://example.org/shop.git', path: name },
      destination: { name: 'in-cluster', namespace: 'default' },
      ...spec,
    },
  }
}

async function prepare(client: KubeClient): Promise<void> {
  for (const crd of customResourceDefinitions()) {
    await client.apply(crd as unknown as KubeObject, { manager: 'test', force: true })
  }
  await client.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: controlNamespace } },
    { manager: 'test', force: true },
  )
  client.discovery.invalidate()
  const project = {
    apiVersion: ref.apiVersion,
    kind: 'AppProject',
    metadata: { name: 'default', namespace: controlNamespace },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ server: '*', namespace: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  }
  await waitFor(async () => (await client.apply(project, { manager: 'test', force: true })) !== undefined, {
    what: 'the definition of AppProject',
  })
}
