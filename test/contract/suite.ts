import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KeyPair } from '../../packages/apiserver/src/auth/certificates.ts'
import { startApiServer } from '../../packages/apiserver/src/index.ts'
import { type ControlPlane, startControlPlane } from '../kubernetes/control-plane/start-control-plane.ts'
import { type ContractCase, type Stage, stages } from './contract-case.ts'
import { allCases } from './cases/all-cases.ts'
import { type Outcome, runCases, type Servers } from './run-cases.ts'
import { ServerTarget } from './server-target.ts'

interface Pair extends Servers {
  /** Starts the controllers of the real control plane; the embedded server has its own. */
  startControllers: () => void
  stopControllers: () => Promise<void>
}

const inFlight: Record<Stage, number> = { together: 12, alone: 1, controlled: 6 }

/** Runs the cases whose id matches `only`, on a fresh embedded server and a fresh real one, stage by stage. */
export async function runSuite(only = /./): Promise<Outcome[]> {
  return withServers(async (servers) => {
    const outcomes: Outcome[] = []
    for (const stage of stages) {
      const cases = selected(only, stage)
      if (stage === 'controlled' && cases.length > 0) servers.startControllers()
      outcomes.push(
        ...(await runCases(servers, cases, { inFlight: inFlight[stage], prefix: stage.charAt(0) })),
      )
      if (stage === 'controlled') await servers.stopControllers()
    }
    return outcomes
  })
}

export async function withServers<Result>(use: (servers: Pair) => Promise<Result>): Promise<Result> {
  const dataDir = mkdtempSync(join(tmpdir(), 'driftless-contract-'))
  const embedded = await startApiServer({ simulate: false, dataDir, checkOnClose: true })
  try {
    const authority = JSON.parse(readFileSync(join(dataDir, 'pki', 'ca.json'), 'utf8')) as KeyPair
    const real = await startControlPlane({ workloads: false, clientAuthority: authority.cert })
    try {
      return await withTargets({ embedded, real, authority }, use)
    } finally {
      await real.close()
    }
  } finally {
    await embedded.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function withTargets<Result>(
  running: { embedded: Awaited<ReturnType<typeof startApiServer>>; real: ControlPlane; authority: KeyPair },
  use: (servers: Pair) => Promise<Result>,
): Promise<Result> {
  const { embedded, real, authority } = running
  const servers = {
    embedded: new ServerTarget({
      url: embedded.url,
      token: embedded.adminToken,
      compact: () => Promise.resolve(embedded.forgetHistory()),
      authority,
    }),
    real: new ServerTarget({
      url: real.config.server,
      token: real.config.token,
      compact: () => real.compact(),
      authority,
    }),
  }
  try {
    const controllers = {
      startControllers: () => real.startCleaners(),
      stopControllers: () => real.stopCleaners(),
    }
    return await use({ ...servers, ...controllers })
  } finally {
    await Promise.all([servers.embedded.close(), servers.real.close()])
  }
}

function selected(only: RegExp, stage: Stage): ContractCase[] {
  return allCases.filter((found) => only.test(found.id) && (found.stage ?? 'together') === stage)
}
