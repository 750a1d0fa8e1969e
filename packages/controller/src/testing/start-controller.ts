import { setMaxListeners } from 'node:events'
import { type Application, type AppProject, isCompleted } from '@driftless/api'
import { customResourceDefinitions } from '@driftless/api/schemas'
import type { KubeObject } from '@driftless/apimachinery'
import { selfTrackingOf } from '@driftless/engine'
import { createInformer, createLiveCache, type Informer, type KubeClient } from '@driftless/kube'
import { type ClusterRegistry, createPlanner, parseSettings } from '@driftless/planner'
import type { SourceService } from '@driftless/source'
import { openCluster, waitFor } from '@driftless/testkit'
import type { ApplicationControllerOptions } from '../application/controller-options.ts'
import {
  type ApplicationController,
  startApplicationController,
} from '../application/application-controller.ts'
import { createMemorySource, type MemorySource } from './memory-source.ts'

const argo = 'argoproj.io/v1alpha1'

export interface TestController {
  client: KubeClient
  source: MemorySource
  /** Where the Applications and the settings are. */
  controlNamespace: string
  /** Where the Applications deploy to. */
  namespace: string
  /** Another namespace of this suite, with nothing in it. */
  otherNamespace: string
  /** How far the controller's clock is ahead, milliseconds. */
  clock: { aheadMs: number }
  /** Creates or changes an Application of the control namespace. */
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

interface Places {
  controlNamespace: string
  namespace: string
  otherNamespace: string
}

interface Parts {
  client: KubeClient
  memory: MemorySource
  places: Places
  clock: TestController['clock']
  informers: ApplicationControllerOptions['informers']
  stop(): Promise<void>
}

/**
 * The application controller with a repository in memory, on the cluster that this run is about. It sees nothing but the
 * namespaces of this suite.
 */
export async function startController(): Promise<TestController> {
  const cluster = await openCluster()
  const { client } = cluster
  await installDefinitions(client)
  const [controlNamespace, namespace, otherNamespace] = await Promise.all([
    cluster.createNamespace('control'),
    cluster.createNamespace('target'),
    cluster.createNamespace('other'),
  ])
  const places = { controlNamespace, namespace, otherNamespace }
  await createDefaultProject(client, controlNamespace)
  const abort = new AbortController()
  setMaxListeners(0, abort.signal)
  const informers = follow(client, controlNamespace, abort.signal)
  await Promise.all(Object.values(informers).map((informer) => informer.ready))
  const memory = createMemorySource()
  const clock = { aheadMs: 0 }
  const controller = run({ client, informers, memory, places, clock, signal: abort.signal })
  return handles({
    client,
    memory,
    places,
    clock,
    informers,
    stop: async () => {
      abort.abort()
      await controller.finished
      await cluster.close()
    },
  })
}

function follow(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): ApplicationControllerOptions['informers'] {
  const configMaps = (labelSelector: string) =>
    createInformer(client, { apiVersion: 'v1', kind: 'ConfigMap', namespace, labelSelector }, { signal })
  const own = { apiVersion: 'driftless.dev/v1alpha1', namespace }
  return {
    applications: createInformer(client, { apiVersion: argo, kind: 'Application', namespace }, { signal }),
    projects: createInformer(client, { apiVersion: argo, kind: 'AppProject', namespace }, { signal }),
    repositories: createInformer(client, { ...own, kind: 'GitRepository' }, { signal }),
    namespaces: createInformer(client, { apiVersion: 'v1', kind: 'Namespace' }, { signal }),
    pushes: configMaps('driftless.dev/push=true'),
    settings: configMaps('driftless.dev/settings=true'),
  }
}

interface RunInput {
  client: KubeClient
  informers: ApplicationControllerOptions['informers']
  memory: MemorySource
  places: Places
  clock: TestController['clock']
  signal: AbortSignal
}

function run({ client, informers, memory, places, clock, signal }: RunInput): ApplicationController {
  const { controlNamespace } = places
  let controller: ApplicationController | undefined
  const live = createLiveCache(client, {
    signal,
    trackingOf: (object) => (isOurs(object, places) ? selfTrackingOf(object) : undefined),
    onChange: (change) => controller?.onLiveChange('in-cluster', change),
    onKindRead: (kind, version) => controller?.onKindRead('in-cluster', kind, version),
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
  controller = startApplicationController({
    ...shared,
    client,
    informers,
    signal,
    planner: createPlanner({
      ...shared,
      findProject: (name) =>
        informers.projects.get(controlNamespace, name) as unknown as AppProject | undefined,
      findApplication: (home, name) =>
        informers.applications.get(home, name) as unknown as Application | undefined,
      workspaceOf: () => undefined,
      settings: () => parseSettings(dataOf(informers.settings.get(controlNamespace, 'argocd-cm'))),
    }),
    now: () => new Date(Date.now() + clock.aheadMs),
    log: { debug: quiet, info: quiet, warn: quiet },
  })
  return controller
}

/** Applications of other suites, or of others on a cluster that is not ours alone, may have the names that ours have. */
function isOurs({ metadata }: KubeObject, { namespace, otherNamespace }: Places): boolean {
  const home = metadata.namespace
  // What lies in no namespace has a name made of ours.
  return home === undefined
    ? metadata.name.includes(namespace)
    : home === namespace || home === otherNamespace
}

function dataOf(object: KubeObject | undefined): Record<string, string> {
  return (object?.['data'] ?? {}) as Record<string, string>
}

function handles({ client, memory, places, clock, informers, stop }: Parts): TestController {
  const { controlNamespace } = places
  const ref = { apiVersion: argo, kind: 'Application', namespace: controlNamespace }
  const apply = (object: KubeObject) => client.apply(object, { manager: 'test', force: true })
  const patch = (kind: string, name: string, body: object) =>
    client.patch({ ...ref, kind, name }, { type: 'merge', body })
  /** The controller acts on what its informer holds. */
  const seen = (informer: Informer, { kind, metadata }: KubeObject) =>
    waitFor(
      () =>
        informer.get(controlNamespace, metadata.name)?.metadata.resourceVersion === metadata.resourceVersion,
      { what: `the controller to see the ${kind}` },
    )
  const read = async (name: string) => (await client.get({ ...ref, name })) as unknown as Application
  const until: TestController['until'] = (name, what, condition) =>
    waitFor(
      async () => {
        const application = await read(name)
        if (condition(application)) return application
        const { sync, health, conditions, operationState, resources } = application.status ?? {}
        throw new Error(JSON.stringify({ sync, health, conditions, operationState, resources }))
      },
      { what, timeoutMs: 60_000 },
    )
  const configMapOf = (name: string, label: string, data: Record<string, string>): KubeObject => {
    const metadata = { name, namespace: controlNamespace, labels: { [`driftless.dev/${label}`]: 'true' } }
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }
  }
  return {
    ...places,
    client,
    clock,
    source: memory,
    read,
    until,
    stop,
    patch: async (name, body) => {
      await patch('Application', name, body)
    },
    project: async (spec) => {
      await seen(informers.projects, await patch('AppProject', 'default', { spec }))
    },
    apply: async (name, { spec = {}, annotations = {} } = {}) => {
      await apply(applicationOf(places, { name, spec, annotations }))
    },
    settings: async (data) => {
      await seen(informers.settings, await apply(configMapOf('argocd-cm', 'settings', data)))
    },
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

interface ApplicationInput {
  name: string
  spec: object
  annotations: Record<string, string>
}

function applicationOf(places: Places, { name, spec, annotations }: ApplicationInput): KubeObject {
  return {
    apiVersion: argo,
    kind: 'Application',
    metadata: { name, namespace: places.controlNamespace, annotations },
    spec: {
      project: 'default',
      source: { repoURL: 'https://example.org/shop.git', path: name },
      destination: { name: 'in-cluster', namespace: places.namespace },
      ...spec,
    },
  }
}

/** A real cluster may have them already, and another install's are left as they are. */
async function installDefinitions(client: KubeClient): Promise<void> {
  for (const definition of customResourceDefinitions()) {
    const { apiVersion, kind, metadata } = definition
    if ((await client.find({ apiVersion, kind, name: metadata.name })) !== undefined) continue
    await client.apply(definition, { manager: 'test', force: true })
  }
  client.discovery.invalidate()
}

async function createDefaultProject(client: KubeClient, namespace: string): Promise<void> {
  const project = {
    apiVersion: argo,
    kind: 'AppProject',
    metadata: { name: 'default', namespace },
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
