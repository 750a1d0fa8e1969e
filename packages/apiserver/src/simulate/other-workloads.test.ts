import { afterEach, describe, expect, test, vi } from 'vitest'
import { createMemoryApi } from './memory-api.ts'
import {
  type CronJob,
  type DaemonSet,
  type Job,
  type PersistentVolumeClaim,
  type Pod,
  type StatefulSet,
  kinds,
} from './objects.ts'
import { createStarter, deployment, pods, read, reasonOf, template } from './running-simulation.ts'

const { start, stopAll } = createStarter()
afterEach(stopAll)

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 })

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
