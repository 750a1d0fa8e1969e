import { startApiServer } from '../../packages/apiserver/src/index.ts'
import { startControlPlane } from '../kubernetes/control-plane/start-control-plane.ts'
import type { ContractCase } from './contract-case.ts'
import { allCases } from './cases/all-cases.ts'
import { type Outcome, runCases, type Servers } from './run-cases.ts'
import { ServerTarget } from './server-target.ts'

/** Runs the cases whose id matches `only`, on a fresh embedded server and a fresh real one. */
export async function runSuite(only = /./): Promise<Outcome[]> {
  return withServers((servers) => runCases(servers, selected(only)))
}

export async function withServers<Result>(use: (servers: Servers) => Promise<Result>): Promise<Result> {
  const real = await startControlPlane({ workloads: false })
  try {
    const embedded = await startApiServer({ simulate: false, checkOnClose: true })
    const servers = {
      embedded: new ServerTarget({ url: embedded.url, token: embedded.adminToken }),
      real: new ServerTarget({ url: real.config.server, token: real.config.token }),
    }
    try {
      return await use(servers)
    } finally {
      await Promise.all([servers.embedded.close(), servers.real.close()])
      await embedded.close()
    }
  } finally {
    await real.close()
  }
}

function selected(only: RegExp): ContractCase[] {
  return allCases.filter(({ id }) => only.test(id))
}
