import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApplicationDetail, ApplicationSource } from '@driftless/api'
import { createPlanner } from '@driftless/planner'
import { createSourceService, type SourceService } from '@driftless/source'
import * as testkit from '@driftless/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationBody,
  bearer,
  createProject,
  type RunningHttp,
  startRunningHttp,
} from '../testing/running-http.ts'

const gone = 'e'.repeat(40)
let git: testkit.GitServer
let repository: testkit.GitRepository
let source: SourceService
let dataDir: string
let running: RunningHttp
let first: string
let second: string

beforeAll(async () => {
  git = await testkit.startGitServer()
  repository = await git.createRepository('app', { 'a.yaml': '' })
  first = await repository.revision()
  second = await repository.commit({ 'a.yaml': '# 2' }, { message: 'Bell \u0007 and <b>bold</b>\n\nbody' })
  dataDir = await mkdtemp(join(tmpdir(), 'driftless-http-'))
  source = createSourceService({ dataDir, allowLoopback: () => true })
  await source.ensure(access(), second)
  const planner = createPlanner({
    source,
    clusters: { get: () => undefined, find: () => undefined, list: () => [] },
    controlNamespace: 'driftless-system',
    findProject: (name) => running.informers.projects.get('driftless-system', name) as never,
    findApplication: () => undefined,
    accessFor: async (_namespace, url) => ({ ...access(), url }),
    workspaceOf: () => 'team',
  })
  const actions = { list: async () => [], run: async () => [] }
  running = await startRunningHttp(testkit, { planner: { ...planner, actions } })
  await createProject(running, 'shop')
}, 60_000)
afterAll(async () => {
  await running.close()
  await source.close()
  await git.close()
  await rm(dataDir, { recursive: true, force: true })
})

const access = () => ({ url: repository.url, insecure: true })

/** An application that has deployed these revisions of its repository. */
async function deployed(name: string, revisions: string[], change: Partial<ApplicationSource> = {}) {
  const place = { repoURL: repository.url, path: '.', targetRevision: 'main', ...change }
  const { spec, ...body } = applicationBody(name)
  await running.client.create({
    ...body,
    metadata: { name, namespace: 'shop' },
    spec: { ...spec, project: 'shop', source: place },
  })
  const deployedAt = '2026-01-01T00:00:00Z'
  const history = revisions.map((revision, id) => ({ id, revision, source: place, deployedAt }))
  await running.client.patch(
    { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'shop', name },
    { type: 'merge', body: { status: { history } } },
  )
  const { applications } = running.informers
  await testkit.waitFor(() => applications.get('shop', name)?.['status'] !== undefined, { what: name })
}

async function detailOf(name: string, user = 'admin'): Promise<{ status: number; body: ApplicationDetail }> {
  const answer = await running.fetch(
    `/api/v1/devops/shop/applications/${name}`,
    bearer(await running.tokenOf(user)),
  )
  return { status: answer.status, body: (await answer.json()) as ApplicationDetail }
}

describe('the commits of a continuous deployment', () => {
  it('are told with subject, author and date as far as they are known, and nothing is fetched', async () => {
    await deployed('web', [first, gone, second])
    const before = git.requests()
    const { status, body } = await detailOf('web')
    expect(status).toBe(200)
    expect(Object.keys(body.commits).sort()).toEqual([first, second].sort())
    expect(body.commits[second]).toMatchObject({
      subject: 'Bell and <b>bold</b>',
      author: expect.stringMatching(/./),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
    expect(git.requests()).toEqual(before)
  })

  it('are left out for charts and for repositories that the project does not permit any more', async () => {
    await deployed('chart', ['1.2.3'], { chart: 'web' })
    expect((await detailOf('chart')).body.commits).toEqual({})
    const { client, informers } = running
    const project = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', name: 'shop' }
    await client.patch(
      { ...project, namespace: 'driftless-system' },
      { type: 'merge', body: { spec: { sourceRepos: ['https://elsewhere.example/*'] } } },
    )
    const permits = () =>
      JSON.stringify(informers.projects.get('driftless-system', 'shop')?.['spec']).includes('elsewhere')
    await testkit.waitFor(permits, { what: 'the new allow-list' })
    expect((await detailOf('web')).body.commits).toEqual({})
  })

  it('are hidden with the continuous deployment', async () => {
    const { status, body } = await detailOf('web', 'stranger')
    expect(status).toBe(404)
    expect(JSON.stringify(body)).not.toContain('Bell')
  })
})
