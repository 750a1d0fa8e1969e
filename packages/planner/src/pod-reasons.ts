import { isAppError } from '@driftless/api'
import { isJsonObject, type KubeObject } from '@driftless/apimachinery'
import { type Health, healthOf } from '@driftless/engine'
import type { ClusterConnection } from './clusters.ts'

/** Why a workload is degraded, from the pod below it that is: what the pod says of itself, and its last log lines. */
export interface PodReasons {
  /** Reads the last log lines of the broken pods of these objects; each pod is asked once. */
  prepare(connection: ClusterConnection, objects: Iterable<KubeObject>): Promise<void>
  /** The health with the pod's reason where it is Degraded, otherwise as it is. */
  explain(health: Health, object: KubeObject, connection: ClusterConnection): Health
  /**
   * Uids of the object and of what stands between it and its pods, while it is Degraded and no pod says why yet: a pod that one
   * of them owns may say it later. Empty otherwise.
   */
  unexplained(health: Health, object: KubeObject, connection: ClusterConnection): string[]
}

const lastLines = 5
const mostCharacters = 600
const kept = 5_000

/**
 * A log is read once for each incarnation of a pod, so that a container that crashes again and again does not change the status
 * each time. What cannot be read, or not within `patienceMs`, is left out: the reason of the pod stands without it, and no pass
 * waits for a kubelet that does not answer.
 */
export function createPodReasons({ patienceMs = 3_000 } = {}): PodReasons {
  const logs = new Map<string, string>()
  return {
    prepare: async (connection, objects) => {
      const pods = [...objects].map((object) => brokenPod(object, connection)?.pod)
      const unread = pods.filter((pod) => pod !== undefined && !logs.has(pod.metadata.uid ?? ''))
      await Promise.all(
        unread.map(async (pod) => {
          if (pod === undefined) return
          const text = await readLastLines(connection, pod, AbortSignal.timeout(patienceMs))
          if (text === undefined) return
          if (logs.size >= kept) logs.clear()
          logs.set(pod.metadata.uid ?? '', text)
        }),
      )
    },
    explain: (health, object, connection) => {
      if (health.status !== 'Degraded') return health
      const broken = brokenPod(object, connection)
      if (broken === undefined) return health
      const { pod, reason } = broken
      const text = logs.get(pod.metadata.uid ?? '') ?? ''
      const parts = [
        ...(health.message === '' || pod === object ? [] : [health.message]),
        [`pod ${pod.metadata.name}`, ...(reason === '' ? [] : [reason])].join(': '),
        ...(text === '' ? [] : [`its last log lines: ${text}`]),
      ]
      return { ...health, message: parts.join('; ') }
    },
    unexplained: (health, object, connection) => {
      const { uid = '' } = object.metadata
      if (health.status !== 'Degraded' || uid === '' || brokenPod(object, connection) !== undefined) return []
      const between = connection.live.childrenOf(uid).filter((child) => child.key.kind !== 'Pod')
      return [uid, ...between.map((child) => child.uid)]
    },
  }
}

interface BrokenPod {
  pod: KubeObject
  reason: string
}

/** The first degraded pod below the object that has something to say; of a pod, itself. */
function brokenPod(object: KubeObject, connection: ClusterConnection): BrokenPod | undefined {
  const pods =
    object.kind === 'Pod' ? [object] : podsBelow(connection, object.metadata.uid ?? '', 3).filter(isDegraded)
  for (const pod of pods) {
    const reason = healthOf(pod)?.message ?? ''
    if (reason !== '' || endedContainer(pod) !== undefined) return { pod, reason }
  }
  return undefined
}

function isDegraded(pod: KubeObject): boolean {
  return healthOf(pod)?.status === 'Degraded'
}

function podsBelow(connection: ClusterConnection, uid: string, depth: number): KubeObject[] {
  if (uid === '' || depth === 0) return []
  return connection.live
    .childrenOf(uid)
    .flatMap((child) =>
      child.key.kind === 'Pod' ? [child.object] : podsBelow(connection, child.uid, depth - 1),
    )
}

interface EndedContainer {
  container: string
  /** The container was started again since: its log is that of the run before. */
  previous: boolean
}

/** The first container that ended badly; one that never ran has no log. */
function endedContainer(pod: KubeObject): EndedContainer | undefined {
  const status = isJsonObject(pod['status']) ? pod['status'] : {}
  for (const list of [status['initContainerStatuses'], status['containerStatuses']]) {
    for (const entry of Array.isArray(list) ? list : []) {
      if (!isJsonObject(entry) || typeof entry['name'] !== 'string') continue
      if (endedBadly(entry['state'])) return { container: entry['name'], previous: false }
      if (endedBadly(entry['lastState'])) return { container: entry['name'], previous: true }
    }
  }
  return undefined
}

function endedBadly(state: unknown): boolean {
  if (!isJsonObject(state) || !isJsonObject(state['terminated'])) return false
  return state['terminated']['exitCode'] !== 0
}

/** `undefined`: there is no log yet. Empty: it cannot be read. */
async function readLastLines(
  { client }: ClusterConnection,
  { metadata, ...rest }: KubeObject,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ended = endedContainer({ metadata, ...rest })
  if (ended === undefined) return undefined
  const { container, previous } = ended
  const { namespace = '', name } = metadata
  try {
    const text = await client.logs({
      namespace,
      name,
      container,
      tailLines: lastLines,
      signal,
      ...(previous ? { previous } : {}),
    })
    const lines = text.trimEnd().split('\n').slice(-lastLines).join('\n')
    return lines.length > mostCharacters ? `…${lines.slice(-mostCharacters)}` : lines
  } catch (error) {
    if (isAppError(error) || signal.aborted) return ''
    throw error
  }
}
