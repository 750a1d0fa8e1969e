import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { repeated } from './flags.ts'

/** `up` and `server`. The server's code is loaded only here. */
export function addServerCommands(program: Command, _context: CliContext): void {
  const up = program
    .command('up')
    .description('Start everything on this machine, with an embedded cluster to try it on')
    .option('--api-port <port>', 'port of the embedded Kubernetes API, 0 for any free one (default: 7443)')
    .option('--clusters <number>', 'how many embedded clusters, each with an address of its own (default: 1)')
    .option('--no-sample', 'do not create the sample workspace and repository')
  withServing(up).action(async (flags: Record<string, never>) => {
    const { runUp } = await import('@driftless/server')
    await runUp(flags)
  })
  const server = program
    .command('server')
    .description('Start the server on a Kubernetes cluster that is there')
    .option(
      '--kubeconfig <file>',
      'kubeconfig of the control cluster (default: KUBECONFIG, then the in-cluster account)',
    )
    .option('--context <name>', 'context in the kubeconfig')
  withServing(server).action(async (flags: Record<string, never>) => {
    const { runServer } = await import('@driftless/server')
    await runServer(flags)
  })
}

function withServing(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'folder that holds all state (default: ~/.local/share/driftless)')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <port>', 'port of console, REST and Git, 0 for any free one (default: 7080)')
    .option('--namespace <name>', 'control namespace (default: driftless-system)')
    .option('--log-level <level>', 'debug, info, warn, error or silent')
    .option('--tls-cert <file>', 'PEM certificate for the address of the console')
    .option('--tls-key <file>', 'PEM key that belongs to it')
    .option('--trust-proxy', 'a proxy in front ends TLS')
    .option(
      '--allow-local <host:port>',
      'address of this machine that repositories may be at; may be repeated',
      repeated,
    )
}
