import { join } from 'node:path'
import { customResourceDefinitions } from '@driftless/api/schemas'
import { createClient, type KubeClient } from '@driftless/kube'
import type { Browser } from 'playwright-core'
import { afterAll, expect, it } from 'vitest'
import { createSample } from '../../apps/server/src/sample/sample.ts'
import { launchBrowser, logInToConsole, openConsole } from '../e2e/console-steps.ts'
import { english } from '../e2e/console-words.ts'
import { helloPlace, pushImageTag, untilState } from '../e2e/hello-steps.ts'
import { cloneRepository, type Instance, logIn, makeFolder, startServerOn } from '../e2e/instance.ts'
import { readApplication } from '../e2e/kubernetes.ts'
import { tellStory } from '../e2e/tell-story.ts'
import { waitFor } from '../e2e/wait-for.ts'
import { type ControlPlane, startControlPlane } from './control-plane/start-control-plane.ts'

const folder = await makeFolder('kubernetes-server')
const dataDir = join(folder.path, 'data')
let controlPlane: ControlPlane | undefined
let instance: Instance | undefined
let browser: Browser | undefined
let client: KubeClient | undefined

afterAll(async () => {
  await browser?.close()
  await client?.close()
  await instance?.stop()
  await controlPlane?.close()
  await folder.remove()
})

/** A cluster of its own: here the product keeps its objects where it finds an empty cluster, as in production. */
it('runs on a real cluster: installs itself, tells the story there, survives restarts of both', {
  timeout: 360_000,
}, async () => {
  const real = await startControlPlane()
  controlPlane = real
  const kube = createClient(real.config)
  client = kube
  const started = await startServerOn({ kubeconfig: real.kubeconfig, dataDir, first: true })
  instance = started
  const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }
  const { items } = await kube.list(definition)
  const wanted = customResourceDefinitions().map(({ metadata }) => metadata.name)
  expect(items.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(wanted))

  kube.discovery.invalidate()
  await createSample({ client: kube, url: started.url, gitRoot: join(dataDir, 'git') })
  await logIn(started)
  browser = await launchBrowser()
  const session = await openConsole(browser, { url: started.url, words: english })
  await logInToConsole(session, { name: 'admin', password: started.password })
  const place = helloPlace(kube)
  await tellStory({ instance: started, session, place, folder: folder.path })

  const before = (await readApplication(kube, 'hello')).status
  await started.stop()
  const port = Number(new URL(started.url).port)
  instance = await startServerOn({ kubeconfig: real.kubeconfig, dataDir, port, first: false })
  await logIn({ ...instance, password: started.password })
  expect((await readApplication(kube, 'hello')).status?.history).toEqual(before?.history)

  await real.killApiServer()
  await real.startApiServer()
  const again = { ...instance, password: started.password }
  const copy = await cloneRepository(again, { repository: 'hello', folder: join(folder.path, 'again') })
  const application = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', name: 'hello' }
  const automated = { type: 'merge', body: { spec: { syncPolicy: { automated: {} } } } } as const
  await waitFor('the API server', () => kube.patch({ ...application, namespace: 'demo-project' }, automated))
  await pushImageTag(copy, '1.1')
  await untilState(place, { sync: 'Synced', health: 'Healthy' })
})
