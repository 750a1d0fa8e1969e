import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasRealServer, startRealServer } from '../contract/real-server.ts'

export interface RealCluster {
  /** An administrator's. */
  kubeconfig: string
  close(): Promise<void>
}

/** etcd and kube-apiserver on this machine, and a kubeconfig for them in the folder. */
export async function startRealCluster(folder: string): Promise<RealCluster> {
  if (!hasRealServer()) throw new Error('the control plane is not built: run npm run kubernetes:build')
  const server = await startRealServer()
  const kubeconfig = join(folder, 'real-kubeconfig')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster: { server: server.url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token: server.token } }],
    contexts: [{ name: 'real', context: { cluster: 'real', user: 'admin' } }],
    'current-context': 'real',
  }
  await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 })
  return { kubeconfig, close: server.close }
}
