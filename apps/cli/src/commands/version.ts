import type { SessionView } from '@driftless/api'
import type { Command } from 'commander'
import { type CliContext, connect, type ServerFlags } from '../context.ts'
import { printLine } from '../output/print.ts'
import { version } from '../version.ts'
import { withServer } from './flags.ts'

/** `version`: of this program and, when logged in, of the server. */
export function addVersionCommand(program: Command, context: CliContext): void {
  withServer(program.command('version').description('Print the versions of this program and of the server'))
    .option('--client', 'only of this program')
    .action(async (flags: ServerFlags & { client?: boolean }) => {
      printLine(context, `driftless ${version}`)
      if (flags.client === true) return
      const server = await serverVersion(context, flags)
      if (server !== undefined) printLine(context, server)
    })
}

/** Being logged out or away from the server is no failure of this command. */
async function serverVersion(context: CliContext, flags: ServerFlags): Promise<string | undefined> {
  try {
    const api = await connect(context, flags)
    return `server ${(await api.get<SessionView>('/session')).version} at ${api.server}`
  } catch (error) {
    if (flags.server !== undefined) throw error
    return undefined
  }
}
