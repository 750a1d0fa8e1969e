import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { KubeObject } from '@driftless/apimachinery'
import { createClient, type KubeClient } from '@driftless/kube'
import { waitFor } from '@driftless/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from './start-control-plane.ts'

let controlPlane: ControlPlane
let client: KubeClient

beforeAll(async () => {
  controlPlane = await startControlPlane()
  client = createClient(controlPlane.config)
})

afterAll(async () => {
  await client.close()
  await controlPlane.close()
})

function workload(kind: 'Deployment' | 'Job', name: string, image: string): KubeObject {
  const labels = { app: name }
  const containers = [{ name: 'main', image }]
  const deployment = {
    replicas: 2,
    progressDeadlineSeconds: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  }
  const job = { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers } } }
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name, namespace: 'default' },
    spec: kind === 'Job' ? job : deployment,
  }
}

interface Status {
  readyReplicas?: number
  conditions?: { type: string; status: string; reason?: string }[]
}

async function conditionsOf(object: KubeObject): Promise<string[]> {
  const { status } = (await client.get({ ...object, namespace: 'default', name: object.metadata.name })) as {
    status?: Status
  }
  return (status?.conditions ?? []).map(
    ({ type, status: value, reason }) => `${type}=${value} ${reason ?? ''}`,
  )
}

function untilCondition(object: KubeObject, wanted: string): Promise<true> {
  const what = `${object.kind} ${object.metadata.name} to be ${wanted}`
  return waitFor(
    async () => (await conditionsOf(object)).some((text) => text.startsWith(wanted)) || undefined,
    {
      what,
      timeoutMs: 30_000,
    },
  )
}

test('workloads live: good images run, broken ones do not, Jobs end, deleted pods go', async () => {
  const good = workload('Deployment', 'good', 'example.org/web:1')
  const broken = workload('Deployment', 'broken', 'example.org/web:broken')
  const done = workload('Job', 'done', 'example.org/job:1')
  const failed = workload('Job', 'failed', 'example.org/job:fail')
  for (const object of [good, broken, done, failed]) await client.create(object)
  await untilCondition(good, 'Available=True')
  await untilCondition(broken, 'Progressing=False ProgressDeadlineExceeded')
  await untilCondition(done, 'Complete=True')
  await untilCondition(failed, 'Failed=True')
  await client.delete({ ...good, namespace: 'default', name: 'good' }, { propagationPolicy: 'Background' })
  const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'default' }
  await waitFor(async () => (await client.list(pods, { labelSelector: 'app=good' })).items.length === 0, {
    what: 'the pods to be gone',
    timeoutMs: 30_000,
  })
  const { items } = await client.list(pods, { labelSelector: 'app=broken' })
  expect(JSON.stringify(items[0]?.['status'])).toContain('"reason":"ImagePullBackOff"')
})

test('a process that is killed leaves no program and no folder', async () => {
  const module = new URL('start-control-plane.ts', import.meta.url).pathname
  const script = `
    const { startControlPlane } = await import(${JSON.stringify(module)})
    const { kubeconfig } = await startControlPlane({ workloads: false })
    console.log(kubeconfig)
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kubeconfig = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it was ready`)))
  })
  expect(existsSync(kubeconfig)).toBe(true)
  child.kill('SIGKILL')
  // The guard removes the folder after the programs are killed.
  await waitFor(() => !existsSync(dirname(kubeconfig)), { what: 'the folder to be gone' })
})
