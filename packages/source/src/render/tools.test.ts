import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RenderRequest, RenderResult, SourceService, SourceSpec } from '../contract.ts'
import { createSourceService } from '../service.ts'
import { createTestRepository, type TestRepository } from '../testing/git-repository.ts'
import { Toolbox, type ToolName } from '../tools/tools.ts'

const searchPath = '/usr/local/bin:/usr/bin:/bin'
const cacheDir = join(homedir(), '.cache', 'driftless')

/** The suite needs real tools; without one it says so instead of passing. */
async function skipReason(name: ToolName): Promise<string> {
  const toolbox = new Toolbox({ paths: {}, searchPath, cacheDir })
  return toolbox.get(name).then(
    () => '',
    (error: Error) => ` (SKIPPED: ${error.message})`,
  )
}

const withoutHelm = await skipReason('helm')
const withoutKustomize = await skipReason('kustomize')
const withoutJsonnet = await skipReason('jsonnet')

const url = 'https://git.example/demo.git'
let repository: TestRepository
let dataDir: string
let source: SourceService
let revision = ''

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx:1.0}]}
`
const values = (key: string): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-${key}, namespace: {{ .Release.Namespace }}}
data: {color: {{ .Values.color | quote }}, size: {{ .Values.size | quote }}, list: {{ .Values.list | quote }}}
`

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'driftless-source-'))
  repository = await createTestRepository()
  source = createSourceService({ dataDir, cacheDir, searchPath, localRepositories: () => repository.folder })
  revision = await repository.commit({
    'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
    'base/deployment.yaml': deployment,
    'overlay/kustomization.yaml': 'resources: [../base]\nnamePrefix: over-\n',
    'extra/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{pairs: {extra: "yes"}}]\n',
    'named/kustomization.yaml':
      'resources: [../base]\nimages: [{name: nginx, newName: mirror/nginx, newTag: "1.5"}]\nnamePrefix: own-\n',
    'named/patch.yaml': '[{"op": "add", "path": "/spec/paused", "value": true}]',
    'escape/kustomization.yaml': 'resources: [../base/deployment.yaml]\n',
    'chart/Chart.yaml':
      'apiVersion: v2\nname: chart\nversion: 1.0.0\ndependencies: [{name: lib, version: 1.x.x, repository: "file://../lib"}]\n',
    'chart/values.yaml': 'color: red\nsize: small\nlist: none\n',
    'chart/prod.yaml': 'color: blue\n',
    'chart/templates/map.yaml': values('map'),
    'chart/crds/crd.yaml':
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n',
    'lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 1.2.0\n',
    'lib/templates/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-lib}\n',
    'values/shared.yaml': 'size: large\n',
    'broken/Chart.yaml': 'apiVersion: v2\nname: broken\nversion: 1.0.0\n',
    'broken/templates/map.yaml': 'apiVersion: v1\nkind: {{ .Values.missing.thing }}\n',
  })
})

afterAll(async () => {
  await source.close()
  await repository.remove()
  await rm(dataDir, { recursive: true, force: true })
})

function request(spec: Partial<SourceSpec>): RenderRequest {
  return {
    access: { url },
    revision,
    source: { repoURL: url, ...spec },
    application: { name: 'shop', namespace: 'team', project: 'team' },
    destinationNamespace: 'prod',
    kubeVersion: 'v1.33.0',
  }
}

const render = (spec: Partial<SourceSpec>): Promise<RenderResult> => source.render(request(spec))

describe.skipIf(withoutKustomize !== '')(`kustomize${withoutKustomize}`, () => {
  it('builds bases outside of the folder', async () => {
    const result = await render({ path: 'overlay' })
    expect(result.sourceType).toBe('Kustomize')
    expect(result.manifests.map((object) => object.metadata.name)).toEqual(['over-web'])
  })

  it('is built with the overrides of the application in it', async () => {
    const { manifests } = await render({
      path: 'overlay',
      kustomize: {
        namePrefix: 'my-',
        namespace: 'prod',
        images: ['nginx=registry.example:5000/nginx:2.0'],
        replicas: [{ name: 'web', count: '3' }],
        commonLabels: { team: 'a' },
        labelWithoutSelector: true,
        commonAnnotations: { app: '$ARGOCD_APP_NAME' },
        commonAnnotationsEnvsubst: true,
        patches: [
          { patch: '[{"op": "add", "path": "/spec/paused", "value": true}]', target: { kind: 'Deployment' } },
        ],
        components: ['../extra'],
      },
    })
    expect(manifests[0]).toMatchObject({
      metadata: {
        name: 'my-web',
        namespace: 'prod',
        labels: { team: 'a', extra: 'yes' },
        annotations: { app: 'shop' },
      },
      spec: {
        replicas: 3,
        paused: true,
        selector: { matchLabels: { app: 'web' } },
        template: { spec: { containers: [{ image: 'registry.example:5000/nginx:2.0' }] } },
      },
    })
  })

  it('replaces what the kustomization itself says of an image and of names', async () => {
    const { manifests } = await render({
      path: 'named',
      kustomize: {
        images: ['nginx:2.0'],
        namePrefix: 'app-',
        patches: [{ path: 'patch.yaml', target: { kind: 'Deployment' } }],
        components: ['../extra', '../nothing'],
        ignoreMissingComponents: true,
      },
    })
    expect(manifests[0]).toMatchObject({
      metadata: { name: 'app-web', labels: { extra: 'yes' } },
      spec: { paused: true, template: { spec: { containers: [{ image: 'nginx:2.0' }] } } },
    })
    await expect(render({ path: 'named', kustomize: { components: ['../nothing'] } })).rejects.toMatchObject({
      fields: [{ field: 'spec.source.kustomize.components' }],
    })
    await expect(render({ path: 'named', kustomize: { components: ['../../../etc'] } })).rejects.toThrow(
      'leads out of the repository',
    )
    await expect(
      render({ path: 'named', kustomize: { patches: [{ path: '../base/deployment.yaml' }] } }),
    ).rejects.toThrow('may not contain ".."')
  })

  it('does not read files outside of its root', async () => {
    await expect(render({ path: 'escape' })).rejects.toMatchObject({
      code: 'BadRequest',
      message: expect.stringContaining('kustomize build failed'),
    })
  })
})

describe.skipIf(withoutHelm !== '')(`helm${withoutHelm}`, () => {
  it('renders with values in the order of their weight, and charts that lie beside', async () => {
    const { manifests, sourceType } = await render({
      path: 'chart',
      helm: {
        valueFiles: ['prod.yaml', '/values/shared.yaml'],
        valuesObject: { list: 'object' },
        parameters: [
          { name: 'list', value: 'a,b' },
          { name: 'color', value: '$ARGOCD_APP_NAME', forceString: true },
        ],
      },
    })
    expect(sourceType).toBe('Helm')
    expect(manifests.map((object) => object.metadata.name)).toEqual([
      'things.example.com',
      'from-lib',
      'shop-map',
    ])
    expect(manifests[2]).toMatchObject({
      metadata: { namespace: 'prod' },
      data: { color: 'shop', size: 'large', list: 'a,b' },
    })
  })

  it('keeps its key while nothing that it reads changes', async () => {
    const spec = { path: 'chart', helm: { valueFiles: ['/values/shared.yaml'] } }
    const before = await source.renderKey(request(spec))
    const other = await repository.commit({ 'overlay/notes.txt': 'x' })
    expect(await source.renderKey({ ...request(spec), revision: other })).toBe(before)
    const touched = await repository.commit({ 'lib/values.yaml': 'x: 1\n' })
    expect(await source.renderKey({ ...request(spec), revision: touched })).not.toBe(before)
  })

  it('leaves out CRDs when told to', async () => {
    const { manifests } = await render({ path: 'chart', helm: { skipCrds: true } })
    expect(manifests.map((object) => object.kind)).toEqual(['ConfigMap', 'ConfigMap'])
  })

  it('names the value file that is not there, and takes its absence when told to', async () => {
    await expect(render({ path: 'chart', helm: { valueFiles: ['prd.yaml'] } })).rejects.toMatchObject({
      fields: [{ field: 'spec.source.helm.valueFiles' }],
      remedy: expect.stringContaining('chart/prod.yaml'),
    })
    await expect(
      render({ path: 'chart', helm: { valueFiles: ['https://host.example/v.yaml'] } }),
    ).rejects.toThrow('needs the network')
    await expect(render({ path: 'chart', helm: { valueFiles: ['../../../etc/passwd'] } })).rejects.toThrow(
      'leads out of the repository',
    )
    const { manifests } = await render({
      path: 'chart',
      helm: { valueFiles: ['prd.yaml'], ignoreMissingValueFiles: true },
    })
    expect(manifests).toHaveLength(3)
  })

  it('says what helm says about a broken template, without places of this machine', async () => {
    const failure = await render({ path: 'broken' }).catch((error: Error) => error.message)
    expect(failure).toContain('broken/templates/map.yaml')
    expect(failure).not.toContain(tmpdir())
  })
})

describe.skipIf(withoutJsonnet !== '')(`jsonnet${withoutJsonnet}`, () => {
  it('takes variables, top-level arguments, libraries and the folder of the application', async () => {
    const at = await repository.commit({
      'jsonnet/deep/map.jsonnet':
        'local own = import "names.libsonnet"; local lib = import "shared.libsonnet";\n' +
        'function(size, count=1) [lib.map(own.name, {size: size, count: std.toString(count), app: std.extVar("app"), list: std.toString(std.extVar("list"))})]\n',
      'jsonnet/names.libsonnet': '{name: "from-jsonnet"}',
      'lib/shared.libsonnet':
        '{map(name, data):: {apiVersion: "v1", kind: "ConfigMap", metadata: {name: name}, data: data}}',
    })
    const jsonnet = {
      libs: ['lib'],
      extVars: [
        { name: 'app', value: '$ARGOCD_APP_NAME' },
        { name: 'list', value: '[1, 2]', code: true },
      ],
      tlas: [
        { name: 'size', value: 'large' },
        { name: 'count', value: '1 + 2', code: true },
      ],
    }
    const spec = { path: 'jsonnet', directory: { recurse: true, jsonnet } }
    const { manifests } = await source.render({ ...request(spec), revision: at })
    expect(manifests).toMatchObject([
      {
        metadata: { name: 'from-jsonnet' },
        data: { size: 'large', count: '3', app: 'shop', list: '[1, 2]' },
      },
    ])
    const outside = await repository.commit({ 'leak/a.jsonnet': '{a: importstr "/etc/hostname"}' })
    await expect(source.render({ ...request({ path: 'leak' }), revision: outside })).rejects.toThrow(
      'leak/a.jsonnet imports /etc/hostname',
    )
    const first = await repository.commit({ 'leak/a.jsonnet': null, 'other/notes.txt': 'x' })
    const second = await repository.commit({ 'lib/shared.libsonnet': '{map(name, data):: null}' })
    const keyAt = (revision: string): Promise<string> => source.renderKey({ ...request(spec), revision })
    expect(await keyAt(first)).toBe(await keyAt(at))
    expect(await keyAt(second)).not.toBe(await keyAt(at))
    const escaping = { recurse: true, jsonnet: { libs: ['../../etc'] } }
    await expect(
      source.render({ ...request({ path: 'jsonnet', directory: escaping }), revision: at }),
    ).rejects.toThrow('may not contain ".."')
  })
})
