import type { User } from '../objects/context.ts'
import type { RequestInfo } from './request-info.ts'

export interface InFlightLimits {
  /** Requests that read, at a time; default 400, as `--max-requests-inflight` of kube-apiserver. */
  reading: number
  /** Requests that change something, at a time; default 200, as `--max-mutating-requests-inflight`. */
  mutating: number
}

export const defaultInFlight: InFlightLimits = { reading: 400, mutating: 200 }

const readingVerbs = new Set(['get', 'list'])
const longSubresources = new Set(['log', 'exec', 'attach', 'portforward', 'proxy'])

/**
 * How many requests are served at a time (`maxinflight.go` of k8s.io/apiserver, its filter without priority and fairness):
 * who comes while all places are taken is told to come back. Watches and logs take no place, and neither do
 * administrators (`system:masters`) once all are taken.
 */
export class InFlight {
  readonly #limits: InFlightLimits
  readonly #taken = { reading: 0, mutating: 0 }

  constructor(limits: InFlightLimits) {
    this.#limits = limits
  }

  /** Takes a place; the answer gives it back. `undefined`: there is none. */
  enter(info: RequestInfo, user: User): (() => void) | undefined {
    if (isLong(info)) return () => undefined
    const kind = readingVerbs.has(info.verb) ? 'reading' : 'mutating'
    if (this.#taken[kind] < this.#limits[kind]) {
      this.#taken[kind] += 1
      return () => {
        this.#taken[kind] -= 1
      }
    }
    return user.groups.includes('system:masters') ? () => undefined : undefined
  }
}

function isLong({ verb, resource }: RequestInfo): boolean {
  return verb === 'watch' || longSubresources.has(resource?.subresource ?? '')
}
