import type { KubeObject } from '@driftless/apimachinery'
import { describe, expect, test } from 'vitest'
import { aggregateHealth, type HealthSubject } from './aggregate-health.ts'
import { healthOf } from './health-of.ts'

function make(type: string, parts: Record<string, unknown>, metadata: object = {}): KubeObject {
  const at = type.lastIndexOf('/')
  const [apiVersion, kind] = [type.slice(0, at), type.slice(at + 1)]
  return { apiVersion, kind, metadata: { name: 'x', generation: 2, ...metadata }, ...parts }
}

const seen = { observedGeneration: 2 }
const ready = { ...seen, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }
const condition = (type: string, status: string, reason = '') => ({
  conditions: [{ type, status, reason, message: 'why' }],
})
const always = { restartPolicy: 'Always' }
const never = { restartPolicy: 'Never' }

describe('health by kind (argocd.md §2.8)', () => {
  test.each<[string, string, Record<string, unknown>, string | undefined]>([
    ['deployment ready', 'apps/v1/Deployment', { spec: { replicas: 2 }, status: ready }, 'Healthy'],
    ['deployment paused', 'apps/v1/Deployment', { spec: { paused: true }, status: {} }, 'Suspended'],
    ['deployment not observed', 'apps/v1/Deployment', { spec: {}, status: { ...ready, observedGeneration: 1 } }, 'Progressing'],
    ['deployment over its deadline', 'apps/v1/Deployment', { spec: {}, status: { ...ready, ...condition('Progressing', 'False', 'ProgressDeadlineExceeded') } }, 'Degraded'],
    ['deployment updating', 'apps/v1/Deployment', { spec: { replicas: 3 }, status: ready }, 'Progressing'],
    ['deployment with old replicas', 'apps/v1/Deployment', { spec: { replicas: 2 }, status: { ...ready, replicas: 3 } }, 'Progressing'],
    ['deployment not available', 'apps/v1/Deployment', { spec: { replicas: 2 }, status: { ...ready, availableReplicas: 1 } }, 'Progressing'],
    ['deployment of another version', 'apps/v1beta1/Deployment', { spec: {}, status: ready }, undefined],
    ['stateful set ready', 'apps/v1/StatefulSet', { spec: { replicas: 1 }, status: { ...seen, readyReplicas: 1 } }, 'Healthy'],
    ['stateful set not ready', 'apps/v1/StatefulSet', { spec: { replicas: 2 }, status: { ...seen, readyReplicas: 1 } }, 'Progressing'],
    ['stateful set unseen', 'apps/v1/StatefulSet', { spec: { replicas: 0 }, status: {} }, 'Progressing'],
    ['stateful set partition', 'apps/v1/StatefulSet', { spec: { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }, status: { ...seen, readyReplicas: 3, updatedReplicas: 1 } }, 'Healthy'],
    ['stateful set partition behind', 'apps/v1/StatefulSet', { spec: { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } }, status: { ...seen, readyReplicas: 3, updatedReplicas: 1 } }, 'Progressing'],
    ['stateful set two revisions', 'apps/v1/StatefulSet', { spec: { replicas: 1 }, status: { ...seen, readyReplicas: 1, updateRevision: 'b', currentRevision: 'a' } }, 'Progressing'],
    ['stateful set OnDelete', 'apps/v1/StatefulSet', { spec: { replicas: 1, updateStrategy: { type: 'OnDelete' } }, status: { ...seen, readyReplicas: 1, updateRevision: 'b', currentRevision: 'a' } }, 'Healthy'],
    ['daemon set available', 'apps/v1/DaemonSet', { spec: {}, status: { ...seen, desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberAvailable: 1 } }, 'Healthy'],
    ['daemon set not available', 'apps/v1/DaemonSet', { spec: {}, status: { ...seen, desiredNumberScheduled: 1, updatedNumberScheduled: 1 } }, 'Progressing'],
    ['daemon set OnDelete', 'apps/v1/DaemonSet', { spec: { updateStrategy: { type: 'OnDelete' } }, status: { ...seen, desiredNumberScheduled: 1 } }, 'Healthy'],
    ['replica set failing', 'apps/v1/ReplicaSet', { spec: {}, status: { ...seen, ...condition('ReplicaFailure', 'True') } }, 'Degraded'],
    ['replica set short', 'apps/v1/ReplicaSet', { spec: { replicas: 2 }, status: { ...seen, availableReplicas: 1 } }, 'Progressing'],
    ['pod ready', 'v1/Pod', { spec: always, status: { phase: 'Running', ...condition('Ready', 'True') } }, 'Healthy'],
    ['pod not ready', 'v1/Pod', { spec: always, status: { phase: 'Running' } }, 'Progressing'],
    ['pod restarted', 'v1/Pod', { spec: always, status: { phase: 'Running', containerStatuses: [{ lastState: { terminated: {} } }] } }, 'Degraded'],
    ['pod cannot pull', 'v1/Pod', { spec: always, status: { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] } }, 'Degraded'],
    ['pod that ends cannot pull', 'v1/Pod', { spec: never, status: { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] } }, 'Progressing'],
    ['pod that ends runs', 'v1/Pod', { spec: never, status: { phase: 'Running', ...condition('Ready', 'True') } }, 'Progressing'],
    ['pod ended', 'v1/Pod', { spec: never, status: { phase: 'Succeeded' } }, 'Healthy'],
    ['pod failed', 'v1/Pod', { spec: never, status: { phase: 'Failed' } }, 'Degraded'],
    ['job running', 'batch/v1/Job', { status: {} }, 'Progressing'],
    ['job complete', 'batch/v1/Job', { status: condition('Complete', 'True') }, 'Healthy'],
    ['job failed', 'batch/v1/Job', { status: condition('Failed', 'True') }, 'Degraded'],
    ['job suspended', 'batch/v1/Job', { status: condition('Suspended', 'True') }, 'Suspended'],
    ['job resumed', 'batch/v1/Job', { status: condition('Suspended', 'False') }, 'Progressing'],
    ['cron job suspended', 'batch/v1/CronJob', { spec: { suspend: true }, status: {} }, 'Suspended'],
    ['cron job new', 'batch/v1/CronJob', { spec: {}, status: {} }, 'Healthy'],
    ['claim bound', 'v1/PersistentVolumeClaim', { status: { phase: 'Bound' } }, 'Healthy'],
    ['claim pending', 'v1/PersistentVolumeClaim', { status: { phase: 'Pending' } }, 'Progressing'],
    ['claim lost', 'v1/PersistentVolumeClaim', { status: { phase: 'Lost' } }, 'Degraded'],
    ['claim new', 'v1/PersistentVolumeClaim', {}, 'Unknown'],
    ['service', 'v1/Service', { spec: { type: 'ClusterIP' } }, 'Healthy'],
    ['load balancer without address', 'v1/Service', { spec: { type: 'LoadBalancer' } }, 'Progressing'],
    ['load balancer', 'v1/Service', { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{}] } } }, 'Healthy'],
    ['ingress without address', 'networking.k8s.io/v1/Ingress', {}, 'Progressing'],
    ['API service', 'apiregistration.k8s.io/v1/APIService', { status: condition('Available', 'True') }, 'Healthy'],
    ['autoscaler waiting', 'autoscaling/v2/HorizontalPodAutoscaler', { status: {} }, 'Progressing'],
    ['autoscaler able', 'autoscaling/v2/HorizontalPodAutoscaler', { status: condition('AbleToScale', 'True') }, 'Healthy'],
    ['autoscaler broken', 'autoscaling/v2/HorizontalPodAutoscaler', { status: condition('ScalingActive', 'False', 'FailedGetResourceMetric') }, 'Degraded'],
    ['definition waiting', 'apiextensions.k8s.io/v1/CustomResourceDefinition', {}, 'Progressing'],
    ['definition', 'apiextensions.k8s.io/v1/CustomResourceDefinition', { status: condition('Established', 'True') }, 'Healthy'],
    ['repository that answers', 'driftless.dev/v1alpha1/GitRepository', { status: condition('Ready', 'True') }, 'Healthy'],
    ['repository that does not', 'driftless.dev/v1alpha1/GitRepository', { status: condition('Ready', 'False') }, 'Degraded'],
    ['config map', 'v1/ConfigMap', {}, undefined],
    ['child application', 'argoproj.io/v1alpha1/Application', { status: { health: { status: 'Degraded' } } }, 'Degraded'],
    ['disruption budget', 'policy/v1/PodDisruptionBudget', {}, undefined],
  ])('%s', (...[, type, parts, status]) => {
    expect(healthOf(make(type, parts))?.status).toBe(status)
  }) // biome-ignore format: a table

  test('anything that is being deleted is Progressing, but a hook that waits for us keeps its health', () => {
    const deletionTimestamp = '2026-01-01T00:00:00Z'
    expect(healthOf(make('v1/ConfigMap', {}, { deletionTimestamp }))).toEqual({
      status: 'Progressing',
      message: 'Pending deletion',
    })
    const held = { deletionTimestamp, finalizers: ['argocd.argoproj.io/hook-finalizer'] }
    expect(healthOf(make('batch/v1/Job', { status: condition('Complete', 'True') }, held))?.status).toBe(
      'Healthy',
    )
  })
})

describe('health of an application', () => {
  function subject(
    kind: string,
    status: string | undefined,
    more: Partial<HealthSubject> = {},
  ): HealthSubject {
    const live = make(`v1/${kind}`, {})
    return {
      key: { group: '', kind, namespace: 'prod', name: kind.toLowerCase() },
      live,
      hook: false,
      ...(status === undefined ? {} : { health: { status: status as 'Healthy', message: 'why' } }),
      ...more,
    }
  }

  test.each<[string, HealthSubject[], string]>([
    ['nothing', [], 'Healthy'],
    [
      'the worst',
      [subject('A', 'Progressing'), subject('B', 'Degraded'), subject('C', 'Healthy')],
      'Degraded',
    ],
    ['hooks do not count', [subject('A', 'Degraded', { hook: true })], 'Healthy'],
    [
      'one missing does not count',
      [subject('A', undefined, { live: undefined }), subject('B', 'Healthy')],
      'Healthy',
    ],
    ['all missing', [subject('A', undefined, { live: undefined })], 'Missing'],
    [
      'objects that ask to be left out',
      [
        subject('A', 'Degraded', {
          live: make('v1/A', {}, { annotations: { 'argocd.argoproj.io/ignore-healthcheck': 'true' } }),
        }),
      ],
      'Healthy',
    ],
    [
      'child applications that are Unknown',
      [
        subject('A', 'Unknown', {
          key: { group: 'argoproj.io', kind: 'Application', namespace: '', name: 'a' },
        }),
      ],
      'Healthy',
    ],
  ])('%s', (_name, subjects, status) => {
    expect(aggregateHealth(subjects).status).toBe(status)
  })

  test('from best to worst: Healthy, Suspended, Progressing, Missing, Degraded, Unknown', () => {
    const order = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown']
    for (const [index, worse] of order.entries()) {
      for (const better of order.slice(0, index + 1)) {
        expect(aggregateHealth([subject('A', better), subject('B', worse)]).status).toBe(worse)
        expect(aggregateHealth([subject('A', worse), subject('B', better)]).status).toBe(worse)
      }
    }
  })

  test('the reason names the worst resource and counts the others like it', () => {
    expect(aggregateHealth([subject('A', 'Degraded'), subject('B', 'Degraded')]).message).toBe(
      'A a is Degraded: why (and 1 more)',
    )
  })
})

test('a child Application is as healthy as it says itself; one that nobody looked at is Progressing', () => {
  const child = (status?: object): KubeObject => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'child' },
    ...(status === undefined ? {} : { status }),
  })
  expect(healthOf(child())).toMatchObject({ status: 'Progressing' })
  expect(healthOf(child({ health: { status: 'Degraded', message: 'why' } }))).toEqual({
    status: 'Degraded',
    message: 'why',
  })
})
