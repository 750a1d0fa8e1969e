import { customResourceDefinitions } from '@driftless/api/schemas'
import type { AppProject } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import { createInformer, type KubeClient } from '@driftless/kube'
import { startCluster, type TestCluster, waitFor } from '@driftless/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDevOpsProjectController } from './devops-project.ts'

const driftless = 'driftless.dev/v1alpha1'
const abort = new AbortController()
let cluster: TestCluster
let finished: Promise<unknown>

beforeAll(async () => {
  cluster = await startCluster()
  const { client } = cluster
  for (const definition of customResourceDefinitions()) await apply(client, definition)
  await apply(client, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'driftless-system' } })
  client.discovery.invalidate()
  await apply(client, { apiVersion: driftless, kind: 'Workspace', metadata: { name: 'team' }, spec: {} })
  const { signal } = abort
  const follow = (kind: string) => createInformer(client, { apiVersion: driftless, kind }, { signal })
  const quiet = () => undefined
  finished = startDevOpsProjectController({
    client,
    devopsProjects: follow('DevOpsProject'),
    workspaces: follow('Workspace'),
    clusters: follow('Cluster'),
    repositories: follow('GitRepository'),
    now: () => new Date(),
    signal,
    log: { debug: quiet, info: quiet, warn: quiet },
  }).finished
})

afterAll(async () => {
  abort.abort()
  await finished
  await cluster.close()
})

async function apply(client: KubeClient, object: KubeObject): Promise<void> {
  await client.apply(object, { manager: 'test', force: true })
}

const repository = (name: string, url: string): KubeObject => ({
  apiVersion: driftless,
  kind: 'GitRepository',
  metadata: { name, namespace: 'shop' },
  spec: { url },
})

async function untilSourceRepos(expected: string[]): Promise<void> {
  const ref = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    namespace: 'driftless-system',
    name: 'shop',
  }
  await waitFor(
    async () => {
      const project = (await cluster.client.find(ref)) as unknown as AppProject | undefined
      if (project === undefined) throw new Error('no AppProject yet')
      expect(project.spec.sourceRepos).toEqual(expected)
      return true
    },
    { what: `the allow-list ${expected.join(', ')}` },
  )
}

test('the allow-list permits the repositories that the project imported and those an administrator adds', async () => {
  const { client } = cluster
  const project = { apiVersion: driftless, kind: 'DevOpsProject', metadata: { name: 'shop' } }
  await apply(client, { ...project, spec: { workspace: 'team' } })
  await untilSourceRepos([])
  await apply(client, repository('web', 'https://git.example/team/web.git'))
  await untilSourceRepos(['https://git.example/team/web.git'])
  await apply(client, repository('anything', 'https://git.example/*'))
  await apply(client, { ...project, spec: { workspace: 'team', sourceRepos: ['https://charts.example/**'] } })
  await untilSourceRepos(['https://charts.example/**', 'https://git.example/team/web.git'])
  await client.delete({ apiVersion: driftless, kind: 'GitRepository', namespace: 'shop', name: 'web' })
  await untilSourceRepos(['https://charts.example/**'])
})
