import type { JsonObject, JsonValue, KubeObject } from '@driftless/apimachinery'

const counters = { replicas: 0 }

/** The status that an object of a kind is born with, by group and kind: counters that are written even when zero. */
const firstStatus: Record<string, JsonObject> = {
  '/PersistentVolumeClaim': { phase: 'Pending' },
  '/ResourceQuota': {},
  '/ReplicationController': counters,
  'apps/Deployment': {},
  'apps/StatefulSet': { replicas: 0, availableReplicas: 0 },
  'apps/DaemonSet': {
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  },
  'apps/ReplicaSet': counters,
  'batch/Job': {},
  'batch/CronJob': {},
  'autoscaling/HorizontalPodAutoscaler': { currentReplicas: 0, desiredReplicas: 0 },
  'policy/PodDisruptionBudget': {
    disruptionsAllowed: 0,
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
  },
  'networking.k8s.io/Ingress': { loadBalancer: {} },
}

/** Sets the status of a new object; a PersistentVolume also tells since when it waits, `now` in RFC 3339. */
export function setFirstStatus(object: KubeObject, kind: string): void {
  const status = firstStatus[kind]
  if (status !== undefined) object['status'] = structuredClone<JsonValue>(status)
  if (object.apiVersion === 'autoscaling/v2') object['status'] = { desiredReplicas: 0, currentMetrics: null }
  if (kind === '/PersistentVolume') {
    const since = object.metadata.creationTimestamp ?? ''
    object['status'] = { phase: 'Pending', lastPhaseTransitionTime: since }
  }
}
