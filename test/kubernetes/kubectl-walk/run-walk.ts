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

/** The lines in which the outputs of a step differ, each as often as it is there too much. */
export function differentLines({ line, outputs: [embedded, real] }: WalkStep): string[] {
  const [left, right] = [embedded.split('\n'), real.split('\n')]
  const shown = [
    ...surplus(left, right).map((text) => `    embedded ${text}`),
    ...surplus(right, left).map((text) => `    real     ${text}`),
  ]
  return [`kubectl ${line}`, ...(shown.length === 0 ? ['    the same lines in another order'] : shown)]
}

function surplus(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others]
  return lines.filter((text) => {
    const at = left.indexOf(text)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
