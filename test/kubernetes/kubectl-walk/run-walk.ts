import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApiServer } from '../../../packages/apiserver/src/index.ts'
import { startControlPlane } from '../control-plane/start-control-plane.ts'
import { walk, type WalkStep } from './walk.ts'
import { walkScript } from './walk-script.ts'

/** The walk through a fresh embedded server, which simulates its workloads, and a fresh real cluster. */
export async function runWalk(): Promise<WalkStep[]> {
  const real = await startControlPlane()
  try {
    const embedded = await startApiServer({ simulate: true, checkOnClose: true })
    const folder = mkdtempSync(join(tmpdir(), 'driftless-walk-'))
    try {
      const simulated = {
        server: embedded.url,
        caCert: embedded.caCert,
        token: embedded.adminToken,
        node: 'driftless-node',
      }
      return await walk([simulated, { ...real.config, node: 'node-1' }], walkScript, folder)
    } finally {
      await embedded.close()
      rmSync(folder, { recursive: true, force: true })
    }
  } finally {
    await real.close()
  }
}
