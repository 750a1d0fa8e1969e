import type { Application } from '@driftless/api'
import { formatKey, isJsonObject, type JsonValue, type KubeObject } from '@driftless/apimachinery'
import { decodeInventory, operationAnnotation } from '@driftless/engine'
import { objectName } from './history.ts'
import type { Place } from './place.ts'

/** Made by the cluster, with names of its own or in its own time. */
const derived = new Set(['Pod', 'ReplicaSet', 'EndpointSlice', 'Event', 'ServiceAccount', 'Application'])
const madeByCluster = 'kube-root-ca.crt'

export type EndState = Record<string, unknown>

/** What is left when a scenario is over, without times, versions and names that differ from run to run. */
export function endStateOf(place: Place): EndState {
  const objects = place.history
    .objects()
    .filter(({ kind, metadata }) => !derived.has(kind) && metadata.name !== madeByCluster)
  const state: EndState = {}
  for (const object of objects.sort((a, b) => (objectName(a) < objectName(b) ? -1 : 1)))
    state[objectName(object)] = meaningOf(object)
  state['Application'] = meaningOfApplication(place.application())
  return JSON.parse(JSON.stringify(state).replaceAll(place.namespace, 'NS')) as EndState
}

function meaningOf(object: KubeObject): unknown {
  const { labels, annotations = {}, finalizers, deletionTimestamp, managedFields = [] } = object.metadata
  const { [operationAnnotation]: run, ...notes } = annotations
  return {
    labels: withoutUids(labels),
    annotations: notes,
    madeByOperation: run !== undefined,
    finalizers,
    deleting: deletionTimestamp !== undefined,
    managers: managedFields
      .filter(({ subresource = '' }) => subresource === '')
      .map(({ manager, operation }) => `${manager} ${operation}`)
      .sort(),
    data: object['data'],
    spec: withoutUids(object['spec'] as JsonValue | undefined),
  }
}

/** Job controllers write their uid into selectors and labels; addresses are given as they are free. */
function withoutUids(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item) => withoutUids(item) ?? null)
  if (!isJsonObject(value)) return value
  const kept = Object.entries(value).filter(([key]) => !/controller-uid|clusterIP|nodePort/.test(key))
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutUids(inner) ?? null]))
}

function meaningOfApplication(application: Application | undefined): unknown {
  if (application === undefined) return undefined
  const { operation, metadata, status = {} } = application
  const { operationState: state } = status
  return {
    operation,
    finalizers: [...(metadata.finalizers ?? [])].sort(),
    sync: [status.sync?.status, status.sync?.revision],
    health: status.health?.status,
    conditions: (status.conditions ?? []).map(({ type }) => type),
    history: (status.history ?? []).map(({ id, revision }) => `${id} ${revision}`),
    phase: state?.phase,
    retryCount: state?.retryCount ?? 0,
    syncedTo: state?.syncResult?.revision,
    hooks: (state?.syncResult?.resources ?? [])
      .filter(({ hookType }) => hookType !== undefined)
      .map(({ name, hookPhase }) => `${name} ${hookPhase}`)
      .sort(),
    resources: (status.resources ?? []).map(
      (row) => `${row.kind}/${row.name} ${row.status ?? ''} ${row.health?.status ?? ''}`,
    ),
    inventory: decodeInventory(status.driftless?.inventory)
      .map(({ key }) => formatKey(key))
      .sort(),
  }
}
