import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiProcess, spawnApiProcess } from '../faults/api-process.ts'
import { startControlPlane } from '../kubernetes/control-plane/start-control-plane.ts'

/** One of the two servers that are measured side by side. */
export interface MeasuredServer {
  name: string
  url: string
  token: string
  /** Process ids of all that serves; they change with a restart. */
  pids(): number[]
  /** `kill -9`, then the same data again; resolves when it says that it is ready. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** The embedded server as the product runs it: bundled, in a thread, durable. No simulation: the other one has none. */
export async function startEmbedded(profileDir?: string): Promise<MeasuredServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'driftless-bench-'))
  const nodeFlags = profileDir === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profileDir]
  const start = (): Promise<ApiProcess> => spawnApiProcess({ dataDir, nodeFlags }).ready
  let running = await start()
  return {
    name: 'embedded',
    get url() {
      return running.url
    },
    token: running.token,
    pids: () => [running.pid],
    async restart() {
      await (profileDir === undefined ? running.kill() : running.stop())
      running = await start()
    },
    async close() {
      await running.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** etcd that waits for the disk, and kube-apiserver. */
export async function startReal(): Promise<MeasuredServer> {
  const plane = await startControlPlane({ workloads: false, durable: true })
  const { server, token } = plane.config
  return { name: 'real', url: server, token, pids: plane.pids, restart: plane.restart, close: plane.close }
}
