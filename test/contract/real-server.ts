import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binariesFolder } from '../kubernetes/binaries/folder.mjs'
import type { TargetOptions } from './server-target.ts'
import { ServerTarget } from './server-target.ts'

export interface RealServer extends TargetOptions {
  /** Garbage collector, namespace controller and aggregation of cluster roles, started once and ready. */
  startControllers(): Promise<void>
  stopControllers(): Promise<void>
  close(): Promise<void>
}

interface Places {
  folder: string
  etcd: string
  url: string
  children: ChildProcess[]
  controllers?: ChildProcess
}

const adminToken = 'contract-admin'

/** The binaries are there. */
export function hasRealServer(): boolean {
  return ['etcd', 'kube-apiserver', 'kube-controller-manager'].every((name) =>
    existsSync(join(binariesFolder(), name)),
  )
}

/**
 * etcd and kube-apiserver on loopback, first without any controller: what an answer holds is the API server's own doing.
 * `clientAuthority` is the certificate, PEM, of who signs client certificates.
 */
export async function startRealServer(options: { clientAuthority: string }): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), 'driftless-contract-'))
  const [clientPort, peerPort, apiPort] = await Promise.all([freePort(), freePort(), freePort()])
  const children: ChildProcess[] = []
  const close = async (): Promise<void> => {
    await Promise.all(children.toReversed().map(end))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    children.push(start('etcd', etcdFlags(folder, clientPort, peerPort)))
    const authority = join(folder, 'clients.pem')
    writeFileSync(authority, options.clientAuthority)
    const flags = [...apiServerFlags(folder, clientPort, apiPort), `--client-ca-file=${authority}`]
    children.push(start('kube-apiserver', flags))
    const server = { url: `https://127.0.0.1:${apiPort}`, token: adminToken }
    await untilReady(server, children)
    const places = { folder, etcd: `http://127.0.0.1:${clientPort}`, url: server.url, children }
    return {
      ...server,
      compact: () => compactHistory(places),
      startControllers: () => startControllers(places),
      stopControllers: () => stopControllers(places),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function etcdFlags(folder: string, clientPort: number, peerPort: number): string[] {
  const client = `http://127.0.0.1:${clientPort}`
  const addresses = [`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`]
  const peer = `http://127.0.0.1:${peerPort}`
  const peers = [
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ]
  return [`--data-dir=${join(folder, 'etcd')}`, '--unsafe-no-fsync', ...addresses, ...peers]
}

function apiServerFlags(folder: string, etcdPort: number, port: number): string[] {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signing = join(folder, 'accounts.key')
  const verifying = join(folder, 'accounts.pub')
  const tokens = join(folder, 'tokens.csv')
  writeFileSync(signing, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 })
  writeFileSync(verifying, publicKey.export({ type: 'spki', format: 'pem' }))
  writeFileSync(tokens, `${adminToken},kubernetes-admin,1,"system:masters"\n`, { mode: 0o600 })
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--endpoint-reconciler-type=none',
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--token-auth-file=${tokens}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${verifying}`,
    `--service-account-signing-key-file=${signing}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    `--cert-dir=${join(folder, 'certificates')}`,
  ]
}

/** Compacts etcd up to now. https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/ */
async function compactHistory({ etcd }: Places): Promise<void> {
  const call = async (path: string, body: object): Promise<{ header?: { revision: string } }> => {
    const response = await fetch(`${etcd}${path}`, { method: 'POST', body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${path} of etcd: ${response.status} ${await response.text()}`)
    return (await response.json()) as { header?: { revision: string } }
  }
  const { header } = await call('/v3/kv/range', { key: Buffer.from('nothing').toString('base64') })
  await call('/v3/kv/compaction', { revision: header?.revision ?? '0', physical: true })
}

const controllers = [
  'garbage-collector-controller',
  'namespace-controller',
  'clusterrole-aggregation-controller',
]

async function startControllers(places: Places): Promise<void> {
  const { folder, url } = places
  const kubeconfig = join(folder, 'admin.kubeconfig')
  const cluster = { server: url, 'insecure-skip-tls-verify': true }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster }],
    users: [{ name: 'admin', user: { token: adminToken } }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: 'admin' } }],
    'current-context': 'real',
  }
  writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 })
  const flags = [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllers.join(',')}`,
    '--leader-elect=false',
    '--secure-port=0',
    `--service-account-private-key-file=${join(folder, 'accounts.key')}`,
  ]
  places.controllers = start('kube-controller-manager', flags)
  places.children.push(places.controllers)
}

async function stopControllers(places: Places): Promise<void> {
  if (places.controllers !== undefined) await end(places.controllers)
}

function start(name: string, flags: string[]): ChildProcess {
  return spawn(join(binariesFolder(), name), flags, { stdio: 'ignore' })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
}

async function untilReady(server: TargetOptions, children: readonly ChildProcess[]): Promise<void> {
  const target = new ServerTarget(server)
  const deadline = performance.now() + 60_000
  try {
    for (;;) {
      const ready = await target.send({ method: 'GET', path: '/readyz' }).catch(() => undefined)
      if (ready?.answer.code === 200) return
      if (performance.now() > deadline || children.some((child) => child.exitCode !== null))
        throw new Error('kube-apiserver did not become ready; run it by hand with the same flags to see why')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  } finally {
    await target.close()
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
