/** The steps of the sample `hello` that are no clicks: what a person pushes, breaks, and waits for in the cluster. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KubeClient } from '@driftless/kube'
import { expect } from 'vitest'
import type { WorkingCopy } from './instance.ts'
import { readApplication } from './kubernetes.ts'
import { waitFor } from './wait-for.ts'

/** Where the sample is deployed and who knows about it. */
export interface HelloPlace {
  /** The cluster with the control objects. */
  control: KubeClient
  /** The cluster that it is deployed to. */
  target: KubeClient
  application: string
  namespace: string
}

/** The place of the first five minutes, but for what is said otherwise. */
export function helloPlace(control: KubeClient, more: Partial<HelloPlace> = {}): HelloPlace {
  return { control, target: control, application: 'hello', namespace: 'demo', ...more }
}

const deploymentIn = ({ namespace }: HelloPlace) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace,
  name: 'hello',
})

export async function pushReplicas(copy: WorkingCopy, replicas: number): Promise<string> {
  return edit(copy, /replicas: \d+/, `replicas: ${replicas}`)
}

export async function pushImageTag(copy: WorkingCopy, tag: string): Promise<string> {
  return edit(copy, /(image: \S+):\S+/, `$1:${tag}`)
}

/** For clusters whose nodes pull images; those of the sample are in no registry. */
export async function pushImage(copy: WorkingCopy, image: string): Promise<string> {
  return edit(copy, /image: \S+/, `image: ${image}`)
}

/** Changes the sample's Deployment and pushes; answers the commit. */
async function edit(copy: WorkingCopy, from: RegExp, to: string): Promise<string> {
  const file = join(copy.folder, 'hello/deployment.yaml')
  const before = await readFile(file, 'utf8')
  expect(before).toMatch(from)
  await writeFile(file, before.replace(from, to))
  return copy.push(to)
}

export async function untilReplicas(place: HelloPlace, count: number): Promise<void> {
  await waitFor(`${count} replicas`, async () => {
    const { status } = (await place.target.get(deploymentIn(place))) as {
      status?: { readyReplicas?: number }
    }
    return status?.readyReplicas === count
  })
}

export async function deleteAndHeal(place: HelloPlace): Promise<void> {
  const deployment = deploymentIn(place)
  const before = await place.target.get(deployment)
  await place.target.delete(deployment, { propagationPolicy: 'Background' })
  await waitFor('the deployment to heal', async () => {
    const healed = await place.target.find(deployment)
    return healed !== undefined && healed.metadata.uid !== before.metadata.uid
  })
}

export async function untilRolledBack(place: HelloPlace, revision: string): Promise<void> {
  await waitFor('the rollback to be Healthy', async () => {
    const { status } = await readApplication(place.control, place.application)
    return status?.health?.status === 'Healthy' && status.operationState?.syncResult?.revision === revision
  })
}

export async function untilState(
  { control, application }: HelloPlace,
  wanted: { sync: string; health: string },
): Promise<void> {
  await waitFor(`${application} to be ${wanted.sync} and ${wanted.health}`, async () => {
    const { status } = await readApplication(control, application)
    if (status?.sync?.status === wanted.sync && status.health?.status === wanted.health) return true
    throw new Error(JSON.stringify({ ...status, driftless: undefined }))
  })
}
