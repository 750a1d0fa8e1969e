import { labels } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'
import { applicationName } from './bench-repository.ts'

export const names = {
  workspace: 'bench',
  project: 'bench',
  repository: 'apps',
  destination: 'bench-live',
} as const

/** A workspace with a namespace to deploy to and a DevOps project, as a person would make them. */
export async function createSurroundings(client: KubeClient): Promise<void> {
  await client.create({
    apiVersion: 'driftless.dev/v1alpha1',
    kind: 'Workspace',
    metadata: { name: names.workspace },
    spec: { alias: 'Bench' },
  })
  await client.create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: names.destination, labels: { [labels.workspace]: names.workspace } },
  })
  await client.create({
    apiVersion: 'driftless.dev/v1alpha1',
    kind: 'DevOpsProject',
    metadata: { name: names.project },
    spec: { workspace: names.workspace, alias: 'Bench' },
  })
  await until(
    client,
    { apiVersion: 'v1', kind: 'Namespace' },
    (object) => object.metadata.name === names.project,
  )
  await until(
    client,
    { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject' },
    (object) => object.metadata.name === names.project,
  )
}

export function repositoryUrl(url: string): string {
  return `${url}/git/${names.project}/${names.repository}.git`
}

export async function createRepositoryObject(client: KubeClient, url: string): Promise<void> {
  await client.create({
    apiVersion: 'driftless.dev/v1alpha1',
    kind: 'GitRepository',
    metadata: { name: names.repository, namespace: names.project },
    spec: { url: repositoryUrl(url) },
  })
}

/** Creates all applications, a few at a time, as `kubectl apply` of a big folder would. */
export async function createApplications(client: KubeClient, url: string, count: number): Promise<void> {
  const open = Array.from({ length: count }, (_, index) => applicationName(index)).toReversed()
  const worker = async (): Promise<void> => {
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      await client.create(applicationOf(name, repositoryUrl(url)))
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}

function applicationOf(name: string, repoURL: string): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: names.project },
    spec: {
      project: names.project,
      source: { repoURL, targetRevision: 'main', path: name },
      destination: { name: 'in-cluster', namespace: names.destination },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
  }
}

async function until(
  client: KubeClient,
  resource: { apiVersion: string; kind: string },
  isIt: (object: KubeObject) => boolean,
): Promise<void> {
  const { items, resourceVersion } = await client.list(resource)
  if (items.some(isIt)) return
  const seen = new AbortController()
  const signal = AbortSignal.any([seen.signal, AbortSignal.timeout(30_000)])
  await client.watch(resource, {
    resourceVersion,
    signal,
    onEvent: ({ object }) => {
      if (isIt(object)) seen.abort()
    },
  })
  if (!seen.signal.aborted)
    throw new Error(`the ${resource.kind} that the bench needs was not made within 30 s`)
}
