import type { KubeObject } from '@driftless/apimachinery'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { LocalApi } from '../local-api.ts'
import { startSimulation } from './index.ts'
import { createMemoryApi, type MemoryApi, mortal } from './memory-api.ts'
import type {
  Condition,
  CronJob,
  DaemonSet,
  Deployment,
  Job,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  Service,
  StatefulSet,
} from './objects.ts'
import { kinds } from './objects.ts'

let stops: AbortController[] = []
afterEach(() => {
  for (const stop of stops) stop.abort()
  stops = []
})

function start(api: LocalApi, log?: (line: string) => void): AbortController {
  const controller = new AbortController()
  stops.push(controller)
  startSimulation(api, { signal: controller.signal, delayMs: 20, ...(log === undefined ? {} : { log }) })
  return controller
}

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 })

function deployment(spec: Partial<Deployment['spec']> = {}, image = 'nginx:1.27'): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas: 3,
      progressDeadlineSeconds: 600,
      selector: { matchLabels: { app: 'web' } },
      template: template(image),
      ...spec,
    },
  }
}

function template(image: string, more: Partial<Pod['spec']> = {}): Deployment['spec']['template'] {
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }], ...more } }
}

const read = <T extends KubeObject>(api: MemoryApi, kind: (typeof kinds)[keyof typeof kinds], name = 'web') =>
  api.get(kind, 'shop', name) as T
const pods = (api: MemoryApi) => api.list(kinds.pod, { namespace: 'shop' }) as Pod[]
const reasonOf = (conditions: Condition[] | undefined, type: string) =>
  conditions?.find((one) => one.type === type)?.reason

async function setImage(api: MemoryApi, image: string): Promise<void> {
  await api.update(kinds.deployment, { namespace: 'shop', name: 'web' }, (stored) => ({
    ...stored,
    spec: { ...(stored as Deployment).spec, template: template(image) },
  }))
}

async function rolledOut(api: MemoryApi, image: string): Promise<void> {
  await eventually(() => {
    expect(pods(api).map((pod) => pod.spec.containers[0]?.image)).toEqual([image, image, image])
    expect(read<Deployment>(api, kinds.deployment).status).toMatchObject({
      replicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
    })
    expect(reasonOf(read<Deployment>(api, kinds.deployment).status?.conditions, 'Progressing')).toBe(
      'NewReplicaSetAvailable',
    )
  })
}

describe('a deployment', () => {
  test('becomes available with one status write for each pod', async () => {
    const api = createMemoryApi()
    start(api)
    await api.create(deployment())
    await rolledOut(api, 'nginx:1.27')
    const status = read<Deployment>(api, kinds.deployment).status
    expect(status?.observedGeneration).toBe(1)
    expect(status?.unavailableReplicas).toBeUndefined()
    expect(reasonOf(status?.conditions, 'Available')).toBe('MinimumReplicasAvailable')
    expect(read<Deployment>(api, kinds.deployment).metadata.annotations).toEqual({
      'deployment.kubernetes.io/revision': '1',
    })
    const set = api.list(kinds.replicaSet)[0] as ReplicaSet
    expect(set.metadata.name).toBe(`web-${set.metadata.labels?.['pod-template-hash']}`)
    expect(pods(api)[0]).toMatchObject({ spec: { nodeName: 'driftless-node' }, status: { phase: 'Running' } })
    expect(pods(api)[0]?.status?.podIP).toMatch(/^10\.244\./)
    expect(api.writes.filter((write) => write.kind === 'Pod')).toHaveLength(6)
    expect(api.events.map((event) => event.reason)).toEqual(
      expect.arrayContaining([
        'ScalingReplicaSet',
        'SuccessfulCreate',
        'Scheduled',
        'Pulled',
        'Created',
        'Started',
      ]),
    )
  })

  test('is left alone once it is settled, also by a second start', async () => {
    const api = createMemoryApi()
    const first = start(api)
    await api.create(deployment())
    await rolledOut(api, 'nginx:1.27')
    first.abort()
    const before = api.writes.length
    start(api)
    await api.create({ ...deployment({ replicas: 0 }), metadata: { name: 'marker', namespace: 'shop' } })
    await eventually(() =>
      expect(read<Deployment>(api, kinds.deployment, 'marker').status?.conditions).toHaveLength(2),
    )
    expect(api.writes.slice(before).filter((write) => !write.name.startsWith('marker'))).toEqual([])
  })

  test('rolls over without falling below its minimum, and back to the old replica set', async () => {
    const api = createMemoryApi()
    start(api)
    await api.create(
      deployment({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } }),
    )
    await rolledOut(api, 'nginx:1.27')
    const sizes: { all: number; ready: number }[] = []
    api.onChange(() => {
      const ready = pods(api).filter((pod) =>
        pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
      )
      sizes.push({ all: pods(api).length, ready: ready.length })
    })
    await setImage(api, 'nginx:1.28')
    await rolledOut(api, 'nginx:1.28')
    expect(Math.max(...sizes.map((size) => size.all))).toBe(4)
    expect(Math.min(...sizes.map((size) => size.ready))).toBe(3)
    await setImage(api, 'nginx:1.27')
    await rolledOut(api, 'nginx:1.27')
    expect(api.list(kinds.replicaSet)).toHaveLength(2)
    expect(read<Deployment>(api, kinds.deployment).metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
    })
  })

  test('recreates: never runs two templates at once', async () => {
    const api = createMemoryApi()
    start(api)
    await api.create(deployment({ strategy: { type: 'Recreate' } }))
    await rolledOut(api, 'nginx:1.27')
    let mixed = 0
    api.onChange(() => {
      mixed += Number(new Set(pods(api).map((pod) => pod.spec.containers[0]?.image)).size > 1)
    })
    await setImage(api, 'nginx:1.28')
    await rolledOut(api, 'nginx:1.28')
    expect(mixed).toBe(0)
  })

  test('with a broken image keeps the old pods, exceeds its deadline, and recovers', async () => {
    const api = createMemoryApi()
    start(api)
    await api.create(deployment({ progressDeadlineSeconds: 1 }))
    await rolledOut(api, 'nginx:1.27')
    await setImage(api, 'nginx:broken')
    await eventually(() => {
      const { status } = read<Deployment>(api, kinds.deployment)
      expect(reasonOf(status?.conditions, 'Progressing')).toBe('ProgressDeadlineExceeded')
      expect(status?.availableReplicas).toBe(3)
    })
    await eventually(() => {
      const stuck = pods(api).find((pod) => pod.spec.containers[0]?.image === 'nginx:broken')
      expect(stuck?.status?.phase).toBe('Pending')
      expect(stuck?.status?.containerStatuses?.[0]?.state.waiting?.reason).toBe('ImagePullBackOff')
    })
    await setImage(api, 'nginx:1.28')
    await rolledOut(api, 'nginx:1.28')
  })

  test('scales, pauses, and keeps a bounded history', async () => {
    const api = createMemoryApi()
    start(api)
    await api.create(deployment({ revisionHistoryLimit: 1 }))
    for (const image of ['nginx:1', 'nginx:2', 'nginx:3']) {
      await setImage(api, image)
      await rolledOut(api, image)
    }
    await eventually(() => expect(api.list(kinds.replicaSet)).toHaveLength(2))
    const change = (spec: Partial<Deployment['spec']>) =>
      api.update(kinds.deployment, { namespace: 'shop', name: 'web' }, (stored) => ({
        ...stored,
        spec: { ...(stored as Deployment).spec, ...spec },
      }))
    await change({ paused: true, replicas: 1, template: template('nginx:4') })
    await eventually(() => expect(pods(api).map((pod) => pod.spec.containers[0]?.image)).toEqual(['nginx:3']))
    await change({ paused: false, replicas: 3 })
    await rolledOut(api, 'nginx:4')
  })

  test('replaces a pod that someone deletes and adopts one that nobody owns', async () => {
    const api = createMemoryApi()
    start(api)
    await api.create(deployment())
    await rolledOut(api, 'nginx:1.27')
    const [first] = pods(api)
    await api.delete(kinds.pod, { namespace: 'shop', name: first?.metadata.name ?? '' })
    await eventually(() => {
      expect(pods(api)).toHaveLength(3)
      expect(read<Deployment>(api, kinds.deployment).status?.availableReplicas).toBe(3)
    })
    expect(reasonOf(read<Deployment>(api, kinds.deployment).status?.conditions, 'Progressing')).toBe(
      'NewReplicaSetAvailable',
    )
  })

  test('is finished after a stop at any write', async () => {
    let kills = 0
    for (let writes = 1; kills === writes - 1; writes += 1) {
      const api = createMemoryApi()
      await api.create(deployment())
      const process = mortal(api, writes)
      const killed = start(process.api)
      const isDone = () => read<Deployment>(api, kinds.deployment).status?.availableReplicas === 3
      await eventually(() => expect(process.isDead() || isDone()).toBe(true))
      killed.abort()
      if (process.isDead()) kills += 1
      start(api)
      await rolledOut(api, 'nginx:1.27')
      expect(api.list(kinds.replicaSet)).toHaveLength(1)
    }
    expect(kills).toBeGreaterThan(10)
  })
})

describe('other workloads', () => {
  test('a stateful set makes its pods in order, with claims that get volumes', async () => {
    const api = createMemoryApi()
    start(api)
    const made: string[] = []
    api.onChange(({ type, object }) => {
      if (type === 'ADDED' && object.kind === 'Pod') made.push(object.metadata.name)
    })
    const claim = {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
    }
    const { spec } = deployment()
    const set: StatefulSet = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        replicas: 3,
        serviceName: 'web',
        selector: spec.selector,
        template: spec.template,
        volumeClaimTemplates: [claim],
      },
    }
    await api.create(set)
    await eventually(() => {
      const { status } = read<StatefulSet>(api, kinds.statefulSet)
      expect(status).toMatchObject({ replicas: 3, readyReplicas: 3, updatedReplicas: 3, currentReplicas: 3 })
      expect(status?.currentRevision).toBe(status?.updateRevision)
      expect(read<PersistentVolumeClaim>(api, kinds.claim, 'data-web-2').status?.phase).toBe('Bound')
    })
    expect(made).toEqual(['web-0', 'web-1', 'web-2'])
    await api.update(kinds.statefulSet, { namespace: 'shop', name: 'web' }, (stored) => ({
      ...stored,
      spec: { ...(stored as StatefulSet).spec, template: template('nginx:2') },
    }))
    await eventually(() => {
      expect(made.slice(3)).toEqual(['web-2', 'web-1', 'web-0'])
      const { status } = read<StatefulSet>(api, kinds.statefulSet)
      expect(status).toMatchObject({ readyReplicas: 3, updatedReplicas: 3, observedGeneration: 2 })
      expect(status?.currentRevision).toBe(status?.updateRevision)
    })
    expect(api.list(kinds.controllerRevision)).toHaveLength(2)
  })

  test('a daemon set runs on the node and follows its template', async () => {
    const api = createMemoryApi()
    start(api)
    const { selector } = deployment().spec
    await api.create({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { selector, template: template('nginx:1') },
    })
    const settled = (image: string) =>
      eventually(() => {
        expect(pods(api).map((pod) => pod.spec.containers[0]?.image)).toEqual([image])
        expect(read<DaemonSet>(api, kinds.daemonSet).status).toMatchObject({
          desiredNumberScheduled: 1,
          updatedNumberScheduled: 1,
          numberAvailable: 1,
        })
      })
    await settled('nginx:1')
    await api.update(kinds.daemonSet, { namespace: 'shop', name: 'web' }, (stored) => ({
      ...stored,
      spec: { ...(stored as DaemonSet).spec, template: template('nginx:2') },
    }))
    await settled('nginx:2')
  })

  function job(spec: Partial<Job['spec']>, image = 'alpine:3'): Job {
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        parallelism: 1,
        completions: 1,
        backoffLimit: 6,
        template: template(image, { restartPolicy: 'Never' }),
        ...spec,
      },
    }
  }

  test('a job completes each of its indexes', async () => {
    const api = createMemoryApi()
    start(api)
    await api.create(job({ completions: 3, parallelism: 2, completionMode: 'Indexed' }))
    await eventually(() => expect(read<Job>(api, kinds.job).status?.completionTime).toBeDefined())
    const { status } = read<Job>(api, kinds.job)
    expect(status).toMatchObject({ succeeded: 3, completedIndexes: '0-2' })
    expect(status?.conditions?.map(({ type, reason }) => [type, reason])).toEqual([
      ['SuccessCriteriaMet', 'CompletionsReached'],
      ['Complete', 'CompletionsReached'],
    ])
    expect(pods(api).every((pod) => pod.status?.phase === 'Succeeded')).toBe(true)
  })

  test('a job whose image fails ends at its limit', async () => {
    const api = createMemoryApi()
    start(api)
    await api.create(job({ backoffLimit: 1 }, 'alpine:fail'))
    await eventually(() => {
      const { status } = read<Job>(api, kinds.job)
      expect(status?.conditions?.map(({ type }) => type)).toEqual(['FailureTarget', 'Failed'])
      expect(status).toMatchObject({ failed: 2 })
    })
    expect(reasonOf(read<Job>(api, kinds.job).status?.conditions, 'Failed')).toBe('BackoffLimitExceeded')
  })

  test('a suspended job waits, a finished one goes after its time', async () => {
    const api = createMemoryApi()
    start(api)
    await api.create(job({ suspend: true, ttlSecondsAfterFinished: 0 }))
    await eventually(() =>
      expect(reasonOf(read<Job>(api, kinds.job).status?.conditions, 'Suspended')).toBe('JobSuspended'),
    )
    expect(pods(api)).toEqual([])
    await api.update(kinds.job, { namespace: 'shop', name: 'web' }, (stored) => ({
      ...stored,
      spec: { ...(stored as Job).spec, suspend: false },
    }))
    await eventually(() => expect(api.get(kinds.job, 'shop', 'web')).toBeUndefined())
    expect(api.events.map((event) => event.reason)).toContain('Completed')
  })

  test('a cron job that is due starts one job', async () => {
    const api = createMemoryApi()
    const cron: CronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { schedule: '* * * * *', jobTemplate: { spec: job({}).spec } },
    }
    await api.create(cron)
    const lastScheduleTime = new Date(Date.now() - 5 * 60_000).toISOString()
    await api.update(
      kinds.cronJob,
      { namespace: 'shop', name: 'web' },
      (stored) => ({ ...stored, status: { lastScheduleTime } }),
      {
        subresource: 'status',
      },
    )
    start(api)
    await eventually(() => expect(read<CronJob>(api, kinds.cronJob).status?.lastSuccessfulTime).toBeDefined())
    expect(api.list(kinds.job)).toHaveLength(1)
  })

  test('bare pods: one that ends, one that crashes, one whose init container cannot be pulled', async () => {
    const api = createMemoryApi()
    start(api)
    const bare = (name: string, spec: Pod['spec']): Pod => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop' },
      spec,
    })
    await api.create(
      bare('ends', { restartPolicy: 'Never', containers: [{ name: 'main', image: 'alpine' }] }),
    )
    await api.create(bare('crashes', { containers: [{ name: 'main', image: 'alpine:crash' }] }))
    await api.create(
      bare('blocked', {
        initContainers: [{ name: 'first', image: 'alpine:does-not-exist' }],
        containers: [{ name: 'main', image: 'alpine' }],
      }),
    )
    await eventually(() => {
      expect(read<Pod>(api, kinds.pod, 'ends').status?.phase).toBe('Succeeded')
      const crashed = read<Pod>(api, kinds.pod, 'crashes').status?.containerStatuses?.[0]
      expect(crashed?.state.waiting?.reason).toBe('CrashLoopBackOff')
      expect(crashed).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 1 } } })
      const blocked = read<Pod>(api, kinds.pod, 'blocked').status
      expect(blocked?.initContainerStatuses?.[0]?.state.waiting?.reason).toBe('ImagePullBackOff')
      expect(blocked).toMatchObject({ phase: 'Pending' })
    })
  })
})

describe('around workloads', () => {
  test('a claim takes a volume that fits, and its own volume goes with it', async () => {
    const api = createMemoryApi()
    start(api)
    const volume = (name: string, accessModes: string[]) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        accessModes,
        capacity: { storage: '5Gi' },
        storageClassName: 'manual',
        persistentVolumeReclaimPolicy: 'Retain',
      },
    })
    const claim = (name: string, storageClassName?: string) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: 'shop' },
      spec: {
        accessModes: ['ReadWriteMany'],
        ...(storageClassName === undefined ? {} : { storageClassName }),
      },
    })
    await api.create(volume('once', ['ReadWriteOnce']))
    await api.create(volume('many', ['ReadWriteMany']))
    await api.create(claim('mine', 'manual'))
    await api.create(claim('waits', ''))
    await api.create(claim('own'))
    const phaseOf = (name: string) =>
      api.get(kinds.volume, '', name)?.status as { phase?: string } | undefined
    await eventually(() => {
      expect(read<PersistentVolumeClaim>(api, kinds.claim, 'mine')).toMatchObject({
        spec: { volumeName: 'many' },
        status: { phase: 'Bound', capacity: { storage: '5Gi' } },
      })
      expect(read<PersistentVolumeClaim>(api, kinds.claim, 'own').status?.phase).toBe('Bound')
      expect(read<PersistentVolumeClaim>(api, kinds.claim, 'waits').status?.phase).toBe('Pending')
      expect(phaseOf('many')?.phase).toBe('Bound')
      expect(phaseOf('once')?.phase).toBe('Available')
    })
    await api.delete(kinds.claim, { namespace: 'shop', name: 'own' })
    await api.delete(kinds.claim, { namespace: 'shop', name: 'mine' })
    await eventually(() => {
      expect(api.list(kinds.volume).map((one) => one.metadata.name)).toEqual(['once', 'many'])
      expect(phaseOf('many')?.phase).toBe('Released')
    })
  })

  test('a pod that is to go is removed by its kubelet', async () => {
    const api = createMemoryApi()
    start(api)
    await api.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'old',
        namespace: 'shop',
        deletionTimestamp: '2026-01-01T00:00:00Z',
        deletionGracePeriodSeconds: 30,
      },
      spec: { containers: [{ name: 'main', image: 'nginx' }] },
    })
    await eventually(() => expect(api.get(kinds.pod, 'shop', 'old')).toBeUndefined())
    expect(api.events.map((event) => event.reason)).toContain('Killing')
  })

  test('a service gets an address and the endpoints of its ready pods, and takes them away', async () => {
    const api = createMemoryApi()
    start(api)
    await api.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    })
    await api.create(deployment())
    const endpoints = () =>
      (api.list(kinds.endpointSlice)[0]?.endpoints ?? []) as {
        addresses: string[]
        conditions: { ready: boolean }
      }[]
    await eventually(() => {
      expect(read<Service>(api, kinds.service).status?.loadBalancer?.ingress).toHaveLength(1)
      expect(endpoints().filter((one) => one.conditions.ready)).toHaveLength(3)
    })
    await api.delete(kinds.deployment, { namespace: 'shop', name: 'web' })
    await eventually(() => expect(endpoints()).toEqual([]))
  })

  test('objects that no controller looks at cost nothing', async () => {
    const api = createMemoryApi()
    start(api)
    await eventually(() => expect(api.list(kinds.storageClass)).toHaveLength(1))
    const before = api.writes.length
    await api.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'shop' },
      data: {},
    })
    await api.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'idle', namespace: 'shop' },
      spec: { selector: { app: 'nobody' } },
    })
    await api.create(deployment({ replicas: 0 }))
    await eventually(() => expect(read<Deployment>(api, kinds.deployment).status?.conditions).toHaveLength(2))
    const others = api.writes
      .slice(before)
      .filter((write) => ['ConfigMap', 'Service', 'EndpointSlice'].includes(write.kind))
    expect(others.map((write) => write.verb)).toEqual(['create', 'create'])
  })

  test('ingress, autoscaler, budget and API service report', async () => {
    const api = createMemoryApi()
    start(api)
    const meta = { name: 'web', namespace: 'shop' }
    await api.create(deployment())
    await api.create({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: meta, spec: {} })
    await api.create({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: meta,
      spec: {
        minReplicas: 4,
        maxReplicas: 6,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      },
    })
    await api.create({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: meta,
      spec: { minAvailable: '50%', selector: { matchLabels: { app: 'web' } } },
    })
    await api.create({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.x' },
      spec: {},
    })
    await eventually(() => {
      expect(read(api, kinds.ingress).status).toEqual({ loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } })
      expect(read(api, kinds.autoscaler).status).toMatchObject({ currentReplicas: 4, desiredReplicas: 4 })
      expect(read(api, kinds.disruptionBudget).status).toMatchObject({
        expectedPods: 4,
        desiredHealthy: 2,
        disruptionsAllowed: 2,
      })
      const status = api.get(kinds.apiService, '', 'v1.x')?.status as { conditions: Condition[] } | undefined
      expect(status?.conditions[0]).toMatchObject({ type: 'Available', status: 'True' })
    })
  })
})
