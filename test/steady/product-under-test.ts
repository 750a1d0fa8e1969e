import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Application } from '@driftless/api'
import type { ClusterConfig } from '@driftless/kube'
import { createClient, type KubeClient } from '@driftless/kube'
import { type RunningServer, serverConfig, startServer } from '@driftless/server'
import { waitFor } from '@driftless/testkit'
import { createRepositoryObject, createSurroundings, names, repositoryUrl } from '../bench/bench-objects.ts'
import { makeRepository, servedFolder } from '../bench/bench-repository.ts'
import { difference, readRequestCounts } from '../bench/request-counts.ts'

export const application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  name: 'steady',
  namespace: names.project,
}

/** The whole daemon in this process, with one application of many objects that is Synced. */
export interface ProductUnderTest {
  /** Somebody else's client. */
  client: KubeClient
  read(): Promise<Application>
  /** Waits until the application is as wanted and nothing is under way. */
  until(what: string, condition: (application: Application) => boolean): Promise<Application>
  /** Runs something, and answers the requests for objects that the product made meanwhile. */
  requestsDuring(work: () => Promise<unknown>): Promise<Record<string, number>>
  stop(): Promise<void>
}

/** Each folder of the repository holds 3 ConfigMaps and a Service. */
export async function startProductWith(cluster: ClusterConfig, folders: number): Promise<ProductUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'driftless-steady-'))
  const abort = new AbortController()
  const config = serverConfig({ dataDir: folder, port: '0', logLevel: 'warn', sample: false }, 'server')
  const server = await startServer({ config, cluster, embedded: false, signal: abort.signal })
  const client = createClient(cluster)
  const product = handles(server, client, async () => {
    abort.abort()
    await server.close()
    await client.close()
    await rm(folder, { recursive: true, force: true })
  })
  try {
    await createSurroundings(client)
    await makeRepository(servedFolder(folder, names.project, names.repository), folders)
    await createRepositoryObject(client, server.url)
    await client.create(applicationObject(server.url))
    await product.until('the first sync', ({ status }) => status?.sync?.status === 'Synced')
    return product
  } catch (error) {
    await product.stop()
    throw error
  }
}

function applicationObject(url: string) {
  const { name, namespace, apiVersion, kind } = application
  const directory = { recurse: true }
  return {
    apiVersion,
    kind,
    metadata: { name, namespace },
    spec: {
      project: names.project,
      source: { repoURL: repositoryUrl(url), targetRevision: 'main', path: '.', directory },
      destination: { name: 'in-cluster', namespace: names.destination },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
  }
}

/** Watches that end and begin, what the cluster serves, and whether it is there. */
const notAboutObjects = /^(watch|discovery|raw) /

function handles(server: RunningServer, client: KubeClient, stop: () => Promise<void>): ProductUnderTest {
  const read = async (): Promise<Application> => (await client.get(application)) as unknown as Application
  const counts = async () => (await readRequestCounts(client, server.url)).byKind
  return {
    client,
    read,
    stop,
    until: (what, condition) =>
      waitFor(
        async () => {
          const seen = await read()
          const { sync, operationState, conditions } = seen.status ?? {}
          const running = operationState !== undefined && operationState.phase === 'Running'
          if (condition(seen) && seen.operation === undefined && !running) return seen
          throw new Error(JSON.stringify({ sync: sync?.status, operationState, conditions }).slice(0, 2_000))
        },
        { what, timeoutMs: 100_000 },
      ),
    async requestsDuring(work) {
      const before = await counts()
      await work()
      const made = Object.entries(difference(before, await counts()))
      return Object.fromEntries(made.filter(([kind]) => !notAboutObjects.test(kind)))
    },
  }
}
