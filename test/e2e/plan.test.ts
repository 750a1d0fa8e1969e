import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlanView } from '@driftless/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  cli,
  cloneRepository,
  type Instance,
  logIn,
  makeFolder,
  startInstance,
  type WorkingCopy,
} from './instance.ts'

let instance: Instance
let work: WorkingCopy
let folder: Awaited<ReturnType<typeof makeFolder>>

beforeAll(async () => {
  folder = await makeFolder('plan')
  instance = await startInstance({ dataDir: join(folder.path, 'data') })
  await logIn(instance)
  work = await cloneRepository(instance, { repository: 'hello', folder: join(folder.path, 'work') })
  await put({
    'planned/kustomization.yaml': kustomization,
    'planned/web.yaml': deployment(1),
    'planned/map.yaml': map('1'),
  })
  await work.push('an application to plan')
}, 120_000)

afterAll(async () => {
  await instance?.stop()
  await folder?.remove()
})

const where = ['--devops', 'demo-project']
const kustomization = 'resources: [web.yaml, map.yaml]\n'
const map = (value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {value: "${value}"}\n`
const deployment = (replicas: number): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: planned}\nspec:\n  replicas: ${replicas}\n  selector: {matchLabels: {app: planned}}\n  template:\n    metadata: {labels: {app: planned}}\n    spec: {containers: [{name: a, image: "nginx:1"}]}\n`
const hook =
  'apiVersion: batch/v1\nkind: Job\nmetadata: {name: before, annotations: {argocd.argoproj.io/hook: PreSync}}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}\n'

async function put(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(work.folder, name, '..'), { recursive: true })
    await writeFile(join(work.folder, name), text)
  }
}

const application = JSON.stringify({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'planned', namespace: 'demo-project' },
  spec: {
    project: 'demo-project',
    source: { repoURL: '', path: 'planned' },
    destination: { name: 'in-cluster', namespace: 'demo-planned' },
    syncPolicy: { syncOptions: ['CreateNamespace=true'] },
  },
})

function draft(): string {
  return application.replace('"repoURL":""', `"repoURL":"${instance.url}/git/demo-project/hello.git"`)
}

async function planOf(...words: string[]): Promise<PlanView> {
  const { code, stdout, stderr } = await cli(instance, [
    'app',
    'plan',
    'planned',
    ...where,
    '-o',
    'json',
    ...words,
  ])
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as PlanView
}

const actions = (plan: PlanView): string[] =>
  plan.resources.map(({ action, kind, name }) => `${action} ${kind} ${name}`)

test('an application that does not exist is planned, of Git and of a folder', async () => {
  const words = ['plan', '-f', '-', '-o', 'json', ...where]
  const ofGit = JSON.parse((await cli(instance, words, draft())).stdout) as PlanView
  expect(actions(ofGit)).toEqual([
    'create Namespace demo-planned',
    'create ConfigMap settings',
    'create Deployment planned',
  ])
  const local = join(work.folder, 'planned')
  await put({ 'planned/map.yaml': map('local') })
  const ofFolder = JSON.parse((await cli(instance, [...words, '--local', local], draft())).stdout) as PlanView
  expect(actions(ofFolder)).toEqual(actions(ofGit))
  expect(ofFolder.hash).not.toBe(ofGit.hash)
  expect(ofFolder.resources[1]?.targetYaml).toContain('value: local')
  await put({ 'planned/map.yaml': map('1') })
  const same = JSON.parse((await cli(instance, [...words, '--local', local], draft())).stdout) as PlanView
  expect(same.hash).toBe(ofGit.hash)
})

test('a sync that is bound to a plan does it, and is refused once something changed', async () => {
  expect((await cli(instance, ['app', 'create', '-f', '-', ...where], draft())).code).toBe(0)
  const first = await planOf()
  const synced = await cli(instance, [
    'app',
    'sync',
    'planned',
    ...where,
    '--plan',
    first.hash,
    '--wait-healthy',
  ])
  expect(synced.stderr).toBe('')
  expect(synced.code).toBe(0)
  expect((await planOf()).counts).toMatchObject({ create: 0, update: 0, prune: 0, unchanged: 2 })

  await put({ 'planned/map.yaml': map('2') })
  await work.push('another value')
  const second = await planOf()
  expect(second.resources.find(({ action }) => action === 'update')?.changes).toMatchObject([
    { path: 'data.value', live: '1', target: '2' },
  ])
  await put({ 'planned/map.yaml': map('3') })
  await work.push('and one more')
  const refused = await cli(instance, ['app', 'sync', 'planned', ...where, '--plan', second.hash])
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toContain('is not what the sync would do now')
  const third = await planOf()
  const bound = await cli(instance, ['app', 'sync', 'planned', ...where, '--plan', third.hash])
  expect(bound.stderr).toBe('')
})

test('a plan of a folder tells hooks, prunes and what goes with them; a sync can be bound to it', async () => {
  await put({
    'planned/kustomization.yaml': 'resources: [map.yaml, hook.yaml]\n',
    'planned/map.yaml': map('from here'),
    'planned/hook.yaml': hook,
  })
  const local = ['--local', join(work.folder, 'planned')]
  const plan = await planOf(...local)
  expect(actions(plan)).toEqual(['hook Job before', 'prune Deployment planned', 'update ConfigMap settings'])
  const [, pruned] = plan.resources
  expect(plan.prunePropagationPolicy).toBe('Foreground')
  expect(new Set(pruned?.dependents.map(({ kind }) => kind))).toEqual(new Set(['ReplicaSet', 'Pod']))
  expect((await planOf(...local, '--no-prune')).counts).toMatchObject({ prune: 0, update: 1, hook: 1 })

  const words = ['app', 'sync', 'planned', ...where, ...local, '--plan', plan.hash]
  await put({ 'planned/map.yaml': map('changed since') })
  const refused = await cli(instance, words)
  expect(refused.stderr).toContain('is not what the sync would do now')
  await put({ 'planned/map.yaml': map('from here') })
  const synced = await cli(instance, words)
  expect(synced.stderr).toBe('')
  expect(synced.stdout).toMatch(/Deployment\s+demo-planned\s+planned\s+Pruned/)
  const after = await planOf(...local)
  expect(after.counts).toMatchObject({ create: 0, update: 0, prune: 0, hook: 1 })
  // Git still says otherwise.
  expect((await planOf()).counts).toMatchObject({ create: 1, update: 1 })
})
