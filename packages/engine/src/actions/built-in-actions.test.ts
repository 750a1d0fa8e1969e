import type { KubeObject } from '@driftless/apimachinery'
import { expect, test } from 'vitest'
import { builtInActions, runBuiltInAction } from './built-in-actions.ts'

const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'prod' },
  spec: { replicas: 2, template: { metadata: { labels: { app: 'web' } } } },
}
const cronJob: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly', namespace: 'prod', uid: 'u' },
  spec: { suspend: true, jobTemplate: { metadata: { labels: { a: 'b' } }, spec: { parallelism: 2 } } },
}
const now = '2026-11-01T00:00:00Z'

function run(object: KubeObject, name: string, parameters: Record<string, string> = {}) {
  return runBuiltInAction(name, { object, parameters, now })?.[0]
}

test('restart changes the pod template and nothing else', () => {
  expect(run(deployment, 'restart')).toEqual({
    operation: 'patch',
    object: {
      ...deployment,
      spec: {
        replicas: 2,
        template: {
          metadata: { labels: { app: 'web' }, annotations: { 'kubectl.kubernetes.io/restartedAt': now } },
        },
      },
    },
  })
})

test('scale takes a whole number', () => {
  expect(run(deployment, 'scale', { replicas: '5' })?.object['spec']).toMatchObject({ replicas: 5 })
  expect(() => run(deployment, 'scale', { replicas: '-1' })).toThrow('whole number')
  expect(() => run(deployment, 'scale')).toThrow('whole number')
})

test('pause, resume and suspend are offered where they change something', () => {
  const offered = (object: KubeObject) =>
    builtInActions(object)
      .filter(({ disabled }) => !disabled)
      .map(({ name }) => name)
  expect(offered(deployment)).toEqual(['restart', 'scale', 'pause'])
  expect(offered(run(deployment, 'pause')?.object ?? deployment)).toEqual(['restart', 'scale', 'resume'])
  expect(offered(cronJob)).toEqual(['resume', 'create-job'])
  expect(offered({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } })).toEqual([])
})

test('a CronJob runs now as a Job that it owns', () => {
  expect(run(cronJob, 'create-job')).toMatchObject({
    operation: 'create',
    object: {
      kind: 'Job',
      metadata: {
        name: 'nightly-1793491200',
        labels: { a: 'b' },
        ownerReferences: [{ uid: 'u', controller: true }],
      },
      spec: { parallelism: 2 },
    },
  })
})

test('what an object cannot do is not there', () => {
  expect(run(cronJob, 'restart')).toBeUndefined()
})
