import { type Application, normalizeRepositoryUrl } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { applicationOfInstance } from '@driftless/engine'
import type { Informer, LiveChange } from '@driftless/kube'
import {
  type ControlLoop,
  objectKey,
  type ReconcileResult,
  splitKey,
  startControlLoop,
} from '../control-loop.ts'
import type { ApplicationControllerOptions } from './controller-options.ts'
import { Dependents } from './dependents.ts'
import {
  type ApplicationRuntime,
  createRuntime,
  noteKindRead,
  noteLiveObject,
} from './application-runtime.ts'
import { startRepositoryPolling } from './repository-polling.ts'
import { reconcileApplication } from './reconcile-application.ts'

export interface ApplicationController extends Pick<ControlLoop, 'finished'> {
  /** A live object changed in a cluster: wakes the application that it belongs to. */
  onLiveChange(cluster: string, change: LiveChange): void
  /** A kind was read as it was at `version`: wakes the applications that waited for an event of what is gone. */
  onKindRead(cluster: string, kind: { group: string; kind: string }, version: string): void
  /** The set of connected clusters changed: wakes every application. */
  onClusters(): void
}

const workers = 24

/**
 * Keeps every Application equal to Git. Wakes on a change of the Application, of a live object that belongs to it, of
 * its AppProject, on a push to its repository and on a poll that found new commits; never by time alone.
 */
export function startApplicationController(options: ApplicationControllerOptions): ApplicationController {
  const runtimes = new Map<string, ApplicationRuntime>()
  const { applications, projects, pushes, settings } = options.informers

  const loop = startControlLoop({
    name: 'application',
    workers,
    signal: options.signal,
    log: options.log,
    clock: options.client.clock,
    reconcile: (key) => reconcileKey(options, runtimes, key),
  })

  const enqueueWhere = (matches: (application: Application) => boolean) => {
    for (const object of applications.list()) {
      if (matches(object as unknown as Application)) loop.enqueue(objectKey(object.metadata))
    }
  }
  const subscribe = (informer: Informer, onObject: (object: KubeObject) => void) => {
    const unsubscribe = informer.subscribe((event) => onObject(event.object))
    options.signal.addEventListener('abort', unsubscribe, { once: true })
  }

  const dependents = new Dependents()
  subscribe(applications, (object) => {
    const key = objectKey(object.metadata)
    dependents.note(object as unknown as Application)
    loop.enqueue(key)
    for (const dependent of dependents.of(key)) loop.enqueue(dependent)
  })
  for (const object of applications.list()) dependents.note(object as unknown as Application)
  subscribe(projects, (project) =>
    enqueueWhere((application) => application.spec.project === project.metadata.name),
  )
  subscribe(settings, () => enqueueWhere(() => true))
  const onPushedUrl = (url: string) => {
    options.source.invalidate(url)
    enqueueWhere((application) => usesRepository(application, url))
  }
  subscribe(pushes, (object) => {
    const url = (object['data'] as { url?: string } | undefined)?.url
    if (url !== undefined) onPushedUrl(url)
  })
  startRepositoryPolling({ ...options, onChanged: onPushedUrl })
  enqueueWhere(() => true)

  return {
    finished: loop.finished,
    onClusters: () => enqueueWhere(() => true),
    onLiveChange: (cluster, change) => {
      if (change.key.kind === 'Namespace')
        enqueueWhere((application) => managesNamespace(application, change.key.name))
      for (const key of waitingFor(change, runtimes)) loop.enqueue(key)
      for (const instance of new Set([change.application, change.previousApplication])) {
        if (instance === undefined) continue
        const owner = applicationOfInstance(instance, options.controlNamespace)
        const key = `${owner.namespace}/${owner.name}`
        const runtime = runtimes.get(key)
        if (runtime !== undefined && !noteLiveObject(runtime, cluster, change)) continue
        loop.enqueue(key)
      }
    },
    onKindRead: (cluster, kind, version) => {
      for (const [key, runtime] of runtimes)
        if (noteKindRead(runtime, cluster, { kind, version })) loop.enqueue(key)
    },
  }
}

async function reconcileKey(
  options: ApplicationControllerOptions,
  runtimes: Map<string, ApplicationRuntime>,
  key: string,
): Promise<ReconcileResult | undefined> {
  const { namespace, name } = splitKey(key)
  const application = options.informers.applications.get(namespace, name) as Application | undefined
  if (application === undefined) {
    runtimes.delete(key)
    return undefined
  }
  let runtime = runtimes.get(key)
  if (runtime === undefined || runtime.uid !== application.metadata.uid) {
    runtime = createRuntime(application)
    runtimes.set(key, runtime)
  }
  return reconcileApplication(options, application, runtime)
}

/** A pod carries no tracking id, but it may say why the workload above it is Degraded. */
function waitingFor({ key, object }: LiveChange, runtimes: Map<string, ApplicationRuntime>): string[] {
  if (key.kind !== 'Pod' || object.ownerUids.length === 0) return []
  return [...runtimes].flatMap(([name, { unexplained }]) =>
    unexplained.size > 0 && object.ownerUids.some((uid) => unexplained.has(uid)) ? [name] : [],
  )
}

/** Its namespace carries no tracking id, but its labels and annotations are compared. */
function managesNamespace({ spec }: Application, name: string): boolean {
  return spec.syncPolicy?.managedNamespaceMetadata !== undefined && spec.destination.namespace === name
}

/** True when a source of the application is this repository, however the address is written. */
export function usesRepository(application: Application, url: string): boolean {
  const wanted = normalizeRepositoryUrl(url)
  const { source, sources } = application.spec
  return [...(sources ?? []), ...(source === undefined ? [] : [source])].some(
    (candidate) => normalizeRepositoryUrl(candidate.repoURL) === wanted,
  )
}
