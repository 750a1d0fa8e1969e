import { afterEach, describe, expect, test, vi } from 'vitest'
import { createMemoryApi, type MemoryApi, mortal } from './memory-api.ts'
import { type Deployment, type ReplicaSet, kinds } from './objects.ts'
import { createStarter, deployment, pods, read, reasonOf, template } from './running-simulation.ts'

const { start, stopAll } = createStarter()
afterEach(stopAll)

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 })

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
