import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where everything of one control plane is. */
export interface Places {
  folder: string
  etcdPort: number
  peerPort: number
  apiPort: number
  adminToken: string
}

export const etcdUrl = ({ etcdPort }: Places): string => `http://127.0.0.1:${etcdPort}`
export const kubeconfigFile = ({ folder }: Places): string => join(folder, 'kubeconfig')
export const clientAuthorityFile = ({ folder }: Places): string => join(folder, 'clients.crt')
export const authorityFile = ({ folder }: Places): string => join(folder, 'authority.crt')
const signingKey = ({ folder }: Places): string => join(folder, 'accounts.key')

/** `durable`: what is acknowledged is on disk, as in production. */
export function etcdFlags(places: Places, durable: boolean): string[] {
  const peer = `http://127.0.0.1:${places.peerPort}`
  return [
    `--data-dir=${join(places.folder, 'etcd')}`,
    // Where the data are thrown away, a restart of the API server needs no disk, and there is no other restart.
    ...(durable ? [] : ['--unsafe-no-fsync']),
    `--listen-client-urls=${etcdUrl(places)}`,
    `--advertise-client-urls=${etcdUrl(places)}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ]
}

/** Writes the keys and the token that kube-apiserver reads at its start. */
export function writeCredentials(places: Places): void {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const secret = { mode: 0o600 }
  writeFileSync(signingKey(places), privateKey.export({ type: 'pkcs1', format: 'pem' }), secret)
  writeFileSync(`${signingKey(places)}.pub`, publicKey.export({ type: 'spki', format: 'pem' }))
  const administrator = `${places.adminToken},kubernetes-admin,1,"system:masters"\n`
  writeFileSync(join(places.folder, 'tokens.csv'), administrator, secret)
}

/** `clientAuthority`: the file of the certificate that signs client certificates. */
export function apiServerFlags(places: Places, clientAuthority?: string): string[] {
  return [
    ...(clientAuthority === undefined ? [] : [`--client-ca-file=${clientAuthority}`]),
    `--etcd-servers=${etcdUrl(places)}`,
    // An address of loopback may not be advertised.
    '--endpoint-reconciler-type=none',
    '--bind-address=127.0.0.1',
    `--secure-port=${places.apiPort}`,
    `--token-auth-file=${join(places.folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${signingKey(places)}.pub`,
    `--service-account-signing-key-file=${signingKey(places)}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    `--cert-dir=${join(places.folder, 'certificates')}`,
  ]
}

/** kube-apiserver has made a certificate for itself and put the authority that signed it behind it. */
export function writeAuthority(places: Places): string {
  const chain = readFileSync(join(places.folder, 'certificates', 'apiserver.crt'), 'utf8')
  const authority = chain.slice(chain.lastIndexOf('-----BEGIN CERTIFICATE-----'))
  writeFileSync(authorityFile(places), authority)
  return authority
}

const noListener = '--secure-port=0'
const fast = ['--kube-api-qps=500', '--kube-api-burst=1000']

/** `controllers`: only those run; by default all that are on by themselves. */
export function controllerManagerFlags(places: Places, controllers: readonly string[] = ['*']): string[] {
  return [
    `--controllers=${controllers.join(',')}`,
    `--kubeconfig=${kubeconfigFile(places)}`,
    '--leader-elect=false',
    '--use-service-account-credentials',
    `--service-account-private-key-file=${signingKey(places)}`,
    `--root-ca-file=${authorityFile(places)}`,
    noListener,
    ...fast,
  ]
}

export function schedulerFlags(places: Places): string[] {
  return [`--kubeconfig=${kubeconfigFile(places)}`, '--leader-elect=false', noListener, ...fast]
}

export function kwokFlags(places: Places): string[] {
  const stages = new URL('stages.yaml', import.meta.url).pathname
  const heartbeat = '--node-lease-duration-seconds=40'
  return [
    `--kubeconfig=${kubeconfigFile(places)}`,
    '--manage-all-nodes=true',
    heartbeat,
    `--config=${stages}`,
  ]
}
