import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClusterConfig, createClient } from '@driftless/kube'
import { waitFor } from '@driftless/testkit'
import {
  apiServerFlags,
  clientAuthorityFile,
  controllerManagerFlags,
  etcdFlags,
  etcdUrl,
  kubeconfigFile,
  kwokFlags,
  type Places,
  schedulerFlags,
  writeAuthority,
  writeCredentials,
} from './component-flags.ts'
import { type Component, startComponent } from './component.ts'
import { startDeathGuard } from './death-guard.ts'
import { freePorts } from './free-ports.ts'
import { joinNode, type Until } from './node.ts'

export interface ControlPlane {
  /** As the administrator, certificate verified. */
  config: ClusterConfig & { caCert: string; token: string }
  /** A file for kubectl and its like. */
  kubeconfig: string
  /** `kill -9` of kube-apiserver; etcd goes on. */
  killApiServer(): Promise<void>
  /** The same kube-apiserver again, at the same address; resolves when it is ready. */
  startApiServer(): Promise<void>
  /** `kill -9` of etcd and kube-apiserver, and both again on the same data; resolves when they are ready. */
  restart(): Promise<void>
  /** Process ids of what runs. */
  pids(): number[]
  /** Forgets all versions up to now, as happens every five minutes: older ones are answered with 410 from now on. */
  compact(): Promise<void>
  /** Starts a kube-controller-manager that collects garbage, ends namespaces and aggregates cluster roles, nothing else. */
  startCleaners(): void
  stopCleaners(): Promise<void>
  close(): Promise<void>
}

export interface ControlPlaneOptions {
  /**
   * Whether workloads come to life: kube-controller-manager, kube-scheduler, and kwok with one node. Without them what
   * an answer holds is the API server's own doing. Default true.
   */
  workloads?: boolean
  /** Whether etcd waits for the disk, as in production; default false, which is faster. */
  durable?: boolean
  /** The certificate, PEM, of who signs client certificates; without one only tokens are known. */
  clientAuthority?: string
  /** Further flags of kube-apiserver. */
  flags?: readonly string[]
}

const cleaners = [
  'garbage-collector-controller',
  'namespace-controller',
  'clusterrole-aggregation-controller',
]

/**
 * The real thing on loopback, in a folder that is thrown away. All of it ends with `close`, and with this process
 * however that ends.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(options)
    } catch (error) {
      // Somebody took a port between the question for a free one and its use.
      if (attempt === 3 || !String(error).includes('address already in use')) throw error
    }
  }
}

async function start(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { workloads = true, durable = false, clientAuthority, flags = [] } = options
  const folder = mkdtempSync(join(tmpdir(), 'driftless-control-plane-'))
  const guard = startDeathGuard(folder)
  const components = new Map<string, Component>()
  const run = (name: string, flags: readonly string[]): void => {
    components.set(name, startComponent({ name, flags, folder, guard }))
  }
  const until = untilOn(components)
  const close = async (): Promise<void> => {
    await Promise.all([...components.values()].map((component) => component.kill()))
    await guard.close()
  }
  try {
    const [etcdPort = 0, peerPort = 0, apiPort = 0] = await freePorts(3)
    const places: Places = {
      folder,
      etcdPort,
      peerPort,
      apiPort,
      adminToken: randomBytes(16).toString('hex'),
    }
    writeCredentials(places)
    const clients = clientAuthority === undefined ? undefined : clientAuthorityFile(places)
    if (clients !== undefined && clientAuthority !== undefined) writeFileSync(clients, clientAuthority)
    const startApiServer = async (): Promise<void> => {
      run('kube-apiserver', [...apiServerFlags(places, clients), ...flags])
      await untilReady(places, until)
    }
    const startBoth = async (): Promise<void> => {
      run('etcd', etcdFlags(places, durable))
      await startApiServer()
    }
    await startBoth()
    const config = configOf(places)
    writeFileSync(kubeconfigFile(places), kubeconfigOf(config), { mode: 0o600 })
    if (workloads) {
      run('kube-controller-manager', controllerManagerFlags(places))
      run('kube-scheduler', schedulerFlags(places))
      run('kwok', kwokFlags(places))
      await joinNode(config, until)
    }
    return {
      config,
      kubeconfig: kubeconfigFile(places),
      killApiServer: async () => components.get('kube-apiserver')?.kill(),
      startApiServer,
      restart: async () => {
        await Promise.all([...components.values()].map((component) => component.kill()))
        await startBoth()
      },
      pids: () => [...components.values()].map(({ pid }) => pid),
      compact: () => compact(places),
      startCleaners: () => run('kube-controller-manager', controllerManagerFlags(places, cleaners)),
      stopCleaners: async () => {
        await components.get('kube-controller-manager')?.kill()
        components.delete('kube-controller-manager')
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function configOf(places: Places): ControlPlane['config'] {
  return {
    server: `https://127.0.0.1:${places.apiPort}`,
    caCert: writeAuthority(places),
    token: places.adminToken,
  }
}

function kubeconfigOf({ server, caCert, token }: ControlPlane['config']): string {
  const authority = Buffer.from(caCert).toString('base64')
  const name = 'control-plane'
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  })
}

/** The certificate of the API server is there when it answers. */
async function untilReady(places: Places, until: Until): Promise<void> {
  const server = `https://127.0.0.1:${places.apiPort}`
  const client = createClient({ server, insecureSkipVerify: true, token: places.adminToken })
  try {
    await until(
      'kube-apiserver to be ready',
      async () => (await client.raw({ method: 'GET', path: '/readyz' })).status === 200,
    )
  } finally {
    await client.close()
  }
}

/** A wait that fails at once when a program that must run has ended, and says what its log said last. */
function untilOn(components: ReadonlyMap<string, Component>): Until {
  return async (what, condition) => {
    const ended = () => [...components.values()].find((component) => component.ended())
    const outcome = await waitFor(async () => ended() ?? (await condition()), {
      what,
      timeoutMs: 90_000,
    }).catch((error: unknown) => error)
    if (outcome === true) return
    const told = [...components.values()].filter(
      (component) => component === outcome || outcome instanceof Error,
    )
    const logs = told.map((component) => `${component.name} said last:\n${component.log()}`)
    throw new Error([`no use in waiting for ${what}`, ...logs].join('\n'), { cause: outcome })
  }
}

async function compact(places: Places): Promise<void> {
  const ask = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${etcdUrl(places)}/v3/kv/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`etcd answered ${response.status} to ${path}: ${await response.text()}`)
    return (await response.json()) as Record<string, unknown>
  }
  const { header } = await ask('range', { key: Buffer.from('/').toString('base64') })
  await ask('compaction', { revision: (header as { revision: string }).revision, physical: true })
}
