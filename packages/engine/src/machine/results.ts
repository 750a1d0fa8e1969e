import type { OperationPhase, ResourceResult } from '@driftless/api'
import { isJsonObject, type KubeObject, parseApiVersion } from '@driftless/apimachinery'
import type { SyncTask } from '../order/sync-task.ts'
import type { SyncState, TaskState } from './sync-state.ts'

/** `operationState.syncResult.resources`: what was touched, in the order of first touch. */
export function resultsOf(state: SyncState): ResourceResult[] {
  return [...state.groups, ...state.syncFailGroups]
    .flat()
    .map((task) => ({ task, own: state.tasks[task.id] }))
    .filter((entry): entry is { task: SyncTask; own: TaskState } => {
      const { own } = entry
      return (
        own?.touched !== undefined &&
        own.status !== 'sent' &&
        own.status !== 'deleting' &&
        own.status !== 'pending'
      )
    })
    .sort((a, b) => (a.own.touched ?? 0) - (b.own.touched ?? 0))
    .map(({ task, own }) => resultOf(task, own))
}

function resultOf(task: SyncTask, own: TaskState): ResourceResult {
  const { group, version } = parseApiVersion(task.apiVersion)
  const images = task.object === undefined ? [] : imagesOf(task.object)
  return {
    group,
    version,
    kind: task.key.kind,
    namespace: task.key.namespace,
    name: task.key.name,
    ...(task.hook === undefined ? { status: own.code ?? 'Synced' } : { hookType: task.hook }),
    message: own.message,
    hookPhase: hookPhaseOf(own),
    syncPhase: task.phase,
    ...(images.length === 0 ? {} : { images }),
  }
}

function hookPhaseOf(own: TaskState): OperationPhase {
  if (own.status === 'failed') return own.lost === true ? 'Error' : 'Failed'
  return own.status === 'succeeded' ? 'Succeeded' : 'Running'
}

/** Images of all containers anywhere in an object, each once. */
export function imagesOf(object: KubeObject): string[] {
  const images = new Set<string>()
  const visit = (value: unknown, depth: number): void => {
    if (!isJsonObject(value) || depth > 8) return
    for (const field of ['initContainers', 'containers']) {
      const list = value[field]
      if (!Array.isArray(list)) continue
      for (const entry of list) {
        if (isJsonObject(entry) && typeof entry['image'] === 'string') images.add(entry['image'])
      }
    }
    for (const field of ['spec', 'template', 'jobTemplate']) visit(value[field], depth + 1)
  }
  visit(object['spec'], 0)
  return [...images]
}
