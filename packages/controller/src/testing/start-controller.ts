import { setMaxListeners } from 'node:events'
import { type Application, type AppProject, isCompleted } from '@driftless/api'
import { customResourceDefinitions } from '@driftless/api/schemas'
import type { KubeObject } from '@driftless/apimachinery'
import { selfTrackingOf } from '@driftless/engine'
import { createInformer, createLiveCache, type KubeClient, type LiveChange } from '@driftless/kube'
import { type ClusterRegistry, createPlanner, parseSettings } from '@driftless/planner'
import type { SourceService } from '@driftless/source'
import { startCluster, waitFor } from '@driftless/testkit'
import type { ApplicationControllerOptions } from '../application/controller-options.ts'
import {
  type ApplicationController,
  startApplicationController,
} from '../application/application-controller.ts'
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

interface Parts {
  client: KubeClient
  memory: MemorySource
  stop(): Promise<void>
}

/** The application controller on an embedded API server, with a repository in memory. */
export async function startController(): Promise<TestController> {
  const cluster = await startCluster()
  await prepare(cluster.client)
  const abort = new AbortController()
  setMaxListeners(0, abort.signal)
  const informers = follow(cluster.client, abort.signal)
  await Promise.all(Object.values(informers).map((informer) => informer.ready))
  const memory = createMemorySource()
  const controller = run({ client: cluster.client, informers, memory, signal: abort.signal })
  return handles({
    client: cluster.client,
    memory,
    stop: async () => {
      abort.abort()
      await controller.finished
      await cluster.close()
    },
  })
}

function follow(client: KubeClient, signal: AbortSignal): ApplicationControllerOptions['informers'] {
  const argo = { apiVersion: ref.apiVersion }
  const configMaps = (labelSelector: string) =>
    createInformer(client, { apiVersion: 'v1', kind: 'ConfigMap', labelSelector }, { signal })
  return {
    applications: createInformer(client, { ...argo, kind: 'Application' }, { signal }),
    projects: createInformer(client, { ...argo, kind: 'AppProject' }, { signal }),
    repositories: createInformer(
      client,
      { apiVersion: 'driftless.dev/v1alpha1', kind: 'GitRepository' },
      { signal },
    ),
    namespaces: createInformer(client, { apiVersion: 'v1', kind: 'Namespace' }, { signal }),
    pushes: configMaps('driftless.dev/push=true'),
    settings: configMaps('driftless.dev/settings=true'),
  }
}

interface RunInput {
  client: KubeClient
  informers: ApplicationControllerOptions['informers']
  memory: MemorySource
  signal: AbortSignal
}

function run({ client, informers, memory, signal }: RunInput): ApplicationController {
  const changes: { live(change: LiveChange): void } = { live: () => undefined }
  const live = createLiveCache(client, {
    signal,
    trackingOf: selfTrackingOf,
    onChange: (change) => changes.live(change),
  })
  const connection = { name: 'in-cluster', server: 'https://kubernetes.default.svc', client, live }
  const clusters: ClusterRegistry = {
    get: () => connection,
    find: ({ name }) => (name === 'in-cluster' ? connection : undefined),
    list: () => [],
  }
  // Only what the controller and the planner ask for.
  const source = memory as unknown as SourceService
  const shared = {
    clusters,
    controlNamespace,
    source,
    accessFor: (_namespace: string, url: string) => Promise.resolve({ url }),
  }
  const quiet = () => undefined
  const controller = startApplicationController({
    ...shared,
    client,
    informers,
    signal,
    planner: createPlanner({
      ...shared,
      findProject: (name) =>
        informers.projects.get(controlNamespace, name) as unknown as AppProject | undefined,
      workspaceOf: () => undefined,
      settings: () => parseSettings(dataOf(informers.settings.get(controlNamespace, 'argocd-cm'))),
    }),
    now: () => new Date(),
    log: { debug: quiet, info: quiet, warn: quiet },
  })
  changes.live = (change) => controller.onLiveChange('in-cluster', change)
  return controller
}

function dataOf(object: KubeObject | undefined): Record<string, string> {
  return (object?.['data'] ?? {}) as Record<string, string>
}

function handles({ client, memory, stop }: Parts): TestController {
  const apply = async (object: KubeObject) => {
    await client.apply(object, { manager: 'test', force: true })
  }
  const patch = async (kind: string, name: string, body: object) => {
    await client.patch({ ...ref, kind, name }, { type: 'merge', body })
  }
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
  return {
    client,
    source: memory,
    read,
    until,
    stop,
    patch: (name, body) => patch('Application', name, body),
    project: (spec) => patch('AppProject', 'default', { spec }),
    apply: (name, { spec = {}, annotations = {} } = {}) => apply(applicationOf(name, spec, annotations)),
    settings: (data) => apply(configMapOf('argocd-cm', 'settings', data)),
    push: async (name, manifests) => {
      const revision = memory.push(name, manifests)
      await apply(configMapOf('pushed', 'push', { url: 'https://example.org/shop.git', revision }))
      return revision
    },
    sync: async (name, operation) => {
      const before = (await read(name)).status?.operationState?.startedAt
      await patch('Application', name, { operation })
      return until(name, `a sync of ${name}`, ({ status }) => {
        const state = status?.operationState
        return state !== undefined && state.startedAt !== before && isCompleted(state.phase)
      })
    },
  }
}

function configMapOf(name: string, label: string, data: Record<string, string>): KubeObject {
  const labels = { [`driftless.dev/${label}`]: 'true' }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: controlNamespace, labels },
    data,
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
    await client.apply(crd, { manager: 'test', force: true })
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
