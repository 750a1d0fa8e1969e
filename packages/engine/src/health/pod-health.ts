import { isJsonObject, type JsonObject, type KubeObject } from '@driftless/apimachinery'
import { isHook } from '../normalize/hooks.ts'
import {
  conditionOf,
  degraded,
  type Health,
  healthy,
  numberOf,
  objectsOf,
  progressing,
  section,
  textOf,
} from './object-view.ts'

const ignoreRestartPolicy = 'argocd.argoproj.io/ignore-restart-policy'

/** A pod that is to run for ever is healthy when ready; one that is to end, when it ended well. */
export function podHealth(pod: KubeObject): Health | undefined {
  const status = section(pod, 'status')
  if (runsForEver(pod)) {
    const failing = containersOf(status)
      .map(waitingError)
      .find((message) => message !== undefined)
    if (failing !== undefined) return degraded(failing)
  }
  switch (textOf(status, 'phase')) {
    case 'Pending':
      return progressing(textOf(status, 'message'))
    case 'Succeeded':
      return healthy(textOf(status, 'message'))
    case 'Failed':
      return degraded(failureOf(status))
    case 'Running':
      return running(pod, status)
    default:
      return { status: 'Unknown', message: textOf(status, 'message') }
  }
}

function running(pod: KubeObject, status: JsonObject): Health {
  if (!runsForEver(pod)) return progressing(textOf(status, 'message'))
  if (conditionOf(pod, 'Ready')?.status === 'True') return healthy(textOf(status, 'message'))
  const restarted = objectsOf(status, 'containerStatuses').some((container) =>
    isJsonObject(section(container, 'lastState')['terminated']),
  )
  return restarted ? degraded(textOf(status, 'message')) : progressing(textOf(status, 'message'))
}

function runsForEver(pod: KubeObject): boolean {
  const policy = textOf(section(pod, 'spec'), 'restartPolicy')
  if (policy === 'Always') return true
  return pod.metadata.annotations?.[ignoreRestartPolicy] === 'true' && !isHook(pod)
}

function containersOf(status: JsonObject): JsonObject[] {
  return [...objectsOf(status, 'initContainerStatuses'), ...objectsOf(status, 'containerStatuses')]
}

function waitingError(container: JsonObject): string | undefined {
  const waiting = section(section(container, 'state'), 'waiting')
  const reason = textOf(waiting, 'reason')
  const failing = reason.startsWith('Err') || reason.endsWith('Error') || reason.endsWith('BackOff')
  return failing ? textOf(waiting, 'message') || reason : undefined
}

function failureOf(status: JsonObject): string {
  const message = textOf(status, 'message')
  if (message !== '') return message
  for (const container of containersOf(status)) {
    const terminated = section(container, 'state')['terminated']
    if (!isJsonObject(terminated)) continue
    if (textOf(terminated, 'message') !== '') return textOf(terminated, 'message')
    if (textOf(terminated, 'reason') === 'OOMKilled') return 'OOMKilled'
    const exitCode = numberOf(terminated, 'exitCode')
    if (exitCode !== 0) return `Container "${textOf(container, 'name')}" failed with exit code ${exitCode}`
  }
  return ''
}
