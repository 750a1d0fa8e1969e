import * as testkit from '@driftless/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationBody,
  bearer,
  createProject,
  type RunningHttp,
  startRunningHttp,
} from '../testing/running-http.ts'
import { isOpen, type Route } from './route.ts'
import { routes } from './route-table.ts'

let running: RunningHttp
const tokens = { admin: '', nobody: '', other: '', viewer: '' }

beforeAll(async () => {
  running = await startRunningHttp(testkit)
  await createProject(running, 'mine')
  await createProject(running, 'theirs', 'elsewhere')
  for (const name of Object.keys(tokens) as (keyof typeof tokens)[])
    tokens[name] = await running.tokenOf(name)
  await running.bindRole({ user: 'other', namespace: 'theirs', role: 'driftless-devops-admin' })
  await running.bindRole({ user: 'viewer', namespace: 'mine', role: 'driftless-devops-viewer' })
  await running.fetch('/api/v1/devops/mine/applications', bearer(tokens.admin, applicationBody('app')))
  await running.client.create({
    apiVersion: 'driftless.dev/v1alpha1',
    kind: 'GitRepository',
    metadata: { name: 'app', namespace: 'mine' },
    spec: { url: 'https://git.example/team/app.git' },
  })
  const { applications, repositories } = running.informers
  await testkit.waitFor(
    () => applications.get('mine', 'app') !== undefined && repositories.get('mine', 'app') !== undefined,
    {
      what: 'the objects of the test',
    },
  )
}, 60_000)
afterAll(() => running.close())

const guarded = routes.filter((route) => !isOpen(route))
const limited = guarded.filter((route) => 'verb' in route.access)
const values: Record<string, string> = {
  project: 'mine',
  name: 'app',
  workspace: 'team',
  cluster: 'in-cluster',
}

function pathOf(route: Route): string {
  const path = route.path
    .replaceAll('::', '\u0000')
    .replaceAll(/:(\w+)/g, (_, name: string) => values[name] ?? name)
  return `/api/v1${path.replaceAll('\u0000', ':')}`
}

async function ask(route: Route, token?: string): Promise<Response> {
  const sendsBody = route.method !== 'GET' && route.method !== 'DELETE'
  return running.fetch(pathOf(route), {
    method: route.method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(sendsBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(sendsBody ? { body: '{}' } : {}),
  })
}

const titleOf = (route: Route): [string, Route] => [`${route.method} ${route.path}`, route]

describe('rights of routes', () => {
  it('only the login is open', () => {
    expect(routes.filter(isOpen).map(({ path }) => path)).toEqual(['/login'])
  })

  it.each(guarded.map(titleOf))('%s is refused without a login', async (_title, route) => {
    expect((await ask(route)).status).toBe(401)
    expect((await ask(route, 'x'.repeat(43))).status).toBe(401)
  })

  it.each(limited.map(titleOf))(
    '%s is hidden from people of no and of another project',
    async (_title, route) => {
      const { access } = route
      const readsClusters = 'verb' in access && access.resource === 'clusters' && access.verb === 'get'
      for (const token of [tokens.nobody, tokens.other]) {
        const answer = await ask(route, token)
        if (readsClusters) expect([400, 404]).toContain(answer.status)
        else expect([403, 404]).toContain(answer.status)
      }
    },
  )

  it('an object that may not be seen answers as one that does not exist', async () => {
    const read = async (path: string) => {
      const answer = await running.fetch(`/api/v1/devops/${path}`, bearer(tokens.other))
      return {
        status: answer.status,
        text: (await answer.text()).replaceAll(/"(mine|none|app|ghost)\\?"/g, ''),
      }
    }
    const hidden = await read('mine/applications/app')
    expect(hidden.status).toBe(404)
    const normal = ({ status, text }: { status: number; text: string }) => ({
      status,
      text: text.replaceAll(/mine|none|app|ghost/g, 'x'),
    })
    expect(normal(hidden)).toEqual(normal(await read('mine/applications/ghost')))
    expect(normal(await read('mine/applications'))).toEqual(normal(await read('none/applications')))
  })

  it('a viewer reads, and is told what is missing when changing', async () => {
    expect((await running.fetch('/api/v1/devops/mine/applications/app', bearer(tokens.viewer))).status).toBe(
      200,
    )
    const sync = await running.fetch('/api/v1/devops/mine/applications/app/sync', bearer(tokens.viewer, {}))
    expect(sync.status).toBe(403)
    expect(await sync.json()).toMatchObject({ error: { code: 'Forbidden' } })
  })

  it('lists answer only what the person sees', async () => {
    const items = async (path: string, token: string) =>
      (
        (await (await running.fetch(`/api/v1${path}`, bearer(token))).json()) as { items: { name: string }[] }
      ).items.map(({ name }) => name)
    expect(await items('/devops', tokens.nobody)).toEqual([])
    expect(await items('/devops', tokens.other)).toEqual(['theirs'])
    expect(await items('/workspaces', tokens.other)).toEqual(['elsewhere'])
    expect(await items('/applications', tokens.other)).toEqual([])
    expect(await items('/applications', tokens.viewer)).toEqual(['app'])
  })
})
