import type { Application } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'
import {
  createMemorySource,
  type MemorySource,
} from '../../../packages/controller/src/testing/memory-source.ts'
import { startLife } from './controller-life.ts'
import { faultySource } from './faulty-source.ts'
import { FaultyWire } from './faulty-wire.ts'
import { History } from './history.ts'
import type { Tape } from './tape.ts'
import type { World } from './world.ts'

export const application = 'shop'
const argo = 'argoproj.io/v1alpha1'

/** A namespace of its own for one run: the Application, its project, what it deploys, and what it must leave alone. */
export class Place {
  readonly namespace: string
  readonly history: History
  readonly memory: MemorySource = createMemorySource()
  /** Writes of the controllers that the server took, by object. */
  readonly writes = new Map<string, number>()
  readonly log: string[] = []
  readonly #world: World
  readonly #tape: Tape
  #end: () => void = () => undefined
  #lives = 0

  constructor(world: World, namespace: string, tape: Tape) {
    this.#world = world
    this.namespace = namespace
    this.#tape = tape
    this.history = new History(world.cluster.server, namespace)
  }

  get client(): KubeClient {
    return this.#world.cluster.client
  }

  /** Lives that were begun. */
  get lives(): number {
    return this.#lives
  }

  async prepare(bystanders: readonly KubeObject[]): Promise<void> {
    await this.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } })
    await this.apply({
      ...this.object(argo, 'AppProject', 'default'),
      spec: {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    })
    for (const object of bystanders) await this.apply(object)
  }

  object(apiVersion: string, kind: string, name: string): KubeObject {
    return { apiVersion, kind, metadata: { name, namespace: this.namespace } }
  }

  async apply(object: KubeObject, manager = 'test'): Promise<void> {
    await this.client.apply(object, { manager, force: true })
  }

  async patchApplication(body: object): Promise<void> {
    const ref = { apiVersion: argo, kind: 'Application', namespace: this.namespace, name: application }
    await this.client.patch(ref, { type: 'merge', body })
  }

  async deployApplication(spec: object, finalizers: readonly string[] = []): Promise<void> {
    const object = this.object(argo, 'Application', application)
    const source = { repoURL: 'https://example.org/shop.git', path: application }
    await this.apply({
      ...object,
      metadata: { ...object.metadata, finalizers: [...finalizers] },
      spec: {
        project: 'default',
        source,
        destination: { name: 'in-cluster', namespace: this.namespace },
        ...spec,
      },
    })
  }

  commit(manifests: readonly KubeObject[]): string {
    return this.memory.push(application, [...manifests])
  }

  /** A commit, and everybody looks. */
  async push(manifests: readonly KubeObject[]): Promise<string> {
    const revision = this.commit(manifests)
    const pushed = this.object('v1', 'ConfigMap', 'pushed')
    await this.apply({
      ...pushed,
      metadata: { ...pushed.metadata, labels: { 'driftless.dev/push': 'true' } },
      data: { url: 'https://example.org/shop.git', revision },
    })
    return revision
  }

  application(): Application | undefined {
    return this.history.get('Application', application) as Application | undefined
  }

  async until(what: string, condition: (application: Application | undefined) => boolean): Promise<void> {
    const reached = await this.history.until(() => condition(this.application()))
    if (reached) return
    const { sync, health, conditions, operationState } = this.application()?.status ?? {}
    const { phase, message, retryCount } = operationState ?? {}
    const seen = { phase, message, retryCount, sync: sync?.status, health, conditions }
    throw new Error(`never: ${what}; the application says ${JSON.stringify(seen)}`)
  }

  /** Begins a life of the controller; the one before, if any, must have ended. */
  startController(staleBy = 0): void {
    this.#lives += 1
    const stopping = new AbortController()
    const { cluster, clock, wire: base } = this.#world
    const kill = (next: { staleBy: number }): void => {
      this.#end()
      this.startController(next.staleBy)
    }
    const { namespace, history, writes } = this
    const tape = this.#tape
    const wire = new FaultyWire({ base, namespace, tape, history, writes, staleBy, kill })
    this.#end = () => {
      wire.die()
      stopping.abort()
    }
    const life = { tape, dead: () => stopping.signal.aborted, kill: () => kill({ staleBy: 0 }) }
    startLife({
      config: cluster.config,
      wire,
      clock,
      source: faultySource(this.memory, life),
      namespace,
      signal: stopping.signal,
      log: (line) => this.log.push(line),
    }).catch((error: unknown) => this.log.push(`the controller did not start: ${String(error)}`))
  }

  stopController(): void {
    this.#end()
  }

  /** Ends the controller and leaves nothing behind. */
  async leave(): Promise<void> {
    this.#end()
    this.history.stop()
    const namespace = { apiVersion: 'v1', kind: 'Namespace', name: this.namespace }
    await this.client.delete(namespace)
    for (const object of this.history.objects()) {
      if ((object.metadata.finalizers ?? []).length === 0) continue
      const { apiVersion, kind } = object
      const ref = { apiVersion, kind, namespace: this.namespace, name: object.metadata.name }
      await this.client
        .patch(ref, { type: 'merge', body: { metadata: { finalizers: null } } })
        .catch(() => undefined)
    }
  }
}
