import type { KubeObject } from '@driftless/apimachinery'
import type { LocalApi } from '../local-api.ts'
import { rfc3339, systemContext } from '../objects/context.ts'
import { customCleanup as finalizer } from '../objects/deletion.ts'
import type { ServerParts } from '../parts.ts'
import { setCondition } from './custom-status.ts'
import { type ControllerOptions, KeyQueue } from './key-queue.ts'

const definitionKind = { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' }

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
  if (definition.metadata.deletionTimestamp === undefined) return
  if (definition.metadata.finalizers?.includes(finalizer) !== true) return
  if (!saysTerminating(definition)) await sayTerminating(parts, name)
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

async function removeFinalizer(api: LocalApi, name: string): Promise<void> {
  await api.update(definitionKind, { namespace: '', name }, (object) => {
    object.metadata.finalizers = (object.metadata.finalizers ?? []).filter((known) => known !== finalizer)
    return object
  })
}

function saysTerminating(definition: KubeObject): boolean {
  const { conditions = [] } = (definition['status'] ?? {}) as {
    conditions?: { type: string; status: string }[]
  }
  return conditions.some(({ type, status }) => type === 'Terminating' && status === 'True')
}

/** A status that the real server keeps while objects hold the definition. */
async function sayTerminating({ registry, writer }: ServerParts, name: string): Promise<void> {
  const resource = registry.forKind(definitionKind.group, definitionKind.kind)
  if (resource === undefined) return
  const change = (live: KubeObject): KubeObject => {
    const status = (live['status'] ?? {}) as { conditions?: Parameters<typeof setCondition>[0] }
    const conditions = [...(status.conditions ?? [])]
    setCondition(conditions, terminating)
    return { ...live, status: { ...status, conditions } }
  }
  await writer.mutate(
    { resource, namespace: '', name, subresource: 'status' },
    change,
    systemContext('kube-apiserver'),
  )
}

const terminating = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
}
