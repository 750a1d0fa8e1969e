import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KubeClient } from '@driftless/kube'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, expect, it } from 'vitest'
import { cli, cloneRepository, type Instance, logIn, makeFolder, startInstance } from './instance.ts'
import { connect, readApplication } from './kubernetes.ts'
import { waitFor } from './wait-for.ts'

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

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'demo', name: 'hello' }

it('tells the first five minutes: wizard, push, self-heal, Degraded, rollback', {
  timeout: 240_000,
}, async () => {
  const started = await startInstance({ dataDir: join(folder.path, 'data') })
  instance = started
  const kube = await connect(started)
  client = kube
  await logIn(started)
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US' })
  page.setDefaultTimeout(20_000)

  await logInToConsole(page, started)
  await createInWizard(page, started)
  await untilState(kube, { sync: 'Synced', health: 'Healthy' })
  await page.goto(`${started.url}/workspaces/demo/devops/demo-project/deployments`)
  await page.getByText('Healthy').first().waitFor()

  const copy = await cloneRepository(started, { repository: 'hello', folder: join(folder.path, 'copy') })
  const file = join(copy.folder, 'hello/deployment.yaml')
  const good = (await readFile(file, 'utf8')).replace('replicas: 2', 'replicas: 3')
  await writeFile(file, good)
  const goodRevision = await copy.push('Three replicas')
  await waitFor('three replicas', async () => {
    const { status } = (await kube.get(deployment)) as { status?: { readyReplicas?: number } }
    return status?.readyReplicas === 3
  })

  const before = await kube.get(deployment)
  await kube.delete({ ...deployment }, { propagationPolicy: 'Background' })
  await waitFor('the deployment to heal', async () => {
    const healed = await kube.find(deployment)
    return healed !== undefined && healed.metadata.uid !== before.metadata.uid
  })
  await untilState(kube, { sync: 'Synced', health: 'Healthy' })

  await writeFile(file, good.replace('hello:1.0', 'hello:broken'))
  await copy.push('A broken image')
  await untilState(kube, { sync: 'Synced', health: 'Degraded' })
  await page.goto(`${started.url}/workspaces/demo/devops/demo-project/deployments/hello`)
  await page.getByText('Degraded').first().waitFor()

  const history = (await readApplication(kube, 'hello')).status?.history ?? []
  const goodEntry = history.findLast((entry) => entry.revision === goodRevision)
  expect(goodEntry).toBeDefined()
  const refused = await cli(started, [
    'app',
    'rollback',
    'hello',
    String(goodEntry?.id),
    '--devops',
    'demo-project',
  ])
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toMatch(/automat/i)
  await kube.patch(
    { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'demo-project', name: 'hello' },
    { type: 'merge', body: { spec: { syncPolicy: { automated: null } } } },
  )
  const rolledBack = await cli(started, [
    'app',
    'rollback',
    'hello',
    String(goodEntry?.id),
    '--devops',
    'demo-project',
  ])
  expect(rolledBack.stderr).toBe('')
  expect(rolledBack.code).toBe(0)
  await waitFor('the rollback to be Healthy', async () => {
    const { status } = await readApplication(kube, 'hello')
    return (
      status?.health?.status === 'Healthy' && status.operationState?.syncResult?.revision === goodRevision
    )
  })

  const list = await cli(started, ['app', 'list', '--devops', 'demo-project', '-o', 'json'])
  expect(list.code).toBe(0)
  expect(list.stdout).toContain('"hello"')
  expect(list.stdout + list.stderr).not.toContain(started.password)
})

async function logInToConsole(page: Page, started: Instance): Promise<void> {
  await page.goto(started.url)
  await page.getByLabel('User name').fill('admin')
  await page.locator('input[type=password]').fill(started.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

/** The seed's two steps, with automated sync, pruning and self-healing. */
async function createInWizard(page: Page, started: Instance): Promise<void> {
  await page.goto(`${started.url}/workspaces/demo/devops/demo-project/deployments/new`)
  await page.getByLabel('Name', { exact: false }).first().fill('hello')
  await page
    .getByLabel(/Code Repository/)
    .first()
    .click()
  await page.getByRole('option').first().click()
  await page.getByRole('button', { name: 'Next' }).click()
  const path = page.getByLabel(/Manifest File Path/).first()
  await path.waitFor()
  await page
    .locator('fieldset')
    .first()
    .getByLabel(/^Project/)
    .first()
    .fill('demo')
  await path.fill('hello')
  await page.keyboard.press('Escape')
  await page.getByText('Auto Sync').click()
  await page.getByText('Prune resources').click()
  await page.getByText('Self-heal').click()
  await page
    .getByText(/3 .*(create|new)|create.* 3/i)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.waitForURL(/\/deployments(\?.*)?$/)
}

async function untilState(kube: KubeClient, wanted: { sync: string; health: string }): Promise<void> {
  await waitFor(`hello to be ${wanted.sync} and ${wanted.health}`, async () => {
    const { status } = await readApplication(kube, 'hello')
    return status?.sync?.status === wanted.sync && status.health?.status === wanted.health
  })
}
