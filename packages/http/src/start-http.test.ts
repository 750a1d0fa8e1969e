import { clusterConfigFromSecret } from '@driftless/kube'
import * as testkit from '@driftless/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationBody,
  bearer,
  createProject,
  type RunningHttp,
  startRunningHttp,
} from './testing/running-http.ts'

let running: RunningHttp
let token: string

beforeAll(async () => {
  running = await startRunningHttp(testkit)
  await createProject(running, 'shop')
  token = await running.tokenOf('admin')
}, 60_000)
afterAll(() => running.close())

const api = (path: string, init?: RequestInit) => running.fetch(`/api/v1${path}`, init)

async function created(name: string, change: object = {}): Promise<void> {
  const answer = await api('/devops/shop/applications', bearer(token, applicationBody(name, change)))
  expect(await answer.json()).toMatchObject({ metadata: { name, namespace: 'shop' } })
  expect(answer.status).toBe(201)
  await testkit.waitFor(() => running.informers.applications.get('shop', name) !== undefined, { what: name })
}

describe('applications', () => {
  it('are created with project, namespace and creator, listed and read', async () => {
    await created('one')
    const list = await (await api('/devops/shop/applications', bearer(token))).json()
    expect(list).toMatchObject({
      items: [{ name: 'one', project: 'shop', workspace: 'team', cluster: 'in-cluster', health: 'Unknown' }],
      total: 1,
      counts: { health: { Unknown: 1 } },
    })
    const detail = await (await api('/devops/shop/applications/one', bearer(token))).json()
    expect(detail).toMatchObject({
      application: {
        spec: { project: 'shop' },
        metadata: { annotations: { 'driftless.dev/creator': 'admin' } },
      },
      can: { syncApplication: true },
    })
  })

  it('refuse what the project does not allow, at the field', async () => {
    const body = applicationBody('bad', { destination: { name: 'in-cluster', namespace: 'kube-system' } })
    const answer = await api('/devops/shop/applications', bearer(token, body))
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({
      error: { code: 'Invalid', fields: [{ field: 'spec.destination.namespace' }] },
    })
  })

  it('say that a name is taken', async () => {
    await created('taken')
    const answer = await api('/devops/shop/applications', bearer(token, applicationBody('taken')))
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({
      error: { code: 'AlreadyExists', fields: [{ field: 'metadata.name' }] },
    })
  })

  it('sync once: a second sync is refused while the first runs', async () => {
    await created('busy')
    const sync = () => api('/devops/shop/applications/busy/sync', bearer(token, { prune: true }))
    const both = await Promise.all([sync(), sync()])
    expect(new Set(both.map((answer) => answer.status))).toEqual(new Set([202, 409]))
    const object = await running.client.get({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      namespace: 'shop',
      name: 'busy',
    })
    expect(object['operation']).toMatchObject({
      initiatedBy: { username: 'admin' },
      sync: { prune: true, syncStrategy: { hook: {} } },
    })
  })
})

describe('errors', () => {
  it('have one shape, also for addresses that do not exist', async () => {
    const answer = await api('/nowhere', bearer(token))
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ error: { code: 'NotFound' } })
  })

  it('refuse JSON that is none, and too much of it', async () => {
    const send = (body: string) => api('/devops/shop/applications', { ...bearer(token, {}), body })
    expect(await (await send('{')).json()).toMatchObject({ error: { code: 'BadRequest' } })
    expect((await send(`"${'x'.repeat(3_000_000)}"`)).status).toBe(413)
  })
})

describe('clusters', () => {
  const cluster = async (name: string, change: object = {}) => {
    const { server, caCert, token: adminToken } = running.config
    const body = { name, server, caCert, token: adminToken, ...change }
    return api('/clusters', bearer(token, body))
  }

  it('are registered with a Secret as Argo CD reads it, whose values are never answered', async () => {
    const answer = await cluster('second', { description: 'Another' })
    expect(answer.status).toBe(201)
    const text = await answer.text()
    expect(JSON.parse(text)).toMatchObject({
      name: 'second',
      server: running.config.server,
      state: 'Unknown',
    })
    expect(text).not.toContain(String(running.config.token))
    const object = { apiVersion: 'driftless.dev/v1alpha1', kind: 'Cluster', name: 'second' }
    expect(await running.client.get(object)).toMatchObject({
      spec: { server: running.config.server, secretRef: { name: 'cluster-second' }, description: 'Another' },
    })
    const ref = { apiVersion: 'v1', kind: 'Secret', namespace: 'driftless-system', name: 'cluster-second' }
    const secret = await running.client.get(ref)
    expect(secret.metadata.labels).toEqual({ 'argocd.argoproj.io/secret-type': 'cluster' })
    expect(clusterConfigFromSecret(secret)).toEqual(running.config)
    expect((await cluster('second')).status).toBe(409)
  })

  it('whose credentials or address do not work are refused at the field, and leave nothing', async () => {
    const refused = await cluster('refused', { token: 'wrong' })
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({ error: { fields: [{ field: 'token' }] } })
    const unreachable = await cluster('unreachable', { server: 'https://127.0.0.1:1' })
    expect(await unreachable.json()).toMatchObject({ error: { fields: [{ field: 'server' }] } })
    const { items } = await running.client.list({ apiVersion: 'v1', kind: 'Secret' })
    expect(items.map(({ metadata }) => metadata.name).filter((name) => /refused|unreach/.test(name))).toEqual(
      [],
    )
    expect((await cluster('later', { server: 'https://127.0.0.1:1', test: false })).status).toBe(201)
  })

  it('are not registered by people who do not run the system', async () => {
    const body = { name: 'mine', server: running.config.server }
    expect((await api('/clusters', bearer(await running.tokenOf('somebody'), body))).status).toBe(403)
  })
})
