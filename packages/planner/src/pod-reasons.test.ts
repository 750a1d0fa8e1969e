import { AppError } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { LogsRef } from '@driftless/kube'
import { expect, test } from 'vitest'
import type { ClusterConnection } from './clusters.ts'
import { createPodReasons } from './pod-reasons.ts'

const degraded = { status: 'Degraded' as const, message: 'Job has reached the specified backoff limit' }

function owned(kind: string, name: string, owner: string, more: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      namespace: 'prod',
      uid: `uid-${name}`,
      ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: owner, uid: `uid-${owner}` }],
    },
    ...more,
  }
}

const job = owned('Job', 'migrate', 'nobody')
const ended = { name: 'run', state: { terminated: { exitCode: 3 } } }
const failed = (containerStatuses: object[], phase = 'Failed') =>
  owned('Pod', 'migrate-1', 'migrate', {
    spec: { restartPolicy: 'Never' },
    status: { phase, containerStatuses },
  })
const crashing = {
  name: 'web',
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' } },
  lastState: { terminated: { exitCode: 1 } },
}

/** A cluster that holds these objects and answers questions for logs. */
function cluster(objects: KubeObject[], answer: (ref: LogsRef) => string) {
  const asked: LogsRef[] = []
  const childrenOf = (uid: string) =>
    objects
      .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))
      .map((object) => ({
        key: { group: '', kind: object.kind, namespace: 'prod', name: object.metadata.name },
        uid: object.metadata.uid,
        object,
      }))
  const logs = (ref: LogsRef) => {
    asked.push(ref)
    return Promise.resolve().then(() => answer(ref))
  }
  // Only what is asked for here.
  const connection = { live: { childrenOf }, client: { logs } } as unknown as ClusterConnection
  return { connection, asked }
}

async function explained(objects: KubeObject[], answer: (ref: LogsRef) => string, object = job) {
  const reasons = createPodReasons()
  const { connection, asked } = cluster(objects, answer)
  await reasons.prepare(connection, [object])
  await reasons.prepare(connection, [object])
  return { message: reasons.explain(degraded, object, connection).message, asked }
}

test('a workload that is degraded says why its pod failed, and the last lines of its log, which are read once', async () => {
  const { message, asked } = await explained([failed([ended])], () => 'one\ntwo\nno such table: users\n')
  expect(message).toBe(
    'Job has reached the specified backoff limit; pod migrate-1: Container "run" failed with exit code 3; ' +
      'its last log lines: one\ntwo\nno such table: users',
  )
  expect(asked).toMatchObject([{ namespace: 'prod', name: 'migrate-1', container: 'run', tailLines: 5 }])
})

test('a container that crashes again and again: the log of the run before, found below a ReplicaSet', async () => {
  const deployment = owned('Deployment', 'web', 'nobody')
  const replicas = owned('ReplicaSet', 'web-1', 'web')
  const pod = owned('Pod', 'web-1-a', 'web-1', {
    spec: { restartPolicy: 'Always' },
    status: { phase: 'Running', containerStatuses: [crashing] },
  })
  const { message, asked } = await explained([replicas, pod], () => 'port 80 is taken', deployment)
  expect(message).toContain(
    'pod web-1-a: back-off 10s restarting failed container; its last log lines: port 80 is taken',
  )
  expect(asked).toMatchObject([{ container: 'web', previous: true }])
})

test('an image that cannot be pulled has no log and asks for none', async () => {
  const waiting = { name: 'web', state: { waiting: { reason: 'ImagePullBackOff', message: 'cannot pull' } } }
  const pod = owned('Pod', 'migrate-1', 'migrate', {
    spec: { restartPolicy: 'Always' },
    status: { phase: 'Pending', containerStatuses: [waiting] },
  })
  const { message, asked } = await explained([pod], () => 'never')
  expect(message).toContain('pod migrate-1: cannot pull')
  expect(asked).toEqual([])
})

test('long lines are cut at their beginning, more lines than were asked for too', async () => {
  const { message } = await explained([failed([ended])], () => `first\n${'x'.repeat(900)} end\n2\n3\n4\n5`)
  const lines = message.split('its last log lines: ')[1] ?? ''
  expect(lines).not.toContain('first')
  expect(lines.length).toBeLessThanOrEqual(601)
  expect(lines.endsWith('end\n2\n3\n4\n5')).toBe(true)
})

test('a log that cannot be read leaves the reason of the pod, and is not asked for again', async () => {
  const { message, asked } = await explained([failed([ended])], () => {
    throw new AppError('Forbidden', 'pods/log is forbidden')
  })
  expect(message).toBe(
    'Job has reached the specified backoff limit; pod migrate-1: Container "run" failed with exit code 3',
  )
  expect(asked).toHaveLength(1)
})

test('a kubelet that never answers is not waited for, and is not asked again', async () => {
  let asked = 0
  const { connection } = cluster([failed([ended])], () => '')
  connection.client.logs = ({ signal }) => {
    asked += 1
    return new Promise((_answer, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  }
  const reasons = createPodReasons({ patienceMs: 5 })
  await reasons.prepare(connection, [job])
  await reasons.prepare(connection, [job])
  expect(reasons.explain(degraded, job, connection).message).toContain('failed with exit code 3')
  expect(asked).toBe(1)
})

test('a workload whose pods say nothing yet waits for those below it; one that is explained waits for none', () => {
  const deployment = owned('Deployment', 'web', 'nobody')
  const replicas = owned('ReplicaSet', 'web-1', 'web')
  const quiet = owned('Pod', 'web-1-a', 'web-1', { spec: {}, status: { phase: 'Pending' } })
  const reasons = createPodReasons()
  const before = cluster([replicas, quiet], () => '').connection
  expect(reasons.unexplained(degraded, deployment, before)).toEqual(['uid-web', 'uid-web-1'])
  expect(reasons.unexplained({ status: 'Healthy', message: '' }, deployment, before)).toEqual([])
  const pod = owned('Pod', 'web-1-a', 'web-1', {
    spec: { restartPolicy: 'Always' },
    status: { phase: 'Running', containerStatuses: [crashing] },
  })
  const after = cluster([replicas, pod], () => '').connection
  expect(reasons.unexplained(degraded, deployment, after)).toEqual([])
})

test('what is not degraded is left as it is', async () => {
  const { connection } = cluster([failed([ended])], () => 'log')
  const progressing = { status: 'Progressing' as const, message: 'why' }
  expect(createPodReasons().explain(progressing, job, connection)).toEqual(progressing)
})
