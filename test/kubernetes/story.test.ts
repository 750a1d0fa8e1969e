import { join } from 'node:path'
import type { KubeClient } from '@driftless/kube'
import { openCluster, type TestCluster } from '@driftless/testkit'
import type { Browser } from 'playwright-core'
import { afterAll, expect, inject, it } from 'vitest'
import { launchBrowser, logInToConsole, openConsole } from '../e2e/console-steps.ts'
import { english } from '../e2e/console-words.ts'
import { helloPlace } from '../e2e/hello-steps.ts'
import { cli, type Instance, logIn, makeFolder, startInstance } from '../e2e/instance.ts'
import { connect } from '../e2e/kubernetes.ts'
import { tellStory } from '../e2e/tell-story.ts'
import { waitFor } from '../e2e/wait-for.ts'

const folder = await makeFolder('kubernetes-story')
let target: TestCluster | undefined
let instance: Instance | undefined
let browser: Browser | undefined
let control: KubeClient | undefined

afterAll(async () => {
  await browser?.close()
  await control?.close()
  await instance?.stop()
  await target?.close()
  await folder.remove()
})

it('tells the first five minutes on a registered cluster', { timeout: 240_000 }, async () => {
  target = await openCluster()
  const namespace = await target.createNamespace('story')
  const labels = { 'driftless.dev/workspace': 'demo' }
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: namespace }
  await target.client.patch(ref, { type: 'merge', body: { metadata: { labels } } })

  const started = await startInstance({ dataDir: join(folder.path, 'data') })
  instance = started
  control = await connect(started)
  await logIn(started)
  const { kubeconfig, context } = inject('cluster')
  const place = ['--kubeconfig', kubeconfig, '--context', context]
  const added = await cli(started, ['cluster', 'add', 'real', ...place])
  expect(added).toMatchObject({ code: 0, stdout: 'cluster real added\n', stderr: '' })
  const version = await waitFor('the cluster to be connected', async () => {
    const { stdout } = await cli(started, ['cluster', 'list', '-o', 'json'])
    const rows = JSON.parse(stdout) as { name: string; state: string; version: string }[]
    return rows.find(({ name, state }) => name === 'real' && state === 'Connected')?.version
  })
  const { body } = await target.client.raw({ method: 'GET', path: '/version' })
  expect(version).toBe((body as { gitVersion: string }).gitVersion)

  browser = await launchBrowser()
  const session = await openConsole(browser, { url: started.url, words: english })
  await logInToConsole(session, { name: 'admin', password: started.password })
  // Of a name that no other installation on the same cluster tracks its objects by.
  const application = `hello-${namespace.split('-').at(-1)}`
  await tellStory({
    instance: started,
    session,
    place: helloPlace(control, { target: target.client, namespace, application }),
    cluster: 'real',
    image: 'registry.k8s.io/pause',
    folder: folder.path,
  })
})
