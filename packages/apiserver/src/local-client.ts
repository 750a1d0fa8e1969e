import { messageOf } from '@driftless/api'
import { type KubeObject, parseApiVersion } from '@driftless/apimachinery'
import { badRequest, notFound, StatusError } from './errors.ts'
import type { Registry } from './kinds/registry.ts'
import type { Resource } from './kinds/resource.ts'
import type { GroupKind, LocalApi, LocalChange, NamespacedName } from './local-api.ts'
import { rfc3339, systemContext, type Target } from './objects/context.ts'
import type { Deleter } from './objects/deletion.ts'
import type { Writer } from './objects/writer.ts'
import { EventRecorder } from './event-recorder.ts'
import type { Entry } from './storage/entry.ts'
import type { Store } from './storage/store.ts'

const defaultManager = 'driftless-simulation'

export interface LocalParts {
  registry: Registry
  store: Store
  writer: Writer
  deleter: Deleter
  log: (line: string) => void
}

/** `LocalApi` over the parts of a running server. */
export class LocalClient implements LocalApi {
  #parts: LocalParts
  #events: EventRecorder

  constructor(parts: LocalParts) {
    this.#parts = parts
    this.#events = new EventRecorder(this, parts.log)
  }

  get(kind: GroupKind, namespace: string, name: string): KubeObject | undefined {
    return this.#parts.registry.forKind(kind.group, kind.kind)?.collection.get(`${namespace}/${name}`)?.object
  }

  list(kind: GroupKind, options: { namespace?: string; labels?: Record<string, string> } = {}): KubeObject[] {
    const collection = this.#parts.registry.forKind(kind.group, kind.kind)?.collection
    const wanted = Object.entries(options.labels ?? {})
    const fits = (entry: Entry) => wanted.every(([key, value]) => entry.labels?.[key] === value)
    return (collection?.entries(options.namespace) ?? []).filter(fits).map((entry) => entry.object)
  }

  async create(object: KubeObject, options: { manager?: string } = {}): Promise<KubeObject> {
    const { group, version } = parseApiVersion(object.apiVersion)
    const resource = this.#parts.registry.forVersionedKind(group, version, object.kind)
    if (resource === undefined) throw badRequest(`no kind "${object.kind}" in version "${object.apiVersion}"`)
    const target: Target = {
      resource,
      namespace: resource.namespaced ? (object.metadata.namespace ?? '') : '',
      name: '',
    }
    const context = systemContext(options.manager ?? defaultManager)
    return (await this.#parts.writer.create(target, structuredClone(object), context)).object
  }

  async update(
    kind: GroupKind,
    key: NamespacedName,
    change: (object: KubeObject) => KubeObject | undefined,
    options: { manager?: string; subresource?: 'status' | 'scale' } = {},
  ): Promise<KubeObject | undefined> {
    const resource = this.#resource(kind)
    const target: Target = {
      resource,
      ...key,
      ...(options.subresource === undefined ? {} : { subresource: options.subresource }),
    }
    const unchanged = new Error('nothing to write')
    try {
      const decide = (live: KubeObject): KubeObject => {
        const wanted = change(live)
        if (wanted === undefined) throw unchanged
        return wanted
      }
      return (
        await this.#parts.writer.mutate(target, decide, systemContext(options.manager ?? defaultManager))
      ).object
    } catch (error) {
      if (error === unchanged)
        return this.#parts.store.latest(resource.collection, `${key.namespace}/${key.name}`)?.object
      if (error instanceof StatusError && error.code === 'NotFound') return undefined
      throw error
    }
  }

  async delete(
    kind: GroupKind,
    key: NamespacedName,
    options: {
      uid?: string
      propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
      gracePeriodSeconds?: number
    } = {},
  ): Promise<void> {
    const { uid, ...rest } = options
    const preconditions = uid === undefined ? {} : { preconditions: { uid } }
    try {
      const target = { resource: this.#resource(kind), ...key }
      await this.#parts.deleter.delete(target, {
        ...rest,
        ...preconditions,
        dryRun: false,
        now: rfc3339(new Date()),
      })
    } catch (error) {
      const gone =
        error instanceof StatusError &&
        (error.code === 'NotFound' || (error.code === 'Conflict' && uid !== undefined))
      if (!gone) throw error
    }
  }

  onChange(listener: (event: LocalChange) => void): () => void {
    return this.#parts.store.onEvent(({ type, entry, previous }) => {
      try {
        listener({
          type,
          object: entry.object,
          ...(previous === undefined ? {} : { previous: previous.object }),
        })
      } catch (error) {
        this.#parts.log(`a listener failed on ${entry.object.kind} ${entry.key}: ${messageOf(error)}`)
      }
    })
  }

  event(input: { object: KubeObject; type: 'Normal' | 'Warning'; reason: string; message: string }): void {
    this.#events.record(input)
  }

  #resource(kind: GroupKind): Resource {
    const resource = this.#parts.registry.forKind(kind.group, kind.kind)
    if (resource === undefined) throw notFound({ group: kind.group, resource: kind.kind.toLowerCase() }, '')
    return resource
  }
}
