import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, it } from 'vitest'
import { launchBrowser, logInToConsole, openConsole } from './console-steps.ts'
import { chinese, english } from './console-words.ts'
import { helloPlace } from './hello-steps.ts'
import { logIn, makeFolder, startInstance } from './instance.ts'
import { connect } from './kubernetes.ts'
import { tellStory } from './tell-story.ts'

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
    const instance = await startInstance({ dataDir: join(folder.path, 'data') })
    ended.push(() => instance.stop())
    const kube = await connect(instance)
    ended.push(() => kube.close())
    await logIn(instance)
    browser ??= await launchBrowser()
    const session = await openConsole(browser, { url: instance.url, words })
    await logInToConsole(session, { name: 'admin', password: instance.password })
    await tellStory({ instance, session, place: helloPlace(kube), folder: folder.path })
  },
)
