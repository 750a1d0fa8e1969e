import { join } from 'node:path'
import type { KubeClient } from '@driftless/kube'
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
import {
  deleteAndHeal,
  pushImageTag,
  pushReplicas,
  untilReplicas,
  untilRolledBack,
  untilState,
} from './hello-steps.ts'
import { cli, cloneRepository, type Instance, logIn, makeFolder, startInstance } from './instance.ts'
import { connect, readApplication } from './kubernetes.ts'

const folder = await makeFolder('story')
let instance: Instance | undefined
let browser: Browser | undefined
let client: KubeClient | undefined

afterAll(async () => {
  await browser?.close()
  await client?.close()
  await instance?.stop()
  await folder.remove()
})

it('tells the first five minutes: wizard, push, self-heal, Degraded, rollback', {
  timeout: 240_000,
}, async () => {
  const started = await startInstance({ dataDir: join(folder.path, 'data') })
  instance = started
  const kube = await connect(started)
  client = kube
  await logIn(started)
  browser = await launchBrowser()
  const session = await openConsole(browser, { url: started.url, words: english })
  const { words } = session
  await logInToConsole(session, { name: 'admin', password: started.password })

  await createDeployment(session, {
    name: 'hello',
    repository: 'hello',
    namespace: 'demo',
    path: 'hello',
    automated: true,
  })
  await untilState(kube, { sync: 'Synced', health: 'Healthy' })
  await untilListShows(session, 'hello', [words.healthy, words.synced])

  const copy = await cloneRepository(started, { repository: 'hello', folder: join(folder.path, 'copy') })
  const goodRevision = await pushReplicas(copy, 3)
  await untilReplicas(kube, 3)

  await deleteAndHeal(kube)
  await untilState(kube, { sync: 'Synced', health: 'Healthy' })

  await pushImageTag(copy, 'broken')
  await untilState(kube, { sync: 'Synced', health: 'Degraded' })
  await untilListShows(session, 'hello', [words.degraded, words.synced])

  await rollBackByCommand(started, kube, goodRevision)
  const list = await cli(started, ['app', 'list', '--devops', 'demo-project', '-o', 'json'])
  expect(list.code).toBe(0)
  expect(list.stdout).toContain('"hello"')
  expect(list.stdout + list.stderr).not.toContain(started.password)
})

/** Refused while it syncs by itself; done after the switch to manual sync. */
async function rollBackByCommand(started: Instance, kube: KubeClient, revision: string): Promise<void> {
  const history = (await readApplication(kube, 'hello')).status?.history ?? []
  const entry = history.findLast((candidate) => candidate.revision === revision)
  expect(entry).toBeDefined()
  const command = ['app', 'rollback', 'hello', String(entry?.id), '--devops', 'demo-project']
  const refused = await cli(started, command)
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toMatch(/automat/i)
  await kube.patch(
    { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'demo-project', name: 'hello' },
    { type: 'merge', body: { spec: { syncPolicy: { automated: null } } } },
  )
  const rolledBack = await cli(started, command)
  expect(rolledBack.stderr).toBe('')
  expect(rolledBack.code).toBe(0)
  await untilRolledBack(kube, revision)
}
