import * as testkit from '@driftless/testkit'
import { createHmac } from 'node:crypto'
import { controlNamespace } from '@driftless/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProject, type RunningHttp, startRunningHttp } from '../testing/running-http.ts'

let running: RunningHttp

beforeAll(async () => {
  running = await startRunningHttp(testkit)
  await createProject(running, 'shop')
  for (const name of ['github', 'gitlab', 'gitea', 'gogs', 'bitbucket', 'generic']) {
    await running.client.create({
      apiVersion: 'driftless.dev/v1alpha1',
      kind: 'GitRepository',
      metadata: { name, namespace: 'shop' },
      spec: { url: `https://git.example/team/${name}.git` },
    })
  }
  await testkit.waitFor(() => running.informers.repositories.list().length === 6, {
    what: 'the repositories',
  })
}, 60_000)
afterAll(() => running.close())

const revision = 'a'.repeat(40)

function send(body: string, headers: Record<string, string> = {}): Promise<Response> {
  const type = { 'content-type': 'application/json' }
  return running.fetch('/api/webhook', { method: 'POST', headers: { ...type, ...headers }, body })
}

async function signals(): Promise<Record<string, string>[]> {
  const { items } = await running.client.list(
    { apiVersion: 'v1', kind: 'ConfigMap', namespace: controlNamespace },
    { labelSelector: 'driftless.dev/push=true' },
  )
  return items.map((item) => item['data'] as Record<string, string>)
}

const payloads: [string, Record<string, string>, object][] = [
  [
    'github',
    { 'x-github-event': 'push' },
    { after: revision, repository: { clone_url: 'https://git.example/team/github.git' } },
  ],
  [
    'gitlab',
    { 'x-gitlab-event': 'Push Hook' },
    { checkout_sha: revision, project: { git_ssh_url: 'git@git.example:team/gitlab.git' } },
  ],
  [
    'gitea',
    { 'x-gitea-event': 'push' },
    { after: revision, repository: { ssh_url: 'ssh://git@git.example/team/gitea.git' } },
  ],
  [
    'gogs',
    { 'x-gogs-event': 'push' },
    { after: revision, repository: { html_url: 'https://GIT.example/team/gogs' } },
  ],
  [
    'bitbucket',
    { 'x-event-key': 'repo:push' },
    { repository: { links: { html: { href: 'https://git.example/team/bitbucket' } } } },
  ],
  ['generic', {}, { repository: 'https://git.example/team/generic' }],
]

describe('webhook', () => {
  it.each(payloads)('of %s makes one small signal', async (name, headers, payload) => {
    expect((await send(JSON.stringify(payload), headers)).status).toBe(202)
    const url = `https://git.example/team/${name}`
    const found = (await signals()).filter((signal) => signal['url'] === url)
    expect(found).toHaveLength(1)
    if (!['bitbucket', 'generic'].includes(name)) expect(found[0]?.['revision']).toBe(revision)
  })

  it('writes nothing for repositories that nobody uses, and does not tell', async () => {
    const before = (await signals()).length
    const unknown = await send(JSON.stringify({ repository: 'https://git.example/evil/flood' }))
    expect(unknown.status).toBe(202)
    expect(await unknown.text()).toBe('{}')
    expect(await signals()).toHaveLength(before)
  })

  it.each([
    '',
    'null',
    '[]',
    '{"repository":{"links":{"clone":[null,1]}}}',
    '{"repository":7}',
    '{"__proto__":{"url":"x"}}',
  ])('survives %s', async (body) => {
    expect([202, 400]).toContain((await send(body)).status)
  })

  it('reads no more than its limit', async () => {
    expect((await send(`{"x":"${'y'.repeat(1_100_000)}"}`)).status).toBe(413)
  })

  it('demands the signature when there is a secret', async () => {
    const data = { github: Buffer.from('topsecret').toString('base64') }
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'driftless-webhook', namespace: controlNamespace },
      data,
    }
    await running.client.create(secret)
    const body = JSON.stringify(payloads[0]?.[2])
    const event = { 'x-github-event': 'push' }
    const sign = (key: string) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`
    expect((await send(body, event)).status).toBe(401)
    expect((await send(body, { ...event, 'x-hub-signature-256': sign('guess') })).status).toBe(401)
    expect((await send(body, { ...event, 'x-hub-signature-256': sign('topsecret') })).status).toBe(202)
    // A sender for which no secret is configured cannot get past the others' secret.
    expect((await send(body)).status).toBe(401)
  })
})
