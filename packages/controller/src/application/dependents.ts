import type { Application } from '@driftless/api'
import { dependenciesOf } from '@driftless/engine'

/** Who waits for whom, so that an application that became ready wakes those that depend on it. */
export class Dependents {
  readonly #dependencies = new Map<string, readonly string[]>()

  note(application: Application): void {
    const { namespace = '', name } = application.metadata
    const key = `${namespace}/${name}`
    const names = dependenciesOf(application)
    if (names.length === 0) this.#dependencies.delete(key)
    else this.#dependencies.set(key, names)
  }

  of(key: string): string[] {
    if (this.#dependencies.size === 0) return []
    return [...this.#dependencies].filter(([, names]) => names.includes(key)).map(([dependent]) => dependent)
  }
}
