import type { Command } from 'commander'
import { type CliContext, connect, type ServerFlags } from '../context.ts'
import { withServer } from './flags.ts'

/** `kubeconfig`: text for a file, so that it can be redirected. */
export function addKubeconfigCommand(program: Command, context: CliContext): void {
  withServer(
    program
      .command('kubeconfig')
      .description('Print a kubeconfig for your own access to the embedded cluster'),
  ).action(async (flags: ServerFlags) => {
    const text = await (await connect(context, flags)).text('/kubeconfig')
    context.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  })
}
