import type { KubeObject } from '@driftless/apimachinery'

interface PodSpec {
  initContainers?: { image?: string }[]
  containers?: { image?: string }[]
}

/** Images of a Pod or of the template of a workload, each once. */
export function imagesOf(object: KubeObject): string[] {
  const spec = (object['spec'] ?? {}) as PodSpec & {
    template?: { spec?: PodSpec }
    jobTemplate?: { spec?: { template?: { spec?: PodSpec } } }
  }
  const pod =
    object.kind === 'Pod' ? spec : (spec.jobTemplate?.spec?.template?.spec ?? spec.template?.spec ?? {})
  const containers = [...listOf(pod.initContainers), ...listOf(pod.containers)]
  const images = containers.map(({ image }) => image).filter((image) => typeof image === 'string')
  return [...new Set(images)]
}

/** What a line of the tree says beside health: `ready/total restarts` for pods, `ready/desired` for workloads. */
export function infoOf(object: KubeObject): string {
  const status = (object['status'] ?? {}) as Record<string, unknown>
  const spec = (object['spec'] ?? {}) as Record<string, unknown>
  switch (object.kind) {
    case 'Pod':
      return podInfo(status, spec)
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
      return `${numberOf(status['readyReplicas'])}/${numberOf(spec['replicas'], 1)}`
    case 'DaemonSet':
      return `${numberOf(status['numberReady'])}/${numberOf(status['desiredNumberScheduled'])}`
    case 'Job':
      return `${numberOf(status['succeeded'])}/${numberOf(spec['completions'], 1)}`
    default:
      return ''
  }
}

function podInfo(status: Record<string, unknown>, spec: Record<string, unknown>): string {
  const containers = listOf(
    status['containerStatuses'] as { ready?: boolean; restartCount?: number }[] | undefined,
  )
  const total = Math.max(listOf(spec['containers'] as unknown[] | undefined).length, containers.length)
  const ready = containers.filter((container) => container.ready === true).length
  const restarts = containers.reduce((sum, container) => sum + numberOf(container.restartCount), 0)
  return `${ready}/${total} ${restarts}`
}

function listOf<Item>(value: Item[] | undefined): Item[] {
  return Array.isArray(value) ? value : []
}

function numberOf(value: unknown, fallback = 0): number {
  return typeof value === 'number' ? value : fallback
}
