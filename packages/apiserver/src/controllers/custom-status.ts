import type { KubeObject } from '@driftless/apimachinery'
import { acceptedNames } from '../custom/accepted-names.ts'
import type { CustomSpec } from '../custom/custom-spec.ts'
import { StatusError } from '../errors.ts'
import { rfc3339, systemContext } from '../objects/context.ts'
import { sameJson } from '../objects/kind-rules.ts'
import type { ServerParts } from '../parts.ts'
import { type ControllerOptions, KeyQueue } from './key-queue.ts'

interface Condition {
  type: string
  status: string
  lastTransitionTime: string
  reason: string
  message: string
}

const collectionId = 'apiextensions.k8s.io/customresourcedefinitions'

/** Says in the status of definitions whether their names are free and their kinds are served. */
export function startCustomStatus(parts: ServerParts, options: ControllerOptions): void {
  const queue = new KeyQueue((name) => reconcile(parts, name), options)
  const definitions = parts.store.collection(collectionId)
  for (const { name } of definitions.entries()) queue.add(name)
  const stop = parts.store.onEvent(({ collection, entry }) => {
    if (collection !== definitions) return
    // A name that becomes free may be one that another definition of the group waits for.
    const { group } = entry.object['spec'] as CustomSpec
    for (const { name, object } of definitions.entries())
      if ((object['spec'] as CustomSpec).group === group) queue.add(name)
  })
  options.signal.addEventListener('abort', stop, { once: true })
}

async function reconcile({ store, registry, writer }: ServerParts, name: string): Promise<void> {
  const resource = registry.forKind('apiextensions.k8s.io', 'CustomResourceDefinition')
  const entry = store.latest(store.collection(collectionId), `/${name}`)
  if (resource === undefined || entry === undefined) return
  if (sameJson(statusOf(entry.object), { ...entry.object }['status'])) return
  const target = { resource, namespace: '', name, subresource: 'status' }
  const change = (live: KubeObject): KubeObject => ({ ...live, status: statusOf(live) })
  await writer.mutate(target, change, systemContext('kube-apiserver')).catch((error: unknown) => {
    if (!(error instanceof StatusError && error.code === 'NotFound')) throw error
  })

  function statusOf(definition: KubeObject): object {
    const { accepted, names, reason, message } = acceptedNames(definition, store)
    const before = (definition['status'] ?? {}) as { conditions?: Condition[] }
    const conditions = [...(before.conditions ?? [])]
    setCondition(conditions, { type: 'NamesAccepted', status: accepted ? 'True' : 'False', reason, message })
    const established = conditions.some(({ type, status }) => type === 'Established' && status === 'True')
    if (!established) setCondition(conditions, accepted ? initialNames : notAccepted)
    return { ...before, conditions, acceptedNames: names }
  }
}

const initialNames = {
  type: 'Established',
  status: 'True',
  reason: 'InitialNamesAccepted',
  message: 'the initial names have been accepted',
}
const notAccepted = {
  type: 'Established',
  status: 'False',
  reason: 'NotAccepted',
  message: 'not all names are accepted',
}

/** The time moves only with the status. */
export function setCondition(conditions: Condition[], wanted: Omit<Condition, 'lastTransitionTime'>): void {
  const at = conditions.findIndex(({ type }) => type === wanted.type)
  const known = conditions[at]
  const lastTransitionTime = known?.status === wanted.status ? known.lastTransitionTime : rfc3339(new Date())
  const { type, status, reason, message } = wanted
  const condition = { type, status, lastTransitionTime, reason, message }
  if (at < 0) conditions.push(condition)
  else conditions[at] = condition
}
