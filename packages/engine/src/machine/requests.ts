import { finalizers } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { SyncTask } from '../order/sync-task.ts'
import type { RequestVerb, SyncRequest, SyncState } from './sync-state.ts'

/** Annotation of hook objects: which run of which operation made them. */
export const operationAnnotation = 'driftless.dev/operation'

/** A hook with two phases runs once in each, as two runs of one object. */
export function hookRun(state: Pick<SyncState, 'operationId'>, task: SyncTask): string {
  return `${state.operationId}/${task.phase}`
}

export function requestFor(state: SyncState, task: SyncTask, verb: RequestVerb): SyncRequest {
  const request: SyncRequest = {
    id: `${verb} ${task.id}`,
    verb,
    taskId: task.id,
    key: task.key,
    apiVersion: task.apiVersion,
  }
  if (verb === 'delete') return { ...request, ...deletion(state, task) }
  if (verb === 'create-hook' || verb === 'apply' || verb === 'replace' || verb === 'dry-run') {
    const object = task.hook === undefined ? task.object : hookObject(state, task)
    return {
      ...request,
      ...(object === undefined ? {} : { object }),
      ...(task.options.force ? { force: true } : {}),
      ...(task.options.validate ? {} : { validate: false }),
    }
  }
  return request
}

/** The request that makes the object of a task. */
export function applyRequest(state: SyncState, task: SyncTask): SyncRequest {
  if (task.hook !== undefined) return requestFor(state, task, 'create-hook')
  return requestFor(state, task, task.options.replace ? 'replace' : 'apply')
}

function deletion(state: SyncState, task: SyncTask): Partial<SyncRequest> {
  return {
    propagationPolicy: state.prunePropagationPolicy,
    ...(task.uid === undefined ? {} : { uid: task.uid }),
  }
}

function hookObject(state: SyncState, task: SyncTask): KubeObject | undefined {
  if (task.object === undefined) return undefined
  const { metadata } = task.object
  return {
    ...task.object,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [operationAnnotation]: hookRun(state, task) },
      finalizers: [...new Set([...(metadata.finalizers ?? []), finalizers.hook])],
    },
  }
}
