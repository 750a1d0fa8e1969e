import type { JsonObject, KubeObject } from '@driftless/apimachinery'
import { conflict, notFound, StatusError } from '../errors.ts'
import type { Store } from '../storage/store.ts'
import { rfc3339, type Target } from './context.ts'

/** Puts a pod on a node, once and for all; nobody becomes the owner of the field, and it is no change of what is asked for. */
export async function bindPod(store: Store, target: Target, binding: KubeObject): Promise<void> {
  const { resource, namespace, name } = target
  const { name: node, kind } = (binding['target'] ?? {}) as { name?: string; kind?: string }
  if (!node) throw refused('target.name: Required value')
  if (kind !== undefined && kind !== '' && kind !== 'Node')
    throw refused(
      `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`,
    )
  const entry = store.latest(resource.collection, `${namespace}/${name}`)
  if (entry === undefined) throw notFound(resource, name)
  const pod = entry.copy()
  const spec = (pod['spec'] ?? {}) as JsonObject
  if (spec['nodeName'])
    throw conflict(
      { group: '', resource: 'pods/binding' },
      name,
      `pod ${name} is already assigned to node ${JSON.stringify(spec['nodeName'])}`,
    )
  pod['spec'] = { ...spec, nodeName: node }
  const status = (pod['status'] ?? {}) as { conditions?: JsonObject[] }
  const others = (status.conditions ?? []).filter((condition) => condition['type'] !== 'PodScheduled')
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: rfc3339(new Date()),
  }
  pod['status'] = { ...status, conditions: [...others, scheduled] }
  await store.put(resource.collection, pod)
}

function refused(message: string): StatusError {
  return new StatusError('InternalError', message, { withoutReason: true })
}
