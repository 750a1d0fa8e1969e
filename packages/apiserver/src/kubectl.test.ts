import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiServer } from './index.ts'
import { startTestServer } from './test-client.ts'

const run = promisify(execFile)

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const workload = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "nginx:1.25" }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  scope: Namespaced
  names: { plural: widgets, kind: Widget, shortNames: [wd] }
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {}, scale: { specReplicasPath: .spec.count, statusReplicasPath: .status.count } }
      additionalPrinterColumns: [{ name: Size, type: string, jsonPath: .spec.size }]
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties: { size: { type: string, default: small, enum: [small, big] }, count: { type: integer } }
            status: { type: object, properties: { count: { type: integer } } }
`

describe.skipIf(!hasKubectl())('kubectl', { timeout: 120_000 }, () => {
  let server: ApiServer
  let folder: string

  beforeAll(async () => {
    server = await startTestServer({})
    folder = mkdtempSync(join(tmpdir(), 'kubectl-'))
    writeFileSync(join(folder, 'config'), server.adminKubeconfig(), { mode: 0o600 })
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function kubectl(...args: string[]): Promise<string> {
    const env = { ...process.env, KUBECONFIG: join(folder, 'config'), KUBECACHEDIR: join(folder, 'cache') }
    return (await run('kubectl', args, { env })).stdout
  }

  function file(name: string, text: string): string {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }

  it('brings a workload to life, changes it and takes it away', async () => {
    const path = file('workload.yaml', workload)
    expect(await kubectl('apply', '-f', path)).toContain('deployment.apps/web created')
    expect(await kubectl('apply', '-f', path)).toContain('deployment.apps/web unchanged')
    expect(await kubectl('wait', '--for=condition=Available', 'deployment/web', '--timeout=30s')).toContain(
      'condition met',
    )
    expect(await kubectl('get', 'deployments')).toMatch(/NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +2\/2/)
    expect(await kubectl('describe', 'deployment', 'web')).toContain(
      'RollingUpdateStrategy:  25% max unavailable',
    )
    await kubectl('scale', 'deployment/web', '--replicas=1')
    expect(await kubectl('apply', '--server-side', '--force-conflicts', '-f', path)).toContain(
      'serverside-applied',
    )
    expect(await kubectl('delete', 'deployment/web', '--cascade=foreground')).toContain('deleted')
    expect(await kubectl('get', 'replicasets', '-o', 'name')).toBe('')
  })

  it('writes with each verb', async () => {
    await kubectl('create', 'configmap', 'notes', '--from-literal=a=1')
    await kubectl('create', 'deployment', 'made', '--image=nginx:1.25', '--replicas=0')
    expect(
      await kubectl(
        'get',
        'deployment/made',
        '-o',
        'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image}',
      ),
    ).toBe('0 nginx:1.25')
    await kubectl('label', 'configmap/notes', 'x=y')
    await kubectl('annotate', 'configmap/notes', 'note=seen')
    await kubectl('patch', 'configmap/notes', '-p', '{"data":{"b":"2"}}')
    expect(
      await kubectl('get', 'configmap/notes', '-o', 'jsonpath={.data.a}{.data.b}{.metadata.labels.x}'),
    ).toBe('12y')
    await kubectl('delete', 'configmap/notes')
    expect(await kubectl('auth', 'can-i', 'delete', 'pods')).toContain('yes')
  })

  it('learns and forgets a custom kind', async () => {
    const path = file('definition.yaml', definition)
    await kubectl('apply', '-f', path)
    await kubectl('wait', '--for=condition=Established', 'crd/widgets.example.com', '--timeout=10s')
    await kubectl(
      'apply',
      '-f',
      file(
        'widget.yaml',
        'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: one }\nspec: { count: 1 }\n',
      ),
    )
    expect(await kubectl('get', 'wd')).toMatch(/NAME +SIZE\none +small/)
    await kubectl('scale', 'widget/one', '--replicas=3')
    expect(await kubectl('get', 'widget/one', '-o', 'jsonpath={.spec.count}')).toBe('3')
    await expect(
      kubectl('patch', 'widget/one', '--type=merge', '-p', '{"spec":{"size":"odd"}}'),
    ).rejects.toThrow(/Unsupported value: "odd"/)
    expect(await kubectl('api-resources', '--api-group=example.com')).toContain('widgets')
    await kubectl('delete', '-f', path)
    expect(await kubectl('api-resources', '--api-group=example.com')).not.toContain('widgets')
  })
})
