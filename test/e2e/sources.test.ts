import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Application } from '@driftless/api'
import { createClient, type KubeClient, loadKubeconfig } from '@driftless/kube'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packChart } from '../../packages/source/src/testing/chart-archive.ts'
import {
  basic,
  sha256,
  startFiles,
  startRegistry,
  type TestRegistry,
  type TestServer,
} from '../../packages/source/src/testing/chart-servers.ts'
import {
  cli,
  cloneRepository,
  type Instance,
  logIn,
  makeFolder,
  startInstance,
  type WorkingCopy,
} from './instance.ts'
import { waitFor } from './wait-for.ts'

let folder: Awaited<ReturnType<typeof makeFolder>>
let instance: Instance
let work: WorkingCopy
let client: KubeClient
let charts: TestServer
let chartFiles: Map<string, Buffer | string>
let registry: TestRegistry

const chart = (version: string): Buffer =>
  packChart('web', {
    'Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\n`,
    'values.yaml': 'color: red\n',
    'templates/map.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\ndata: {color: "{{ .Values.color }}", version: "{{ .Chart.Version }}", kinds: "{{ .Capabilities.APIVersions.Has "argoproj.io/v1alpha1/Application" }}"}\n`,
  })

function publish(...versions: string[]): void {
  const entries = versions.map(
    (version) =>
      `  - {version: ${version}, digest: "${sha256(chart(version))}", urls: [web-${version}.tgz]}\n`,
  )
  chartFiles.set('/index.yaml', `apiVersion: v1\nentries:\n  web:\n${entries.join('')}`)
  for (const version of versions) chartFiles.set(`/web-${version}.tgz`, chart(version))
}

beforeAll(async () => {
  chartFiles = new Map()
  charts = await startFiles(chartFiles, basic('ada', 'secret'))
  registry = await startRegistry({ credentials: basic('ada', 'secret') })
  folder = await makeFolder('sources')
  const hosts = [charts, registry].flatMap(({ origin }) => ['--allow-local', origin.replace('http://', '')])
  instance = await startInstance({ dataDir: join(folder.path, 'data'), flags: hosts })
  await logIn(instance)
  client = createClient(await loadKubeconfig({ path: instance.kubeconfig }))
  await permit('demo-project', [charts.origin, registryAddress()])
  await secretOf('charts', { url: charts.origin, insecure: 'true' })
  await secretOf('registry', { url: registryAddress(), enableOCI: 'true', insecureOCIForceHttp: 'true' })
  work = await cloneRepository(instance, { repository: 'hello', folder: join(folder.path, 'work') })
}, 120_000)

afterAll(async () => {
  await client?.close()
  await instance?.stop()
  await Promise.all([charts?.close(), registry?.close()])
  await folder?.remove()
})

/** As Helm's OCI repositories are written in existing Secrets: without a scheme. */
function registryAddress(): string {
  return `${registry.origin.replace('http://', '')}/team`
}

const where = ['--devops', 'demo-project']

/** As an administrator does for what a project does not import, and waits for the project's AppProject to follow. */
async function permit(project: string, sourceRepos: string[]): Promise<void> {
  const devops = { apiVersion: 'driftless.dev/v1alpha1', kind: 'DevOpsProject', name: project }
  await client.patch(devops, { type: 'merge', body: { spec: { sourceRepos } } })
  const list = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    namespace: 'driftless-system',
    name: project,
  }
  await waitFor(`the allow-list of ${project}`, async () => {
    const { sourceRepos: permitted } = (await client.get(list))['spec'] as { sourceRepos: string[] }
    return sourceRepos.every((url) => permitted.includes(url))
  })
}

async function secretOf(name: string, texts: Record<string, string>): Promise<void> {
  await client.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace: 'driftless-system',
      labels: { 'argocd.argoproj.io/secret-type': 'repository' },
    },
    stringData: { type: 'helm', username: 'ada', password: 'secret', ...texts },
  })
}

async function create(name: string, spec: object): Promise<void> {
  const application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'demo-project' },
    spec: {
      project: 'demo-project',
      destination: { name: 'in-cluster', namespace: `demo-${name}` },
      syncPolicy: { syncOptions: ['CreateNamespace=true'] },
      ...spec,
    },
  }
  const created = await cli(instance, ['app', 'create', '-f', '-', ...where], JSON.stringify(application))
  expect(created.stderr).toBe('')
}

async function sync(name: string, ...words: string[]): Promise<void> {
  const synced = await cli(instance, ['app', 'sync', name, ...where, '--wait-healthy', ...words])
  expect(synced.stderr).toBe('')
}

async function read(name: string): Promise<Application> {
  const ref = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'demo-project', name }
  return (await client.get(ref)) as unknown as Application
}

async function dataOf(namespace: string, name: string): Promise<unknown> {
  return (await client.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }))['data']
}

test('a chart of a Helm repository follows its range, with the credentials of an Argo CD Secret', async () => {
  publish('1.0.0', '2.0.0')
  await create('ranged', { source: { repoURL: charts.origin, chart: 'web', targetRevision: '1.x' } })
  await sync('ranged')
  expect(await dataOf('demo-ranged', 'ranged')).toEqual({ color: 'red', version: '1.0.0', kinds: 'true' })
  expect((await read('ranged')).status).toMatchObject({
    sync: { revision: '1.0.0' },
    sourceType: 'Helm',
    history: [{ revision: '1.0.0', source: { chart: 'web' } }],
  })
  publish('1.0.0', '1.1.0', '2.0.0')
  await sync('ranged')
  expect(await dataOf('demo-ranged', 'ranged')).toMatchObject({ version: '1.1.0' })
})

test('a chart of a registry takes values of a Git repository, whose commits count only where they are read', async () => {
  registry.push('team/web', '3.0.0', chart('3.0.0'))
  const address = registryAddress()
  await mkdir(join(work.folder, 'env'), { recursive: true })
  await writeFile(join(work.folder, 'env/prod.yaml'), 'color: blue\n')
  const first = await work.push('values')
  const git = `${instance.url}/git/demo-project/hello.git`
  await create('many', {
    sources: [
      {
        repoURL: address,
        chart: 'web',
        targetRevision: '3.0.0',
        helm: { valueFiles: ['$values/env/prod.yaml'] },
      },
      { repoURL: git, targetRevision: 'HEAD', ref: 'values' },
    ],
  })
  await sync('many')
  expect(await dataOf('demo-many', 'many')).toMatchObject({ color: 'blue', version: '3.0.0' })
  expect((await read('many')).status).toMatchObject({
    sync: { revisions: ['3.0.0', first] },
    sourceTypes: ['Helm', ''],
    history: [{ revisions: ['3.0.0', first] }],
  })
  await writeFile(join(work.folder, 'env/prod.yaml'), 'color: green\n')
  const second = await work.push('another color')
  await sync('many')
  expect(await dataOf('demo-many', 'many')).toMatchObject({ color: 'green' })
  const rolled = await cli(instance, ['app', 'rollback', 'many', '0', ...where])
  expect(rolled.stderr).toBe('')
  expect(await dataOf('demo-many', 'many')).toMatchObject({ color: 'blue' })
  const { status } = await read('many')
  expect(status?.history?.map(({ revisions }) => revisions?.[1])).toEqual([first, second, first])
})

test('a repository of another project is nobody else’s, although it is on this disk', async () => {
  await client.create({
    apiVersion: 'driftless.dev/v1alpha1',
    kind: 'DevOpsProject',
    metadata: { name: 'other-project' },
    spec: { workspace: 'demo' },
  })
  const spec = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'thief', namespace: 'other-project' },
    spec: {
      project: 'other-project',
      source: { repoURL: `${instance.url}/git/demo-project/hello.git`, path: '.' },
      destination: { name: 'in-cluster', namespace: 'demo-thief' },
    },
  }
  const plan = () => cli(instance, ['plan', '-f', '-', '--devops', 'other-project'], JSON.stringify(spec))
  const refused = await waitFor('the new project', async () => {
    const answer = await plan()
    return answer.stderr.includes('is not ready yet') ? undefined : answer
  })
  expect(refused.stderr).toContain('import it first')
  // Not even where an administrator permits every repository.
  await permit('other-project', ['*'])
  const planned = await waitFor('the allow-list to be seen', async () => {
    const answer = await plan()
    return answer.stderr.includes('import it first') ? undefined : answer
  })
  expect(planned.code).not.toBe(0)
  expect(planned.stderr).toContain('belongs to the DevOps project "demo-project"')
})
