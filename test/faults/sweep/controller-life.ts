import { setMaxListeners } from 'node:events'
import type { Application, AppProject } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { selfTrackingOf } from '@driftless/engine'
import {
  type Clock,
  type ClusterConfig,
  createClient,
  createInformer,
  createLiveCache,
  type KubeClient,
} from '@driftless/kube'
import { type ClusterRegistry, createPlanner, parseSettings } from '@driftless/planner'
import type { SourceService } from '@driftless/source'
import {
  type ApplicationController,
  startApplicationController,
} from '../../../packages/controller/src/application/application-controller.ts'
import type { ApplicationControllerOptions } from '../../../packages/controller/src/application/controller-options.ts'
import type { MemorySource } from '../../../packages/controller/src/testing/memory-source.ts'
import type { FaultyWire } from './faulty-wire.ts'
import { followedResources } from './request-name.ts'

export interface LifeInput {
  config: ClusterConfig
  wire: FaultyWire
  clock: Clock
  source: MemorySource
  /** Of the Applications, and where they deploy to. */
  namespace: string
  signal: AbortSignal
  log(line: string): void
}

const argo = 'argoproj.io/v1alpha1'

/** One life of the application controller: with nothing but what the server has. */
export async function startLife(input: LifeInput): Promise<void> {
  const { config, wire, clock, signal } = input
  setMaxListeners(0, signal)
  const client = createClient(config, { wire, clock })
  const informers = follow(client, input)
  await Promise.all(Object.values(informers).map((informer) => informer.ready))
  if (signal.aborted) return
  run(input, client, informers)
}

function follow(
  client: KubeClient,
  { namespace, signal }: LifeInput,
): ApplicationControllerOptions['informers'] {
  const informer = (apiVersion: string, kind: string, labelSelector?: string) => {
    const selection = labelSelector === undefined ? {} : { labelSelector }
    return createInformer(client, { apiVersion, kind, namespace, ...selection }, { signal })
  }
  return {
    applications: informer(argo, 'Application'),
    projects: informer(argo, 'AppProject'),
    repositories: informer('driftless.dev/v1alpha1', 'GitRepository'),
    namespaces: createInformer(client, { apiVersion: 'v1', kind: 'Namespace' }, { signal }),
    pushes: informer('v1', 'ConfigMap', 'driftless.dev/push=true'),
    settings: informer('v1', 'ConfigMap', 'driftless.dev/settings=true'),
  }
}

function run(
  input: LifeInput,
  client: KubeClient,
  informers: ApplicationControllerOptions['informers'],
): void {
  const { namespace, signal, clock, log } = input
  let controller: ApplicationController | undefined
  const live = createLiveCache(client, {
    signal,
    trackingOf: selfTrackingOf,
    exclude: ({ resource }) => !followedResources.has(resource),
    onChange: (change) => controller?.onLiveChange('in-cluster', change),
    onKindRead: (kind, version) => controller?.onKindRead('in-cluster', kind, version),
  })
  const connection = { name: 'in-cluster', server: 'https://kubernetes.default.svc', client, live }
  const clusters: ClusterRegistry = {
    get: () => connection,
    find: ({ name }) => (name === 'in-cluster' ? connection : undefined),
    list: () => [],
  }
  const shared = {
    clusters,
    controlNamespace: namespace,
    // Only what the controller and the planner ask for.
    source: input.source as unknown as SourceService,
    accessFor: (_namespace: string, url: string) => Promise.resolve({ url }),
  }
  const say = (message: string, fields?: object): void => log(`${message} ${JSON.stringify(fields ?? {})}`)
  controller = startApplicationController({
    ...shared,
    client,
    informers,
    signal,
    planner: createPlanner({
      ...shared,
      findProject: (name) => informers.projects.get(namespace, name) as unknown as AppProject | undefined,
      findApplication: (home, name) =>
        informers.applications.get(home, name) as unknown as Application | undefined,
      workspaceOf: () => undefined,
      settings: () => parseSettings(dataOf(informers.settings.get(namespace, 'argocd-cm'))),
    }),
    now: () => new Date(clock.nowMs()),
    log: { debug: say, info: say, warn: say },
  })
}

function dataOf(object: KubeObject | undefined): Record<string, string> {
  return (object?.['data'] ?? {}) as Record<string, string>
}
