import type { ResourceResult } from '@driftless/api'
import { formatKey, type ObjectKey } from '@driftless/apimachinery'
import { operationAnnotation } from '../machine/requests.ts'
import type { LiveView, Observation, RequestResult, SyncRequest } from '../machine/sync-state.ts'

/** Objects that the machine's requests make; becomes healthy when told so. Says whether a hook ran twice. */
export class SimulatedCluster {
  readonly objects = new Map<string, LiveView & { finalizers: string[] }>()
  readonly log: string[] = []
  readonly hookRuns = new Map<string, number>()
  saved: ResourceResult[] = []
  /** Kind and name of what the server refuses. */
  refused = new Set<string>()
  /** Health that an object of a kind gets when it is made; others have no rule. */
  healthOf: (key: ObjectKey) => string | undefined = () => undefined
  #uids = 0

  live = (key: ObjectKey): LiveView | undefined => this.objects.get(formatKey(key))

  observe(results: RequestResult[] = [], more: Partial<Observation> = {}): Observation {
    return { results, live: this.live, ...more }
  }

  perform(request: SyncRequest, results: ResourceResult[]): RequestResult {
    if (request.verb !== 'save') this.log.push(`${request.verb} ${request.key.kind}/${request.key.name}`)
    if (this.refused.has(`${request.key.kind}/${request.key.name}`)) {
      return { id: request.id, ok: false, message: 'refused by the server' }
    }
    const id = formatKey(request.key)
    switch (request.verb) {
      case 'dry-run':
        return { id: request.id, ok: true, message: '' }
      case 'save':
        this.saved = results
        return { id: request.id, ok: true, message: '' }
      case 'delete':
      case 'delete-hook':
        this.objects.delete(id)
        return { id: request.id, ok: true, message: '' }
      case 'release-hook': {
        const live = this.objects.get(id)
        if (live !== undefined) live.finalizers = []
        return { id: request.id, ok: true, message: '' }
      }
      default:
        return this.#make(request, id)
    }
  }

  #make(request: SyncRequest, id: string): RequestResult {
    const operation = request.object?.metadata.annotations?.[operationAnnotation]
    const existing = this.objects.get(id)
    if (operation !== undefined) {
      this.hookRuns.set(`${operation} ${id}`, (this.hookRuns.get(`${operation} ${id}`) ?? 0) + 1)
    }
    this.#uids += 1
    const uid = existing?.uid ?? `uid-${this.#uids}`
    const status = this.healthOf(request.key)
    this.objects.set(id, {
      uid,
      deleting: false,
      health: status === undefined ? undefined : { status, message: '' },
      operation,
      finalizers: [...(request.object?.metadata.finalizers ?? [])],
    })
    return { id: request.id, ok: true, message: '', uid }
  }

  setHealth(name: string, status: string, message = ''): void {
    for (const [id, live] of this.objects) {
      if (id.endsWith(`/${name}`)) this.objects.set(id, { ...live, health: { status, message } })
    }
  }

  settle(): void {
    for (const live of this.objects.values()) {
      if (live.health?.status === 'Progressing') live.health = { status: 'Healthy', message: '' }
    }
  }
}
