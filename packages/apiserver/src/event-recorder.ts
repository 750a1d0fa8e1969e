import { createHash } from 'node:crypto'
import { isAppError, messageOf } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { LocalApi } from './local-api.ts'
import { rfc3339 } from './objects/context.ts'

export interface EventInput {
  object: KubeObject
  type: 'Normal' | 'Warning'
  reason: string
  message: string
}

const eventKind = { group: '', kind: 'Event' }

/** Who writes such an event in a cluster: the controller of the kind; for pods, the scheduler and the kubelet. */
const components: Record<string, string> = {
  Deployment: 'deployment-controller',
  ReplicaSet: 'replicaset-controller',
  StatefulSet: 'statefulset-controller',
  DaemonSet: 'daemonset-controller',
  Job: 'job-controller',
  CronJob: 'cronjob-controller',
  HorizontalPodAutoscaler: 'horizontal-pod-autoscaler',
  PersistentVolumeClaim: 'persistentvolume-controller',
  Pod: 'kubelet',
}

function componentOf({ object, reason }: EventInput): string {
  return reason === 'Scheduled' ? 'default-scheduler' : (components[object.kind] ?? 'driftless-simulation')
}

/** Writes Events; one that says the same about the same object again is counted up. */
export class EventRecorder {
  #api: LocalApi
  #log: (line: string) => void

  constructor(api: LocalApi, log: (line: string) => void) {
    this.#api = api
    this.#log = log
  }

  record(input: EventInput): void {
    this.#write(input).catch((error: unknown) => {
      // The namespace of the object may be on its way out; its events are of no use then.
      if (
        isAppError(error, 'NotFound') ||
        isAppError(error, 'Forbidden') ||
        isAppError(error, 'AlreadyExists')
      )
        return
      this.#log(
        `event ${input.reason} of ${input.object.kind} ${input.object.metadata.name}: ${messageOf(error)}`,
      )
    })
  }

  async #write(input: EventInput): Promise<void> {
    const { object, type, reason, message } = input
    const component = componentOf(input)
    const { metadata } = object
    const namespace = metadata.namespace ?? 'default'
    const digest = createHash('sha256')
      .update(`${metadata.uid}\n${type}\n${reason}\n${message}`)
      .digest('hex')
      .slice(0, 16)
    const name = `${metadata.name}.${digest}`
    const now = rfc3339(new Date())
    const counted = await this.#api.update(eventKind, { namespace, name }, (event) => ({
      ...event,
      count: Number(event['count'] ?? 1) + 1,
      lastTimestamp: now,
    }))
    if (counted !== undefined) return
    const { apiVersion, kind } = object
    const involvedObject = {
      apiVersion,
      kind,
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
    }
    await this.#api.create({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject,
      type,
      reason,
      message,
      source: { component },
      reportingComponent: component,
      reportingInstance: '',
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    })
  }
}
