import type { PlanRequest } from '@driftless/planner'
import * as testkit from '@driftless/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationBody,
  bearer,
  createProject,
  type RunningHttp,
  startRunningHttp,
} from '../../testing/running-http.ts'

let running: RunningHttp
let token: string
const planned: PlanRequest[] = []

beforeAll(async () => {
  const planner = {
    plan: async (request: PlanRequest) => {
      planned.push(request)
      return { resources: [] } as never
    },
    renderLocal: async () => [],
    commitsOf: async () => ({}),
    actions: { list: async () => [], run: async () => [] },
  }
  running = await startRunningHttp(testkit, { planner })
  await createProject(running, 'shop')
  token = await running.tokenOf('admin')
}, 60_000)
afterAll(() => running.close())

const applications = '/api/v1/devops/shop/applications'
const source = { repoURL: 'https://git.example/team/app.git', path: 'old', targetRevision: 'main' }
const sources = [source, { ...source, path: 'other' }]
const deployedAt = '2026-11-01T00:00:00Z'
const history = [
  { id: 3, revision: '3'.repeat(40), source, deployedAt },
  { id: 4, revisions: ['4'.repeat(40), '5'.repeat(40)], sources, deployedAt },
]

function ref(name: string) {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'shop', name }
}

/** An application with two entries in its history, and the policy given. */
async function withHistory(name: string, syncPolicy: object): Promise<void> {
  const body = applicationBody(name)
  const spec = { ...body.spec, syncPolicy }
  const answer = await running.fetch(applications, bearer(token, { ...body, spec }))
  expect(answer.status).toBe(201)
  await running.client.patch(ref(name), { type: 'merge', body: { status: { history } } })
}

const rollback = (name: string, body: object) =>
  running.fetch(`${applications}/${name}/rollback`, bearer(token, body))
const operationOf = async (name: string) => (await running.client.get(ref(name)))['operation']

describe('rollback', () => {
  it('asks for revision and source of the entry, with the apply strategy, the options of the application and no pruning', async () => {
    await withHistory('one', { syncOptions: ['PruneLast=true'] })
    expect((await rollback('one', { id: 3 })).status).toBe(202)
    expect(await operationOf('one')).toEqual({
      initiatedBy: { username: 'admin' },
      sync: {
        revision: '3'.repeat(40),
        source,
        syncOptions: ['PruneLast=true'],
        syncStrategy: { apply: {} },
      },
    })
  })

  it('asks for all revisions and sources of an entry that has several, and prunes when asked', async () => {
    await withHistory('many', {})
    expect((await rollback('many', { id: 4, prune: true })).status).toBe(202)
    expect(await operationOf('many')).toMatchObject({
      sync: { revisions: history[1]?.revisions, sources, prune: true, syncStrategy: { apply: {} } },
    })
  })

  it('is refused while automated sync is on, and says the way out', async () => {
    await withHistory('automated', { automated: {} })
    const answer = await rollback('automated', { id: 3 })
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({
      error: { code: 'Conflict', remedy: expect.stringContaining('Turn automated sync off') },
    })
    expect(await operationOf('automated')).toBeUndefined()
  })

  it('is permitted with automated.enabled: false', async () => {
    await withHistory('paused', { automated: { enabled: false, selfHeal: true } })
    expect((await rollback('paused', { id: 3 })).status).toBe(202)
  })

  it.each([0, 5, 99])('is refused to %i, which the history does not hold', async (id) => {
    const name = `absent-${id}`
    await withHistory(name, {})
    const answer = await rollback(name, { id })
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ error: { code: 'Invalid', fields: [{ field: 'id' }] } })
    expect(await operationOf(name)).toBeUndefined()
  })

  it('waits for its turn: while an operation runs it is refused', async () => {
    await withHistory('busy', {})
    expect((await rollback('busy', { id: 3 })).status).toBe(202)
    expect((await rollback('busy', { id: 4 })).status).toBe(409)
  })
})

describe('the plan of a rollback', () => {
  const planOf = (name: string, query: string) =>
    running.fetch(`${applications}/${name}/plan?${query}`, { headers: { authorization: `Bearer ${token}` } })

  it('is made of the sources and revisions of the entry, without hooks, wherever the application points now', async () => {
    await withHistory('planned', {})
    expect((await planOf('planned', 'history=4&prune=false')).status).toBe(200)
    expect((await planOf('planned', 'history=3')).status).toBe(200)
    const [several, single] = planned.slice(-2)
    expect(several).toMatchObject({ revisions: history[1]?.revisions, prune: false, applyOnly: true })
    expect(several?.application.spec).toMatchObject({ sources })
    expect(several?.application.spec.source).toBeUndefined()
    expect(single).toMatchObject({ revisions: ['3'.repeat(40)], applyOnly: true })
    expect(single?.application.spec.source).toEqual(source)
  })

  it.each(['history=99', 'history=x', 'history=3&revision=main'])('%s is refused', async (query) => {
    const before = planned.length
    const name = `refused-${query.length}`
    await withHistory(name, {})
    expect((await planOf(name, query)).status).toBe(422)
    expect(planned).toHaveLength(before)
  })
})
