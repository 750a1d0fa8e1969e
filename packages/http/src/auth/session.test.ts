import * as testkit from '@driftless/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { controlNamespace } from '@driftless/api'
import {
  adminPassword,
  bearer,
  createProject,
  type RunningHttp,
  startRunningHttp,
} from '../testing/running-http.ts'
import { secretNameOf } from './credential-secret.ts'

let running: RunningHttp

beforeAll(async () => {
  running = await startRunningHttp(testkit)
  await createProject(running, 'shop')
}, 60_000)
afterAll(() => running.close())

function login(body: object, headers: Record<string, string> = {}): Promise<Response> {
  return running.fetch('/api/v1/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

async function cookie(): Promise<string> {
  const answer = await login({ username: 'admin', password: adminPassword })
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

function mutate(headers: Record<string, string>): Promise<Response> {
  return running.fetch('/api/v1/workspaces', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{}',
  })
}

describe('login', () => {
  it('answers who logged in, with a cookie that scripts cannot read', async () => {
    const answer = await login({ username: 'admin', password: adminPassword })
    expect(await answer.json()).toMatchObject({ user: { name: 'admin', admin: true }, embedded: true })
    const set = answer.headers.get('set-cookie') ?? ''
    expect(set).toMatch(/^driftless=[\w-]{43};/)
    expect(set).toMatch(/HttpOnly/)
    expect(set).toMatch(/SameSite=Strict/)
  })

  it('does not tell whether the user or the password was wrong', async () => {
    const answers = await Promise.all([
      login({ username: 'admin', password: 'wrong' }),
      login({ username: 'nobody-of-that-name', password: 'wrong' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([401, 401])
    const [one, other] = await Promise.all(answers.map((answer) => answer.text()))
    expect(one).toBe(other)
  })

  it('stops guessing, and does not lock others out', async () => {
    const guesses = await Promise.all(
      Array.from({ length: 14 }, () => login({ username: 'victim', password: 'x' })),
    )
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(4)
    expect((await login({ username: 'admin', password: adminPassword })).status).toBe(200)
  })

  it('is refused from a page of another site', async () => {
    const body = { username: 'admin', password: adminPassword }
    expect((await login(body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await login(body, { origin: 'https://evil.example' })).status).toBe(403)
  })
})

describe('sessions', () => {
  it('do not let another site act', async () => {
    const session = { cookie: await cookie() }
    expect((await mutate(session)).status).toBe(403)
    const meant = { ...session, 'x-driftless-csrf': '1' }
    expect((await mutate({ ...meant, origin: 'https://evil.example' })).status).toBe(403)
    expect((await mutate({ ...meant, 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await mutate({ ...meant, origin: running.url, 'sec-fetch-site': 'same-origin' })).status).toBe(
      422,
    )
  })

  it('end at logout, on the server', async () => {
    const session = { cookie: await cookie() }
    expect((await running.fetch('/api/v1/session', { headers: session })).status).toBe(200)
    const out = await running.fetch('/api/v1/logout', {
      method: 'POST',
      headers: { ...session, 'x-driftless-csrf': '1' },
    })
    expect(out.status).toBe(200)
    expect((await running.fetch('/api/v1/session', { headers: session })).status).toBe(401)
  })

  it('end when the user is disabled', async () => {
    const token = await running.tokenOf('leaver')
    expect((await running.fetch('/api/v1/session', bearer(token))).status).toBe(200)
    await running.client.patch(
      { apiVersion: 'driftless.dev/v1alpha1', kind: 'User', name: 'leaver' },
      { type: 'merge', body: { spec: { disabled: true } } },
    )
    await testkit.waitFor(
      async () => (await running.fetch('/api/v1/session', bearer(token))).status === 401,
      {
        what: 'the token to end',
      },
    )
  })

  it('are kept by hash, and are tokens of the embedded Kubernetes API too', async () => {
    const token = await running.tokenOf('dev')
    const secret = await running.client.get({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: controlNamespace,
      name: secretNameOf(token),
    })
    expect(secret['type']).toBe('driftless.dev/token')
    expect(JSON.stringify(secret)).not.toContain(token)
    expect(JSON.stringify(secret)).not.toContain(Buffer.from(token).toString('base64'))
  })

  it('an expired one proves nothing', async () => {
    const token = await running.tokenOf('late')
    const expires = Buffer.from('2020-01-01T00:00:00Z').toString('base64')
    await running.client.patch(
      { apiVersion: 'v1', kind: 'Secret', namespace: controlNamespace, name: secretNameOf(token) },
      { type: 'merge', body: { data: { expires } } },
    )
    expect((await running.fetch('/api/v1/session', bearer(token))).status).toBe(401)
  })
})

describe('answers', () => {
  it('carry a strict content security policy', async () => {
    const answer = await running.fetch('/')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('script-src')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })
})
