import { afterEach, describe, expect, test, vi } from 'vitest'
import { createMemoryApi } from './memory-api.ts'
import {
  type Condition,
  type Deployment,
  type PersistentVolumeClaim,
  type Service,
  kinds,
} from './objects.ts'
import { createStarter, deployment, read } from './running-simulation.ts'

const { start, stopAll } = createStarter()
afterEach(stopAll)

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 })

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
