import type { KubeObject } from '@driftless/apimachinery'
import type { LocalApi } from '../local-api.ts'
import { rfc3339 } from '../objects/context.ts'
import type { ServerParts } from '../parts.ts'
import { type ControllerOptions, KeyQueue } from './key-queue.ts'

const definitionKind = { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' }
const finalizer = 'customresourcecleanup.apiextensions.k8s.io'

/** A definition holds on until the objects that it defines are deleted. */
export function startCustomCleanup(parts: ServerParts, api: LocalApi, options: ControllerOptions): void {
  const queue = new KeyQueue((name) => reconcile(parts, api, name), options)
  const { store } = parts
  const definitions = store.collection('apiextensions.k8s.io/customresourcedefinitions')
  for (const { name } of definitions.entries()) queue.add(name)
  const stop = store.onEvent(({ collection, entry, type }) => {
    if (collection === definitions) queue.add(entry.name)
    else if (type === 'DELETED') {
      const [group = '', plural = ''] = collection.id.split('/')
      if (definitions.get(`/${plural}.${group}`) !== undefined) queue.add(`${plural}.${group}`)
    }
  })
  options.signal.addEventListener('abort', stop, { once: true })
}

async function reconcile(parts: ServerParts, api: LocalApi, name: string): Promise<void> {
  const definition = api.get(definitionKind, '', name)
  if (definition === undefined) return
  if (definition.metadata.deletionTimestamp === undefined) return addFinalizer(api, definition)
  if (definition.metadata.finalizers?.includes(finalizer) !== true) return
  const { group, names } = definition['spec'] as { group: string; names: { kind: string } }
  const resource = parts.registry.forKind(group, names.kind)
  const entries = resource?.collection.entries() ?? []
  const now = rfc3339(new Date())
  for (const entry of entries) {
    if (resource === undefined || entry.object.metadata.deletionTimestamp !== undefined) continue
    await parts.deleter.delete(
      { resource, namespace: entry.namespace, name: entry.name },
      { dryRun: false, now },
    )
  }
  if ((resource?.collection.size ?? 0) === 0) await removeFinalizer(api, name)
}

async function addFinalizer(api: LocalApi, definition: KubeObject): Promise<void> {
  if (definition.metadata.finalizers?.includes(finalizer) === true) return
  await api.update(definitionKind, { namespace: '', name: definition.metadata.name }, (object) => {
    if (object.metadata.deletionTimestamp !== undefined) return undefined
    object.metadata.finalizers = [...(object.metadata.finalizers ?? []), finalizer]
    return object
  })
}

async function removeFinalizer(api: LocalApi, name: string): Promise<void> {
  await api.update(definitionKind, { namespace: '', name }, (object) => {
    object.metadata.finalizers = (object.metadata.finalizers ?? []).filter((known) => known !== finalizer)
    return object
  })
}
