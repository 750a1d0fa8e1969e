import { join } from 'node:path'
import type { KubeClient } from '@driftless/kube'
import { createClient, loadKubeconfig } from '@driftless/kube'
import type { Browser } from 'playwright-core'
import { afterAll, expect, it } from 'vitest'
import {
  createDeployment,
  launchBrowser,
  logInToConsole,
  openConsole,
  untilListShows,
} from './console-steps.ts'
import { english } from './console-words.ts'
import { helloPlace, untilState } from './hello-steps.ts'
import { type Instance, makeFolder, startInstance } from './instance.ts'
import { connect, readApplication } from './kubernetes.ts'
import { waitFor } from './wait-for.ts'

const folder = await makeFolder('clusters')
const dataDir = join(folder.path, 'data')
let instance: Instance | undefined
let browser: Browser | undefined

afterAll(async () => {
  await browser?.close()
  await instance?.stop()
  await folder.remove()
})

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'demo', name: 'hello' }

it('deploys to the second of several embedded clusters, whose number grows and shrinks without loss', async () => {
  const started = await start(2)
  browser = await launchBrowser()
  const session = await openConsole(browser, { url: started.url, words: english })
  await logInToConsole(session, { name: 'admin', password: started.password })
  await createDeployment(session, {
    name: 'hello',
    repository: 'hello',
    cluster: 'cluster-2',
    namespace: 'demo',
    path: 'hello',
    automated: true,
  })
  await untilHealthy(started)
  await untilListShows(session, 'hello', ['Healthy', 'Synced', 'cluster-2 / demo'])
  const uid = await withCluster(
    started,
    'cluster-2',
    async (second) => (await second.get(deployment)).metadata.uid,
  )
  expect(await withCluster(started, 'driftless', (first) => first.find(deployment))).toBeUndefined()

  const alone = await restart(1)
  const row = await untilClusterRow(alone, 'cluster-2', 'Failed')
  expect(row).toContain('--clusters 2')

  const grown = await restart(3)
  await untilClusterRow(grown, 'cluster-2', 'Connected')
  await untilClusterRow(grown, 'cluster-3', 'Connected')
  await untilFollowsAddress(grown)
  await untilHealthy(grown)
  expect(
    await withCluster(grown, 'cluster-2', async (second) => (await second.get(deployment)).metadata.uid),
  ).toBe(uid)
})

async function start(clusters: number): Promise<Instance> {
  instance = await startInstance({ dataDir, flags: ['--clusters', String(clusters)] })
  return instance
}

async function restart(clusters: number): Promise<Instance> {
  await instance?.stop()
  return start(clusters)
}

async function untilHealthy(started: Instance): Promise<void> {
  const control = await connect(started)
  await untilState(helloPlace(control), { sync: 'Synced', health: 'Healthy' })
  await control.close()
}

/** The program's own Git server has another port at every start here; what was imported from it follows. */
async function untilFollowsAddress(started: Instance): Promise<void> {
  const control = await connect(started)
  const { spec } = await readApplication(control, 'hello')
  await control.close()
  expect(spec.source?.repoURL).toBe(`${started.url}/git/demo-project/hello.git`)
}

async function withCluster<T>(
  started: Instance,
  context: string,
  ask: (client: KubeClient) => Promise<T>,
): Promise<T> {
  const client = createClient(await loadKubeconfig({ path: started.kubeconfig, context }))
  try {
    return await ask(client)
  } finally {
    await client.close()
  }
}

/** The row of the cluster page, once it shows the state. */
async function untilClusterRow(started: Instance, name: string, state: string): Promise<string> {
  if (browser === undefined) throw new Error('no browser')
  const session = await openConsole(browser, { url: started.url, words: english })
  await logInToConsole(session, { name: 'admin', password: started.password })
  try {
    return await waitFor(`${name} to be ${state}`, async () => {
      await session.page.goto(`${started.url}/clusters`)
      const row = session.page.getByRole('row').filter({ has: session.page.getByText(name, { exact: true }) })
      const text = await row.innerText()
      return text.includes(state) ? text : undefined
    })
  } finally {
    await session.page.close()
  }
}
