import type { KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'

const applications = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }

interface State {
  status?: {
    sync?: { status?: string }
    health?: { status?: string }
    operationState?: { phase?: string; message?: string }
    conditions?: { type?: string; message?: string }[]
  }
}

/** Follows all applications of a namespace until they are Synced and Healthy. */
export interface Progress {
  /** Milliseconds of `performance.now()` at which the n-th application was first seen Synced and Healthy. */
  doneAt: number[]
  /** Watch events of applications: each is one write to one of them. */
  events: number
  /** Resolves when `count` are done; rejects after `timeoutMs` with a sentence about those that are not. */
  finished: Promise<void>
}

export function followApplications(
  client: KubeClient,
  options: { namespace: string; count: number; timeoutMs: number },
): Progress {
  const done = new Map<string, number>()
  const latest = new Map<string, KubeObject>()
  const ended = new AbortController()
  const progress: Progress = { doneAt: [], events: 0, finished: Promise.resolve() }

  const observe = (object: KubeObject): void => {
    const { name } = object.metadata
    latest.set(name, object)
    if (done.has(name) || !isDone(object)) return
    const now = performance.now()
    done.set(name, now)
    progress.doneAt.push(now)
    if (done.size === options.count) ended.abort('finished')
  }

  const follow = async (): Promise<void> => {
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(options.timeoutMs)])
    const resource = { ...applications, namespace: options.namespace }
    while (!signal.aborted) {
      const { items, resourceVersion } = await client.list(resource)
      for (const item of items) observe(item)
      const onEvent = ({ object, type }: { object: KubeObject; type: string }) => {
        if (type === 'BOOKMARK') return
        progress.events += 1
        observe(object)
      }
      if (!signal.aborted) await client.watch(resource, { resourceVersion, signal, onEvent })
    }
    if (done.size < options.count) throw new Error(describeUnfinished(options, done, latest))
  }
  progress.finished = follow()
  return progress
}

function isDone(object: KubeObject): boolean {
  const { status } = object as State
  return status?.sync?.status === 'Synced' && status.health?.status === 'Healthy'
}

function describeUnfinished(
  options: { count: number; timeoutMs: number },
  done: Map<string, number>,
  latest: Map<string, KubeObject>,
): string {
  const open = [...latest.values()].find((object) => !done.has(object.metadata.name))
  const share = `${done.size} of ${options.count} applications done after ${options.timeoutMs / 1000} s`
  if (open === undefined) return `${share}; no other application was seen`
  return `${share}; ${open.metadata.name}: ${describeState(open as State)}`
}

function describeState({ status = {} }: State): string {
  const { sync, health, operationState, conditions = [] } = status
  return [
    `sync ${sync?.status ?? 'not said'}`,
    `health ${health?.status ?? 'not said'}`,
    `operation ${operationState?.phase ?? 'none'} ${operationState?.message ?? ''}`,
    ...conditions.map((condition) => `${condition.type}: ${condition.message}`),
  ].join('; ')
}
