import type { KubeObject } from '@driftless/apimachinery'
import { ageOf, listAt, textAt } from './cells.ts'
import type { Column } from './column.ts'

interface ContainerStatus {
  ready?: boolean
  restartCount?: number
  state?: {
    waiting?: { reason?: string }
    terminated?: { reason?: string; exitCode?: number; signal?: number }
    running?: object
  }
  lastState?: { terminated?: { finishedAt?: string } }
}

/** Columns of pods after the name. */
export const podColumns: readonly Column[] = [
  { name: 'Ready', type: 'string', cell: ready },
  { name: 'Status', type: 'string', cell: podStatus },
  { name: 'Restarts', type: 'string', cell: restarts },
  { name: 'Age', type: 'string', cell: (object, now) => ageOf(object.metadata.creationTimestamp, now) },
  { name: 'IP', type: 'string', priority: 1, cell: (object) => textAt(object, 'status.podIP') },
  { name: 'Node', type: 'string', priority: 1, cell: (object) => textAt(object, 'spec.nodeName') },
  {
    name: 'Nominated Node',
    type: 'string',
    priority: 1,
    cell: (object) => textAt(object, 'status.nominatedNodeName'),
  },
  { name: 'Readiness Gates', type: 'string', priority: 1, cell: () => '<none>' },
]

function ready(pod: KubeObject): string {
  const statuses = listAt<ContainerStatus>(pod, 'status.containerStatuses')
  const running = statuses.filter(
    (status) => status.ready === true && status.state?.running !== undefined,
  ).length
  return `${running}/${listAt(pod, 'spec.containers').length}`
}

function restarts(pod: KubeObject, now: number): string {
  const statuses = listAt<ContainerStatus>(pod, 'status.containerStatuses')
  const total = statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0)
  const last =
    statuses
      .map(({ lastState }) => lastState?.terminated?.finishedAt ?? '')
      .toSorted()
      .at(-1) ?? ''
  return total > 0 && last !== '' ? `${total} (${ageOf(last, now)} ago)` : String(total)
}

/** What is most worth knowing: a failing init container, else a failing container, else the phase. */
function podStatus(pod: KubeObject): string {
  const phase = textAt(pod, 'status.reason', textAt(pod, 'status.phase', 'Unknown'))
  const reason = initReason(pod) ?? containerReason(pod) ?? phase
  if (pod.metadata.deletionTimestamp === undefined) return reason
  return phase === 'Succeeded' || phase === 'Failed' ? reason : 'Terminating'
}

function initReason(pod: KubeObject): string | undefined {
  const statuses = listAt<ContainerStatus>(pod, 'status.initContainerStatuses')
  for (const [at, { state = {} }] of statuses.entries()) {
    const { terminated, waiting } = state
    if (terminated?.exitCode === 0 || state.running !== undefined) continue
    if (terminated !== undefined) return `Init:${terminated.reason ?? `ExitCode:${terminated.exitCode}`}`
    if (waiting?.reason !== undefined && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`
    return `Init:${at}/${statuses.length}`
  }
  return undefined
}

function containerReason(pod: KubeObject): string | undefined {
  const statuses = listAt<ContainerStatus>(pod, 'status.containerStatuses')
  for (const { state = {} } of statuses) {
    if (state.waiting?.reason !== undefined) return state.waiting.reason
    if (state.terminated !== undefined)
      return state.terminated.reason ?? `ExitCode:${state.terminated.exitCode ?? 0}`
  }
  return undefined
}
