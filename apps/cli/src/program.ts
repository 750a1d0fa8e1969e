import { Command, CommanderError } from 'commander'
import { addAppCommands } from './commands/app.ts'
import { addAppPlan } from './commands/app-plan.ts'
import { addClusterCommands } from './commands/cluster.ts'
import { addDevOpsCommands } from './commands/devops.ts'
import { addKubeconfigCommand } from './commands/kubeconfig.ts'
import { addLoginCommands } from './commands/login.ts'
import { addRepoCommands } from './commands/repo.ts'
import { addServerCommands } from './commands/server.ts'
import { addVersionCommand } from './commands/version.ts'
import { addWorkspaceCommands } from './commands/workspace.ts'
import { type CliContext, createContext } from './context.ts'
import { reportError } from './output/report-error.ts'
import { version } from './version.ts'

const groups = [
  addServerCommands,
  addLoginCommands,
  addAppCommands,
  addAppPlan,
  addRepoCommands,
  addDevOpsCommands,
  addWorkspaceCommands,
  addClusterCommands,
  addKubeconfigCommand,
  addVersionCommand,
]

/** The whole tree of commands, writing to the context's streams. */
export function createProgram(context: CliContext): Command {
  const program = new Command('driftless')
  program.description('Keeps Kubernetes clusters equal to what Git says.')
  program.version(`driftless ${version}`, '-V, --version', 'print the version of this program')
  program.configureOutput({
    writeOut: (text) => context.stdout.write(text),
    writeErr: (text) => context.stderr.write(text),
  })
  program.showHelpAfterError('Run the command with --help to see how it is used.')
  program.exitOverride()
  for (const add of groups) add(program, context)
  return program
}

/** Runs one command line; answers the exit code (0 fine, 2 wrong use, 4 not permitted, 5 not found, 6 conflict, 7 try again, 1 else). */
export async function runCli(args: string[], given?: CliContext): Promise<number> {
  const stop = new AbortController()
  const onInterrupt = (): void => stop.abort(new Error('interrupted'))
  const context = given ?? createContext(stop.signal)
  process.once('SIGINT', onInterrupt)
  try {
    const program = createProgram(context)
    await program.parseAsync(args, { from: 'user' })
    return context.exitCode ?? 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    return reportError(context, error)
  } finally {
    process.removeListener('SIGINT', onInterrupt)
  }
}
