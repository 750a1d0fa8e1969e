import { isAppError } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { LocalApi } from '../local-api.ts'
import { rfc3339, systemContext } from '../objects/context.ts'
import type { ServerParts } from '../parts.ts'
import { type ControllerOptions, KeyQueue } from './key-queue.ts'

const serviceAccount = { group: '', kind: 'ServiceAccount' }
const configMap = { group: '', kind: 'ConfigMap' }

/** Furnishes new namespaces, and empties and removes those that are deleted. */
export function startNamespaceController(
  parts: ServerParts,
  api: LocalApi,
  options: ControllerOptions,
): void {
  const { store } = parts
  const namespaces = store.collection('/namespaces')
  const queue = new KeyQueue((name) => reconcile(parts, api, name), options)
  for (const entry of namespaces.entries()) queue.add(entry.name)
  const stop = store.onEvent(({ collection, entry, type }) => {
    if (collection === namespaces) queue.add(entry.name)
    // The last object of an ending namespace lets the namespace go.
    else if (type === 'DELETED' && isEnding(namespaces.get(`/${entry.namespace}`)?.object))
      queue.add(entry.namespace)
  })
  options.signal.addEventListener('abort', stop, { once: true })
}

function isEnding(namespace: KubeObject | undefined): boolean {
  return namespace?.metadata.deletionTimestamp !== undefined
}

async function reconcile(parts: ServerParts, api: LocalApi, name: string): Promise<void> {
  const { store } = parts
  const namespace = store.latest(store.collection('/namespaces'), `/${name}`)?.object
  if (namespace === undefined) return
  if (!isEnding(namespace)) return furnish(api, name, parts)
  const left = await empty(parts, name)
  if (left === 0) await finalize(parts, name)
}

async function furnish(api: LocalApi, namespace: string, parts: ServerParts): Promise<void> {
  const missing: KubeObject[] = []
  if (api.get(serviceAccount, namespace, 'default') === undefined) {
    missing.push({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } })
  }
  if (api.get(configMap, namespace, 'kube-root-ca.crt') === undefined) {
    missing.push({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'kube-root-ca.crt',
        namespace,
        annotations: {
          'kubernetes.io/description':
            'Contains a CA bundle that can be used to verify the API server of this cluster.',
        },
      },
      data: { 'ca.crt': parts.caCert },
    })
  }
  for (const object of missing) {
    await api.create(object, { manager: 'kube-controller-manager' }).catch((error: unknown) => {
      const expected = ['AlreadyExists', 'Forbidden', 'NotFound'] as const
      if (!expected.some((code) => isAppError(error, code))) throw error
    })
  }
}

/** Deletes everything in the namespace; gives how many objects are still there. */
async function empty({ registry, store, deleter }: ServerParts, namespace: string): Promise<number> {
  const options = { propagationPolicy: 'Background' as const, dryRun: false, now: rfc3339(new Date()) }
  let left = 0
  for (const resource of registry.stored().filter(({ namespaced }) => namespaced)) {
    const found = resource.collection.entries(namespace)
    const work = found.map(async ({ name, key }) => {
      const entry = store.latest(resource.collection, key)
      if (entry === undefined) return
      if (entry.object.metadata.deletionTimestamp !== undefined) left++
      else if (!(await deleter.delete({ resource, namespace, name }, options)).gone) left++
    })
    await Promise.all(work)
  }
  return left
}

async function finalize({ registry, writer }: ServerParts, name: string): Promise<void> {
  const resource = registry.find('', 'v1', 'namespaces')
  if (resource === undefined) return
  const withoutOurs = (live: KubeObject): KubeObject => {
    const spec = (live['spec'] ?? {}) as { finalizers?: string[] }
    return {
      ...live,
      spec: {
        ...spec,
        finalizers: (spec.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes'),
      },
    }
  }
  try {
    await writer.mutate(
      { resource, namespace: '', name, subresource: 'finalize' },
      withoutOurs,
      systemContext('namespace-controller'),
    )
  } catch (error) {
    if (!isAppError(error, 'NotFound')) throw error
  }
}
