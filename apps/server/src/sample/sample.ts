import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { annotations, labels } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'
import { createSampleRepository } from './sample-repository.ts'

const workspaceName = 'demo'
const projectName = 'demo-project'
const repositoryName = 'hello'
const namespaceName = 'demo'

/**
 * What the first five minutes need: a workspace with a namespace to deploy to, a DevOps project, and a Git repository
 * served by this program and imported there. All of it is made once: while the repository is in the data dir, nothing
 * that a person changed or deleted is made again.
 */
export async function createSample(input: {
  client: KubeClient
  url: string
  gitRoot: string
  /** Configured path of git. */
  git?: string | undefined
}): Promise<void> {
  const { client } = input
  const folder = join(input.gitRoot, projectName, `${repositoryName}.git`)
  if (existsSync(folder)) return
  await createSampleRepository(folder, input.git)
  await ensure(client, {
    apiVersion: 'driftless.dev/v1alpha1',
    kind: 'Workspace',
    metadata: { name: workspaceName },
    spec: { alias: 'Demo', description: 'A workspace to try things in' },
  })
  await createSampleNamespace(client)
  await ensure(client, {
    apiVersion: 'driftless.dev/v1alpha1',
    kind: 'DevOpsProject',
    metadata: { name: projectName, annotations: { [annotations.creator]: 'admin' } },
    spec: { workspace: workspaceName, alias: 'Demo project', description: 'The sample DevOps project' },
  })
  await waitForNamespace(client, projectName)
  await ensure(client, repositoryObject(input.url))
}

/** The project (namespace) that the sample deploys to, on whatever cluster. */
export async function createSampleNamespace(client: KubeClient): Promise<void> {
  await ensure(client, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespaceName, labels: { [labels.workspace]: workspaceName } },
  })
}

function repositoryObject(url: string): KubeObject {
  return {
    apiVersion: 'driftless.dev/v1alpha1',
    kind: 'GitRepository',
    metadata: {
      name: repositoryName,
      namespace: projectName,
      annotations: { [annotations.creator]: 'admin' },
    },
    spec: {
      url: `${url}/git/${projectName}/${repositoryName}.git`,
      description: 'The sample repository, served by this program',
    },
  }
}

async function ensure(client: KubeClient, object: KubeObject): Promise<void> {
  const { apiVersion, kind, metadata } = object
  const found = await client.find({
    apiVersion,
    kind,
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  })
  if (found === undefined) await client.create(object)
}

/** The DevOps project's controller creates the namespace. */
async function waitForNamespace(client: KubeClient, name: string): Promise<void> {
  const { items, resourceVersion } = await client.list({ apiVersion: 'v1', kind: 'Namespace' })
  if (items.some((item) => item.metadata.name === name)) return
  const seen = new AbortController()
  await client.watch(
    { apiVersion: 'v1', kind: 'Namespace' },
    {
      resourceVersion,
      signal: AbortSignal.any([seen.signal, AbortSignal.timeout(15_000)]),
      onEvent: (event) => {
        if (event.object.metadata.name === name) seen.abort()
      },
    },
  )
}
