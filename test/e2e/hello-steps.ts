/** The steps of the sample `hello` that are no clicks: what a person pushes, breaks, and waits for in the cluster. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KubeClient } from '@driftless/kube'
import { expect } from 'vitest'
import type { WorkingCopy } from './instance.ts'
import { readApplication } from './kubernetes.ts'
import { waitFor } from './wait-for.ts'

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'demo', name: 'hello' }

export async function pushReplicas(copy: WorkingCopy, replicas: number): Promise<string> {
  return edit(copy, /replicas: \d+/, `replicas: ${replicas}`)
}

export async function pushImageTag(copy: WorkingCopy, tag: string): Promise<string> {
  return edit(copy, /(image: .*hello):\S+/, `$1:${tag}`)
}

/** Changes the sample's Deployment and pushes; answers the commit. */
async function edit(copy: WorkingCopy, from: RegExp, to: string): Promise<string> {
  const file = join(copy.folder, 'hello/deployment.yaml')
  const before = await readFile(file, 'utf8')
  expect(before).toMatch(from)
  await writeFile(file, before.replace(from, to))
  return copy.push(to)
}

export async function untilReplicas(kube: KubeClient, count: number): Promise<void> {
  await waitFor(`${count} replicas`, async () => {
    const { status } = (await kube.get(deployment)) as { status?: { readyReplicas?: number } }
    return status?.readyReplicas === count
  })
}

export async function deleteAndHeal(kube: KubeClient): Promise<void> {
  const before = await kube.get(deployment)
  await kube.delete({ ...deployment }, { propagationPolicy: 'Background' })
  await waitFor('the deployment to heal', async () => {
    const healed = await kube.find(deployment)
    return healed !== undefined && healed.metadata.uid !== before.metadata.uid
  })
}

export async function untilRolledBack(kube: KubeClient, revision: string): Promise<void> {
  await waitFor('the rollback to be Healthy', async () => {
    const { status } = await readApplication(kube, 'hello')
    return status?.health?.status === 'Healthy' && status.operationState?.syncResult?.revision === revision
  })
}

export async function untilState(kube: KubeClient, wanted: { sync: string; health: string }): Promise<void> {
  await waitFor(`hello to be ${wanted.sync} and ${wanted.health}`, async () => {
    const { status } = await readApplication(kube, 'hello')
    return status?.sync?.status === wanted.sync && status.health?.status === wanted.health
  })
}
