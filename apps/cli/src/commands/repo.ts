import { readFile } from 'node:fs/promises'
import {
  AppError,
  type ImportRepositoryRequest,
  messageOf,
  type RepositoryTestResult,
  type RepositoryView,
} from '@driftless/api'
import type { Command } from 'commander'
import { type CliContext, connect } from '../context.ts'
import { ageOf, print, printLine } from '../output/print.ts'
import { readAll } from '../prompt.ts'
import { path, type ProjectFlags, requireDevOps, withDevOps } from './flags.ts'

interface AddFlags extends ProjectFlags {
  url: string
  alias?: string
  description?: string
  username?: string
  passwordStdin?: boolean
  sshKey?: string
  sshKnownHosts?: string
  insecure?: boolean
  test?: boolean
}

/** `repo list|add|delete`. */
export function addRepoCommands(program: Command, context: CliContext): void {
  const repo = program.command('repo').description('Code repositories of a DevOps project')
  withDevOps(
    withOutputOnly(repo.command('list').alias('ls').description('List the code repositories')),
  ).action((flags: ProjectFlags) => list(context, flags))
  withDevOps(repo.command('add').argument('<name>').description('Import a code repository by its URL'))
    .requiredOption('--url <url>', 'https://…, ssh://… or git@host:path')
    .option('--alias <text>', 'name to show')
    .option('--description <text>', 'what it is')
    .option('--username <name>', 'user name for HTTPS')
    .option('--password-stdin', 'read the password or token from the standard input')
    .option('--ssh-key <file>', 'file with the private SSH key')
    .option('--ssh-known-hosts <file>', 'file with the known_hosts lines of the host')
    .option('--insecure', 'permit plain HTTP and certificates that do not verify')
    .option('--no-test', 'import without trying the connection')
    .action((name: string, flags: AddFlags) => add(context, name, flags))
  withDevOps(
    repo
      .command('delete')
      .alias('rm')
      .argument('<name>')
      .description('Remove a code repository from the project'),
  ).action(async (name: string, flags: ProjectFlags) => {
    const project = requireDevOps(context, flags)
    await (await connect(context, flags)).delete(path('devops', project, 'repositories', name))
    printLine(context, `repository ${project}/${name} deleted`)
  })
}

function withOutputOnly(command: Command): Command {
  return command.option('-o, --output <format>', 'table, json or yaml', 'table')
}

async function list(context: CliContext, flags: ProjectFlags): Promise<void> {
  const project = requireDevOps(context, flags)
  const api = await connect(context, flags)
  const { items } = await api.get<{ items: RepositoryView[] }>(path('devops', project, 'repositories'))
  print(context, flags, {
    value: items,
    table: () => ({
      headers: ['NAME', 'URL', 'CONNECTION', 'APPLICATIONS', 'AGE', 'MESSAGE'],
      rows: items.map((item) => [
        item.name,
        item.url,
        item.connection.state,
        String(item.applications),
        ageOf(item.createdAt),
        item.connection.message,
      ]),
      empty: `${project} has no code repositories.`,
    }),
  })
}

async function add(context: CliContext, name: string, flags: AddFlags): Promise<void> {
  const project = requireDevOps(context, flags)
  const api = await connect(context, flags)
  const body = await importRequest(context, name, flags)
  if (flags.test !== false) {
    const result = await api.post<RepositoryTestResult>(`${path('devops', project)}/repositories:test`, body)
    if (!result.ok) {
      throw new AppError('BadRequest', result.message, {
        remedy: 'Nothing was imported. --no-test imports without trying the connection.',
      })
    }
  }
  await api.post(path('devops', project, 'repositories'), body)
  printLine(context, `repository ${project}/${name} added`)
}

async function importRequest(
  context: CliContext,
  name: string,
  flags: AddFlags,
): Promise<ImportRepositoryRequest> {
  const credentials: NonNullable<ImportRepositoryRequest['credentials']> = {}
  if (flags.username !== undefined) credentials.username = flags.username
  if (flags.passwordStdin === true) credentials.password = (await readAll(context)).replace(/\r?\n$/, '')
  if (flags.sshKey !== undefined) credentials.sshPrivateKey = await readText(flags.sshKey)
  if (flags.sshKnownHosts !== undefined) credentials.sshKnownHosts = await readText(flags.sshKnownHosts)
  const body: ImportRepositoryRequest = { name, url: flags.url }
  if (flags.alias !== undefined) body.alias = flags.alias
  if (flags.description !== undefined) body.description = flags.description
  if (flags.insecure === true) body.insecure = true
  if (Object.keys(credentials).length > 0) body.credentials = credentials
  return body
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('BadRequest', `${file} cannot be read: ${messageOf(cause)}`, { cause })
  })
}
