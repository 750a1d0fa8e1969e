import { AppError, type LoginRequest, type SessionView } from '@driftless/api'
import type { Command } from 'commander'
import { ApiClient } from '../api-client.ts'
import { type CliContext, connect, defaultServer, normalizeServer } from '../context.ts'
import { readCredentials, writeCredentials } from '../credentials.ts'
import { printLine } from '../output/print.ts'
import { ask, readAll } from '../prompt.ts'

interface LoginFlags {
  server?: string
  username?: string
  passwordStdin?: boolean
}

/** `login`, `logout`, `whoami`. */
export function addLoginCommands(program: Command, context: CliContext): void {
  program
    .command('login')
    .description('Log in to a server and keep a token for the commands that follow')
    .option('--server <url>', `address of the server (default: ${defaultServer})`)
    .option('--username <name>', 'user name (default: asked for)')
    .option('--password-stdin', 'read the password from the standard input')
    .action((flags: LoginFlags) => login(context, flags))
  program
    .command('logout')
    .description('Forget the token of a server')
    .option('--server <url>', 'address of the server (default: the one of the last login)')
    .action((flags: { server?: string }) => logout(context, flags))
  program
    .command('whoami')
    .description('Say who is logged in, and where')
    .option('--server <url>', 'address of the server')
    .action(async (flags: { server?: string }) => {
      const api = await connect(context, flags)
      const session = await api.get<SessionView>('/session')
      printLine(context, `${session.user.name} at ${api.server}`)
    })
}

async function login(context: CliContext, flags: LoginFlags): Promise<void> {
  const server = normalizeServer(flags.server ?? context.config.server ?? defaultServer)
  const username = flags.username ?? (await ask(context, 'User name: ', { flag: '--username' }))
  const password =
    flags.passwordStdin === true
      ? (await readAll(context)).replace(/\r?\n$/, '')
      : await ask(context, 'Password: ', { hidden: true, flag: '--password-stdin' })
  const body: LoginRequest = { username, password, token: true }
  const session = await new ApiClient({ server, signal: context.signal }).post<SessionView>('/login', body)
  if (session.token === undefined) throw new AppError('InternalError', `${server} gave no token.`)
  const credentials = await readCredentials(context.config)
  credentials.current = server
  credentials.servers[server] = { user: session.user.name, token: session.token }
  await writeCredentials(context.config, credentials)
  printLine(context, `Logged in to ${server} as ${session.user.name}.`)
}

async function logout(context: CliContext, flags: { server?: string }): Promise<void> {
  const credentials = await readCredentials(context.config)
  const server = flags.server === undefined ? credentials.current : normalizeServer(flags.server)
  const known = server === undefined ? undefined : credentials.servers[server]
  if (server === undefined || known === undefined) {
    printLine(context, 'You are not logged in.')
    return
  }
  const api = new ApiClient({ server, token: known.token, signal: context.signal })
  // The token ends here in any case; a server that is away ends it when it expires.
  await api.post('/logout', {}).catch((error: unknown) => {
    context.stderr.write(`warning: the server did not revoke the token: ${String(error)}\n`)
  })
  delete credentials.servers[server]
  if (credentials.current === server) delete credentials.current
  await writeCredentials(context.config, credentials)
  printLine(context, `Logged out of ${server}.`)
}
