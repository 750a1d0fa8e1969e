import { join } from 'node:path'
import { expect } from 'vitest'
import {
  type ConsoleSession,
  createDeployment,
  openTab,
  rollBack,
  switchToManualSync,
  untilListShows,
} from './console-steps.ts'
import {
  deleteAndHeal,
  type HelloPlace,
  pushImage,
  pushImageTag,
  pushReplicas,
  untilReplicas,
  untilRolledBack,
  untilState,
} from './hello-steps.ts'
import { cli, cloneRepository, type Instance } from './instance.ts'
import { readApplication } from './kubernetes.ts'

export interface StoryInput {
  instance: Instance
  /** Logged in. */
  session: ConsoleSession
  place: HelloPlace
  /** Name of the registered cluster; absent: the one that the console proposes. */
  cluster?: string
  /** Name of an image, without tag, that is used instead of the sample's. */
  image?: string
  /** For the working copy. */
  folder: string
}

/** The first five minutes, on whatever cluster and in either language. */
export async function tellStory(input: StoryInput): Promise<void> {
  const { instance, session, place, cluster, image = 'registry.example/hello' } = input
  const { words } = session
  const { application } = place
  const folder = join(input.folder, 'copy')
  const copy = await cloneRepository(instance, { repository: 'hello', folder })
  if (input.image !== undefined) await pushImage(copy, `${image}:3.10`)
  await createDeployment(session, {
    name: application,
    repository: 'hello',
    ...(cluster === undefined ? {} : { cluster }),
    namespace: place.namespace,
    path: 'hello',
    automated: true,
  })
  await untilState(place, { sync: 'Synced', health: 'Healthy' })
  await untilListShows(session, application, [words.healthy, words.synced])

  const goodRevision = await pushReplicas(copy, 3)
  await untilReplicas(place, 3)

  await deleteAndHeal(place)
  await untilState(place, { sync: 'Synced', health: 'Healthy' })

  await pushImageTag(copy, 'broken')
  await untilState(place, { sync: 'Synced', health: 'Degraded' })
  await untilListShows(session, application, [words.degraded, words.synced])
  await openTab(session, application, words.resources)
  await session.page.getByText(`${image}:broken`).first().waitFor()

  const refused = await rollBackByCommand(instance, place, goodRevision)
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toMatch(/automat/i)
  await switchToManualSync(session, application)
  await rollBack(session, application, goodRevision)
  await untilRolledBack(place, goodRevision)
  await untilListShows(session, application, [words.healthy, words.outOfSync])

  await rollsBackByCommand(instance, place)
  const list = await cli(instance, ['app', 'list', '--devops', 'demo-project', '-o', 'json'])
  expect(list.code).toBe(0)
  expect(list.stdout).toContain(`"${application}"`)
  expect(list.stdout + list.stderr).not.toContain(instance.password)
}

/** To the first entry of the history: two replicas again. */
async function rollsBackByCommand(instance: Instance, place: HelloPlace): Promise<void> {
  const { status } = await readApplication(place.control, place.application)
  const first = status?.history?.[0]?.revision ?? ''
  const rolledBack = await rollBackByCommand(instance, place, first)
  expect(rolledBack).toMatchObject({ code: 0, stderr: '' })
  await untilReplicas(place, 2)
}

async function rollBackByCommand(instance: Instance, place: HelloPlace, revision: string) {
  const { control, application } = place
  const history = (await readApplication(control, application)).status?.history ?? []
  const entry = history.findLast((candidate) => candidate.revision === revision)
  expect(entry).toBeDefined()
  return cli(instance, ['app', 'rollback', application, String(entry?.id), '--devops', 'demo-project'])
}
