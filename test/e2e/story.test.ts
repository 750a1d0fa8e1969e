import { join } from 'node:path'
import type { KubeClient } from '@driftless/kube'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, expect, it } from 'vitest'
import {
  createDeployment,
  launchBrowser,
  logInToConsole,
  openConsole,
  openTab,
  rollBack,
  switchToManualSync,
  untilListShows,
} from './console-steps.ts'
import { chinese, english } from './console-words.ts'
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

let browser: Browser | undefined
const ended: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end()
})

afterAll(async () => {
  await browser?.close()
})

it.each([
  ['English', english],
  ['Chinese', chinese],
])(
  'tells the first five minutes in %s: wizard, push, self-heal, Degraded, rollback',
  {
    timeout: 240_000,
  },
  async (_language, words) => {
    const folder = await makeFolder('story')
    ended.push(() => folder.remove())
    const started = await startInstance({ dataDir: join(folder.path, 'data') })
    ended.push(() => started.stop())
    const kube = await connect(started)
    ended.push(() => kube.close())
    await logIn(started)
    browser ??= await launchBrowser()
    const session = await openConsole(browser, { url: started.url, words })
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
    await openTab(session, 'hello', words.resources)
    await session.page
      .getByText(/registry\.example\/hello:broken/)
      .first()
      .waitFor()

    const refused = await rollBackByCommand(started, kube, goodRevision)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toMatch(/automat/i)
    await switchToManualSync(session, 'hello')
    await rollBack(session, 'hello', goodRevision)
    await untilRolledBack(kube, goodRevision)
    await untilListShows(session, 'hello', [words.healthy, words.outOfSync])

    await rollsBackByCommand(started, kube)
    const list = await cli(started, ['app', 'list', '--devops', 'demo-project', '-o', 'json'])
    expect(list.code).toBe(0)
    expect(list.stdout).toContain('"hello"')
    expect(list.stdout + list.stderr).not.toContain(started.password)
  },
)

/** To the first entry of the history: two replicas again. */
async function rollsBackByCommand(started: Instance, kube: KubeClient): Promise<void> {
  const first = (await readApplication(kube, 'hello')).status?.history?.[0]?.revision ?? ''
  const rolledBack = await rollBackByCommand(started, kube, first)
  expect(rolledBack).toMatchObject({ code: 0, stderr: '' })
  await untilReplicas(kube, 2)
}

async function rollBackByCommand(started: Instance, kube: KubeClient, revision: string) {
  const history = (await readApplication(kube, 'hello')).status?.history ?? []
  const entry = history.findLast((candidate) => candidate.revision === revision)
  expect(entry).toBeDefined()
  return cli(started, ['app', 'rollback', 'hello', String(entry?.id), '--devops', 'demo-project'])
}
