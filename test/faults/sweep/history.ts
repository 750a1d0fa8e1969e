import type { KubeObject } from '@driftless/apimachinery'
import type { ApiServer } from '@driftless/testkit'

const tickMs = 250
/**
 * How long the event loop may have had nothing to do, or may have worked, without anything moving. Time that others took
 * from the process counts as work, so that slow is not taken for stuck.
 */
const mostIdleMs = 5_000
const mostActiveMs = 60_000

export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  object: KubeObject
}

/** All that was committed in one namespace, as the server itself tells it. */
export class History {
  readonly changes: Change[] = []
  readonly #listeners = new Set<() => void>()
  readonly #objects = new Map<string, KubeObject>()
  readonly stop: () => void

  constructor(server: ApiServer, namespace: string) {
    this.stop = server.api.onChange(({ type, object }) => {
      if (object.metadata.namespace !== namespace) return
      this.changes.push({ type, object })
      if (type === 'DELETED') this.#objects.delete(objectName(object))
      else this.#objects.set(objectName(object), object)
      for (const listener of this.#listeners) listener()
    })
  }

  /** By kind and name. */
  get(kind: string, name: string): KubeObject | undefined {
    return this.#objects.get(`${kind}/${name}`)
  }

  objects(): KubeObject[] {
    return [...this.#objects.values()]
  }

  /** The objects of a kind before its last `versions` changes, and the version of that moment. */
  before(kind: string, versions: number): { objects: KubeObject[]; resourceVersion: string } | undefined {
    const changes = this.changes.filter(({ object }) => object.kind === kind)
    const known = changes.slice(0, Math.max(0, changes.length - versions))
    const first = changes[known.length]
    if (first === undefined) return undefined
    const objects = new Map<string, KubeObject>()
    for (const { type, object } of known) {
      if (type === 'DELETED') objects.delete(object.metadata.name)
      else objects.set(object.metadata.name, object)
    }
    const resourceVersion = String(Number(first.object.metadata.resourceVersion) - 1)
    return { objects: [...objects.values()], resourceVersion }
  }

  /** Resolves at the first change, or at once, after which the condition holds; false when nothing moves any more. */
  until(condition: () => boolean): Promise<boolean> {
    if (condition()) return Promise.resolve(true)
    return new Promise((resolve) => {
      let since = performance.eventLoopUtilization()
      const finish = (value: boolean): void => {
        clearInterval(timer)
        this.#listeners.delete(look)
        resolve(value)
      }
      const look = (): void => {
        since = performance.eventLoopUtilization()
        if (condition()) finish(true)
      }
      const timer = setInterval(() => {
        const { idle, active } = performance.eventLoopUtilization(since)
        if (idle > mostIdleMs || active > mostActiveMs) finish(condition())
      }, tickMs)
      this.#listeners.add(look)
    })
  }
}

export function objectName(object: KubeObject): string {
  return `${object.kind}/${object.metadata.name}`
}
