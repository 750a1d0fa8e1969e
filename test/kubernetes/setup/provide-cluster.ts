/**
 * Before the tier `kubernetes`: a control plane of its own, or the user's cluster where DRIFTLESS_TEST_CONTEXT names a
 * context of their kubeconfig. After it: all is as it was.
 */
import { randomBytes } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { customResourceDefinitions } from '@driftless/api/schemas'
import type { KubeObject } from '@driftless/apimachinery'
import { createClient, type KubeClient, loadKubeconfig } from '@driftless/kube'
import { testRunLabel, waitFor } from '@driftless/testkit'
import type { TestProject } from 'vitest/node'
import { startControlPlane } from '../control-plane/start-control-plane.ts'

/** How the tests of this tier find the cluster that they all share. */
export interface ProvidedCluster {
  kubeconfig: string
  context: string
  /** Marks what this run makes. */
  run: string
  /** False on a user's cluster: what restarts or fills it is not tested there. */
  own: boolean
}

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: ProvidedCluster
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const context = process.env['DRIFTLESS_TEST_CONTEXT']
  const run = randomBytes(4).toString('hex')
  const controlPlane = context === undefined ? await startControlPlane() : undefined
  const cluster = {
    kubeconfig: controlPlane?.kubeconfig ?? process.env['KUBECONFIG'] ?? join(homedir(), '.kube', 'config'),
    context: context ?? 'control-plane',
    run,
    own: controlPlane !== undefined,
  }
  const client = createClient(await loadKubeconfig({ path: cluster.kubeconfig, context: cluster.context }))
  const installed = await installDefinitions(client)
  if (!cluster.own) say(`on the cluster of the context ${cluster.context}`, installed)
  project.provide('cluster', cluster)
  return async () => {
    // A control plane of our own is thrown away whole.
    if (!cluster.own) await leaveAsFound(client, { run, installed })
    await client.close()
    await controlPlane?.close()
  }
}

async function installDefinitions(client: KubeClient): Promise<KubeObject[]> {
  const installed: KubeObject[] = []
  for (const definition of customResourceDefinitions()) {
    const ref = refOf(definition)
    if ((await client.find(ref)) !== undefined) continue
    installed.push(await client.apply(definition, { manager: 'driftless-test' }))
    await waitFor(async () => isEstablished(await client.get(ref)), { what: `${ref.name} to be served` })
  }
  return installed
}

function isEstablished({ status }: KubeObject & { status?: unknown }): boolean {
  const conditions = (status as { conditions?: { type: string; status: string }[] } | undefined)?.conditions
  return (conditions ?? []).some(({ type, status: value }) => type === 'Established' && value === 'True')
}

async function leaveAsFound(
  client: KubeClient,
  { run, installed }: { run: string; installed: readonly KubeObject[] },
): Promise<void> {
  const namespaces = { apiVersion: 'v1', kind: 'Namespace' }
  await waitFor(
    async () => {
      const { items } = await client.list(namespaces, { labelSelector: `${testRunLabel}=${run}` })
      if (items.length === 0) return true
      throw new Error(items.map(({ metadata }) => metadata.name).join(', '))
    },
    { what: 'the namespaces of this run to be gone', timeoutMs: 120_000 },
  )
  const kept: string[] = []
  for (const definition of installed) {
    if (await hasObjects(client, definition)) kept.push(definition.metadata.name)
    else await client.delete(refOf(definition))
  }
  if (kept.length > 0) process.stdout.write(`kept, because somebody uses them: ${kept.join(', ')}\n`)
}

async function hasObjects(client: KubeClient, definition: KubeObject): Promise<boolean> {
  const { group, names, versions } = definition['spec'] as {
    group: string
    names: { kind: string }
    versions: { name: string }[]
  }
  const { items } = await client.list({
    apiVersion: `${group}/${versions[0]?.name ?? ''}`,
    kind: names.kind,
  })
  return items.length > 0
}

function refOf({ apiVersion, kind, metadata }: KubeObject) {
  return { apiVersion, kind, name: metadata.name }
}

function say(where: string, installed: readonly KubeObject[]): void {
  const names = installed.map(({ metadata }) => metadata.name).join(', ')
  const definitions = installed.length === 0 ? 'none; all are there' : `${names} (removed at the end)`
  process.stdout.write(`${where}; CustomResourceDefinitions installed: ${definitions}\n`)
  process.stdout.write('NOT RUN there: the suites that start, kill or fill a control plane of their own\n')
}
