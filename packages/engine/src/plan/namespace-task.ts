import { formatKey, type KubeObject } from '@driftless/apimachinery'
import { resourceOptionsOf } from '../normalize/sync-options.ts'
import type { SyncTask } from '../order/sync-task.ts'
import type { NamespaceRequest, PlanInput } from './plan-input.ts'

/**
 * `CreateNamespace=true`: the destination namespace goes first, in PreSync. One that is in Git wins; one that exists is
 * touched only when it is to carry metadata.
 */
export function namespaceTask(input: PlanInput): SyncTask | undefined {
  const { namespace, request } = input
  if (namespace === undefined || namespace.name === '' || !input.syncOptions.createNamespace) return undefined
  const key = { group: '', kind: 'Namespace', namespace: '', name: namespace.name }
  const id = formatKey(key)
  if (input.targets.some((target) => formatKey(target.key) === id)) return undefined
  const metadata = metadataOf(namespace)
  const bare = Object.keys(metadata).length === 1
  if (namespace.exists && (bare || (request.resources?.length ?? 0) > 0)) return undefined
  const object: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata }
  return {
    id: `namespace ${id}`,
    verb: 'apply',
    phase: 'PreSync',
    wave: -1_000_000,
    key,
    apiVersion: 'v1',
    deletePolicies: [],
    options: { ...resourceOptionsOf(object, input.syncOptions), replace: false, force: false },
    object,
    unchanged: false,
  }
}

function metadataOf({ name, labels = {}, annotations = {} }: NamespaceRequest): KubeObject['metadata'] {
  return {
    name,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  }
}
