import type { KubeObject } from '@driftless/apimachinery'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ApiServer } from '../server.ts'
import { startTestServer } from '../test-client.ts'
import type { Condition, Deployment, Pod } from './objects.ts'
import { kinds } from './objects.ts'
import { conditionOf } from './simulation.ts'

// The simulation on the real server: its defaults, validation, garbage collection and graceful deletion.

let server: ApiServer
const logged: string[] = []

beforeEach(async () => {
  logged.length = 0
  server = await startTestServer({ simulate: true, log: (line) => logged.push(line) })
})
afterEach(async () => {
  await server.close()
})

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 10 })
const namespace = 'default'
const read = <T extends KubeObject>(kind: (typeof kinds)[keyof typeof kinds], name: string) =>
  server.api.get(kind, namespace, name) as T | undefined
const pods = () => server.api.list(kinds.pod, { namespace }) as Pod[]

function workload(kind: string, name: string, spec: object): KubeObject {
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] },
  }
  const selector = { matchLabels: { app: name } }
  return { apiVersion: 'apps/v1', kind, metadata: { name, namespace }, spec: { selector, template, ...spec } }
}

async function makeAll(suffix: string): Promise<void> {
  await server.api.create(workload('Deployment', `web-${suffix}`, { replicas: 2 }))
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  await server.api.create(
    workload('StatefulSet', `db-${suffix}`, {
      replicas: 2,
      serviceName: 'db',
      volumeClaimTemplates: [claim],
    }),
  )
  await server.api.create(workload('DaemonSet', `agent-${suffix}`, {}))
  await server.api.create({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `job-${suffix}`, namespace },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'alpine' }] } } },
  })
  await server.api.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `web-${suffix}`, namespace },
    spec: { type: 'LoadBalancer', selector: { app: `web-${suffix}` }, ports: [{ port: 80 }] },
  })
  await server.api.create({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: `web-${suffix}`, namespace },
    spec: { defaultBackend: { service: { name: `web-${suffix}`, port: { number: 80 } } } },
  })
  await server.api.create({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: `web-${suffix}`, namespace },
    spec: { minAvailable: 1, selector: { matchLabels: { app: `web-${suffix}` } } },
  })
  await server.api.create({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: `web-${suffix}`, namespace },
    spec: {
      maxReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `web-${suffix}` },
    },
  })
}

interface AnyStatus {
  phase?: string
  conditions?: Condition[]
}

const statusOf = (kind: (typeof kinds)[keyof typeof kinds], name: string) =>
  (read(kind, name)?.status ?? {}) as AnyStatus

async function allDone(suffix: string): Promise<void> {
  const web = `web-${suffix}`
  const address = { loadBalancer: { ingress: [{ ip: '127.0.0.1' }] } }
  await eventually(() => {
    const deployment = statusOf(kinds.deployment, web)
    expect(deployment).toMatchObject({ availableReplicas: 2, observedGeneration: 1 })
    expect(conditionOf(deployment.conditions, 'Progressing')?.reason).toBe('NewReplicaSetAvailable')
    expect(statusOf(kinds.statefulSet, `db-${suffix}`)).toMatchObject({ readyReplicas: 2 })
    expect(statusOf(kinds.daemonSet, `agent-${suffix}`)).toMatchObject({ numberAvailable: 1 })
    expect(statusOf(kinds.claim, `data-db-${suffix}-1`).phase).toBe('Bound')
    expect(conditionOf(statusOf(kinds.job, `job-${suffix}`).conditions, 'Complete')?.status).toBe('True')
    expect(statusOf(kinds.service, web)).toMatchObject(address)
    expect(statusOf(kinds.ingress, web)).toMatchObject(address)
    expect(statusOf(kinds.disruptionBudget, web)).toMatchObject({ currentHealthy: 2 })
    expect(statusOf(kinds.autoscaler, web)).toMatchObject({ currentReplicas: 2 })
    const slices = server.api.list(kinds.endpointSlice, { labels: { 'kubernetes.io/service-name': web } })
    expect(slices[0]?.endpoints).toHaveLength(2)
  })
}

test('every kind comes to life and is then left alone', async () => {
  await makeAll('a')
  await allDone('a')
  const changed: string[] = []
  server.api.onChange(({ type, object }) => {
    const { name } = object.metadata
    if (!/-b\b/.test(name) && !name.startsWith('pvc-') && object.kind !== 'Event') {
      changed.push(`${type} ${object.kind} ${name}`)
    }
  })
  // While a second set of everything comes to life, nothing of the first is written.
  await makeAll('b')
  await allDone('b')
  expect(changed).toEqual([])
  expect(logged).toEqual([])
})

test('deleting a deployment takes its pods away, deleting a pod brings a new one', async () => {
  await server.api.create(workload('Deployment', 'web', { replicas: 2 }))
  const running = () =>
    pods().filter((pod) => pod.status?.phase === 'Running' && !pod.metadata.deletionTimestamp)
  await eventually(() => expect(running()).toHaveLength(2))
  const first = running()[0]?.metadata.name ?? ''
  await server.api.delete(kinds.pod, { namespace, name: first }, { gracePeriodSeconds: 30 })
  await eventually(() => {
    expect(read(kinds.pod, first)).toBeUndefined()
    expect(running()).toHaveLength(2)
  })
  await server.api.delete(kinds.deployment, { namespace, name: 'web' }, { propagationPolicy: 'Foreground' })
  await eventually(() => {
    expect(read(kinds.deployment, 'web')).toBeUndefined()
    expect(server.api.list(kinds.replicaSet, { namespace })).toEqual([])
    expect(pods()).toEqual([])
  })
})

test('a broken image stops a rollout, the old template takes it back', async () => {
  const setImage = (image: string) =>
    server.api.update(kinds.deployment, { namespace, name: 'web' }, (stored) => {
      const container = (stored as Deployment).spec.template.spec.containers[0]
      if (container !== undefined) container.image = image
      return stored
    })
  const reason = () => {
    const conditions = read<Deployment>(kinds.deployment, 'web')?.status?.conditions
    return conditionOf(conditions, 'Progressing')?.reason
  }
  await server.api.create(workload('Deployment', 'web', { replicas: 2, progressDeadlineSeconds: 1 }))
  await eventually(() => expect(reason()).toBe('NewReplicaSetAvailable'))
  await setImage('nginx:broken')
  await eventually(() => expect(reason()).toBe('ProgressDeadlineExceeded'))
  await setImage('nginx:1.27')
  await eventually(() => {
    expect(reason()).toBe('NewReplicaSetAvailable')
    expect(server.api.list(kinds.replicaSet, { namespace })).toHaveLength(2)
    expect(pods().every((pod) => pod.status?.phase === 'Running')).toBe(true)
  })
})
