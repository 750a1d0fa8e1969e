import { PassThrough } from 'node:stream'
import { createProgram } from '../../apps/cli/src/program.ts'
import { page, table } from './markdown.ts'

type Command = ReturnType<typeof createProgram>

/** Every command of `driftless` with its arguments and flags. */
export function cliPage(): string {
  const program = createProgram({
    config: { configHome: '', server: undefined, token: undefined, devops: undefined, kubeconfig: undefined },
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    signal: new AbortController().signal,
  })
  const codes =
    'Exit codes: 0 fine, 2 wrong use, 4 not permitted, 5 not found, 6 conflict, 7 try again, 1 anything else.'
  return page('Command line', 'apps/cli/src/program.ts', [codes, ...leaves(program).map(section)])
}

function leaves(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves)
}

function section(command: Command): string {
  const flags = command.options
    .filter((option) => !option.hidden)
    .map((option) => [`\`${option.flags}\``, option.description])
  const parts = [
    `## ${nameOf(command)}`,
    `\`\`\`\n${nameOf(command)} ${command.usage()}\n\`\`\``,
    `${command.description()}.`,
  ]
  return [...parts, ...(flags.length === 0 ? [] : [table(['flag', 'meaning'], flags)])].join('\n\n')
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`
}
