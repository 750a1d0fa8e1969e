import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KubeClient } from '@driftless/kube'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  cli,
  cloneRepository,
  type Instance,
  logIn,
  makeFolder,
  startInstance,
  type WorkingCopy,
} from './instance.ts'
import { applicationObject, connect, readApplication } from './kubernetes.ts'
import { waitFor } from './wait-for.ts'

/**
 * Values that must never leave the cluster, Git or the credentials: each is searched for, plain and in base64, in
 * everything that the product says (CVE-2023-25163, -40029, 2025-23216, -55190, 2026-42880 are of this class).
 */
const canaries = {
  git: 'canary-of-git-8c1f',
  encoded: 'canary-encoded-51d0',
  foreign: 'canary-of-a-stranger-77ab',
  applied: 'canary-last-applied-0e2d',
  number: '8675309112233',
  repository: 'canary-of-a-repository-42aa',
}

const folder = await makeFolder('secrets')
let instance: Instance
let client: KubeClient
let copy: WorkingCopy
let token = ''

beforeAll(async () => {
  instance = await startInstance({ dataDir: join(folder.path, 'data'), flags: ['--log-level', 'debug'] })
  client = await connect(instance)
  copy = await cloneRepository(instance, { repository: 'hello', folder: join(folder.path, 'copy') })
  await logIn(instance)
  const answer = await fetch(`${instance.url}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: instance.password, token: true }),
  })
  token = ((await answer.json()) as { token: string }).token
}, 120_000)

afterAll(async () => {
  await client?.close()
  await instance?.stop()
  await folder.remove()
})

interface Said {
  where: string
  text: string
}

async function get(path: string): Promise<Said> {
  const answer = await fetch(`${instance.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  return { where: `GET ${path}`, text: await answer.text() }
}

/** Everything that a person, a log file or another object gets to see of the application. */
async function everythingSaid(name: string): Promise<Said[]> {
  const base = `/api/v1/devops/demo-project/applications/${name}`
  const paths = [
    '/api/v1/devops/demo-project/applications',
    base,
    `${base}/plan`,
    `${base}/resources`,
    `${base}/resource?group=&version=v1&kind=Secret&namespace=demo&name=${name}`,
    '/api/v1/devops/demo-project/repositories',
    '/metrics',
  ]
  const rest = await Promise.all(paths.map(get))
  const commands = [
    ['app', 'get', name],
    ['app', 'get', name, '-o', 'json'],
    ['app', 'diff', name],
    ['app', 'history', name],
  ]
  const cliSaid: Said[] = []
  for (const command of commands) {
    const { stdout, stderr } = await cli(instance, [...command, '--devops', 'demo-project'])
    cliSaid.push({ where: command.join(' '), text: stdout + stderr })
  }
  const events = await client.list({ apiVersion: 'v1', kind: 'Event' })
  const repositories = await client.list({ apiVersion: 'driftless.dev/v1alpha1', kind: 'GitRepository' })
  return [
    ...rest,
    ...cliSaid,
    { where: 'the Application', text: JSON.stringify(await readApplication(client, name)) },
    { where: 'Events', text: JSON.stringify(events.items) },
    { where: 'GitRepositories', text: JSON.stringify(repositories.items) },
    { where: 'the log', text: instance.output() },
  ]
}

function leaks(said: readonly Said[], values: readonly string[]): string[] {
  const forms = values.flatMap((value) => [value, Buffer.from(value).toString('base64').replace(/=+$/, '')])
  return said.flatMap(({ where, text }) =>
    forms.filter((form) => text.includes(form)).map((form) => `${form} in ${where}`),
  )
}

async function writeSecret(name: string, body: string): Promise<void> {
  await mkdir(join(copy.folder, name), { recursive: true })
  await writeFile(
    join(copy.folder, name, 'secret.yaml'),
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\n${body}`,
  )
}

async function createApplication(name: string, automated: boolean): Promise<void> {
  const repoURL = `${instance.url}/git/demo-project/hello.git`
  await client.create(applicationObject({ name, repoURL, path: name, namespace: 'demo', automated }))
}

const secretRef = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', namespace: 'demo', name })

it('values of Secrets are in no answer, log, event or status: synced, changed by a stranger, taken over', async () => {
  const applied = { apiVersion: 'v1', kind: 'Secret', data: { key: canaries.applied } }
  await client.create({
    ...secretRef('vault'),
    metadata: {
      name: 'vault',
      namespace: 'demo',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied) },
    },
    stringData: { old: canaries.foreign },
  })
  await writeSecret(
    'vault',
    `stringData:\n  plain: ${canaries.git}\ndata:\n  encoded: ${Buffer.from(canaries.encoded).toString('base64')}\n`,
  )
  await copy.push('a secret')
  await createApplication('vault', false)
  await waitFor(
    'OutOfSync',
    async () => (await readApplication(client, 'vault')).status?.sync?.status === 'OutOfSync',
  )
  const values = Object.values(canaries)
  expect(leaks(await everythingSaid('vault'), values)).toEqual([])

  const { code, stderr } = await cli(instance, ['app', 'sync', 'vault', '--devops', 'demo-project'])
  expect(stderr + String(code)).toBe('0')
  expect(leaks(await everythingSaid('vault'), values)).toEqual([])

  const foreign = Buffer.from(canaries.foreign).toString('base64')
  await client.patch(secretRef('vault'), { type: 'merge', body: { data: { plain: foreign, more: foreign } } })
  await waitFor(
    'the drift',
    async () => (await readApplication(client, 'vault')).status?.sync?.status === 'OutOfSync',
  )
  const said = await everythingSaid('vault')
  expect(said.find(({ where }) => where.endsWith('/plan'))?.text).toContain('***')
  expect(leaks(said, values)).toEqual([])
}, 120_000)

it('the refusal of a Secret does not repeat its values', async () => {
  await writeSecret('typed', `data:\n  key: ${canaries.number}\n`)
  await copy.push('a secret that no server takes')
  await createApplication('typed', true)
  const application = await waitFor('the refusal', async () => {
    const seen = await readApplication(client, 'typed')
    const { operationState, conditions = [] } = seen.status ?? {}
    const refused =
      operationState?.syncResult?.resources?.some(({ status }) => status === 'SyncFailed') === true
    return refused || conditions.length > 0 ? seen : undefined
  })
  expect(JSON.stringify(application.status)).toMatch(/Secret|secret/)
  expect(leaks(await everythingSaid('typed'), [canaries.number])).toEqual([])
}, 120_000)

it('the password of a repository that refuses it is in no answer, log or status', async () => {
  const body = {
    name: 'locked',
    url: `${instance.url}/git/demo-project/hello.git`,
    insecure: true,
    credentials: { username: 'admin', password: canaries.repository },
  }
  const post = async (path: string): Promise<Said> => {
    const answer = await fetch(`${instance.url}/api/v1/devops/demo-project/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { where: `POST ${path}`, text: await answer.text() }
  }
  const said = [await post('repositories:test'), await post('repositories')]
  await writeFile(join(copy.folder, 'README.md'), 'another commit\n')
  await copy.push('another commit')
  said.push(...(await everythingSaid('vault')))
  expect(leaks(said, [canaries.repository])).toEqual([])
  // The first start prints the administrator's password, once and nowhere else.
  const elsewhere = said.filter(({ where }) => where !== 'the log')
  expect(leaks(elsewhere, [instance.password])).toEqual([])
  expect(instance.output().split(instance.password)).toHaveLength(2)
}, 120_000)
