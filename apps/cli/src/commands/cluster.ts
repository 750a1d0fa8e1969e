import { type AddClusterRequest, AppError, type ClusterView } from '@driftless/api'
import { type ClusterConfig, loadKubeconfig } from '@driftless/kube'
import type { Command } from 'commander'
import { type CliContext, connect, type ServerFlags } from '../context.ts'
import { print, printLine } from '../output/print.ts'
import { type ListFlags, withOutput, withServer } from './flags.ts'

interface AddFlags extends ServerFlags {
  kubeconfig?: string
  context?: string
  description?: string
  test?: boolean
}

/** `cluster list|add`. */
export function addClusterCommands(program: Command, context: CliContext): void {
  const cluster = program.command('cluster').description('Clusters that applications are deployed to')
  withOutput(
    cluster.command('list').alias('ls').description('List the clusters and whether they answer'),
  ).action(async (flags: ListFlags) => {
    const api = await connect(context, flags)
    const { items } = await api.get<{ items: ClusterView[] }>('/clusters')
    print(context, flags, {
      value: items,
      table: () => ({
        headers: ['NAME', 'STATE', 'VERSION', 'SERVER', 'MESSAGE'],
        rows: items.map((item) => [item.name, item.state, item.version, item.server, item.message]),
        empty: 'There are no clusters that you may see.',
      }),
    })
  })
  withServer(
    cluster
      .command('add')
      .argument('<name>')
      .description('Register a cluster of a kubeconfig; its credentials are stored in a Secret'),
  )
    .option(
      '--kubeconfig <file>',
      'kubeconfig that knows the cluster (default: KUBECONFIG, then ~/.kube/config)',
    )
    .option('--context <name>', 'context in the kubeconfig (default: the current one)')
    .option('--description <text>', 'what it is')
    .option('--no-test', 'register without asking the cluster whether it takes the credentials')
    .action((name: string, flags: AddFlags) => add(context, name, flags))
}

async function add(context: CliContext, name: string, flags: AddFlags): Promise<void> {
  const path = flags.kubeconfig ?? context.config.kubeconfig
  const config = await loadKubeconfig({
    ...(path === undefined ? {} : { path }),
    ...(flags.context === undefined ? {} : { context: flags.context }),
  })
  const body: AddClusterRequest = {
    name,
    ...(flags.description === undefined ? {} : { description: flags.description }),
    ...(await storable(config)),
    ...(flags.test === false ? { test: false } : {}),
  }
  await (await connect(context, flags)).post<ClusterView>('/clusters', body)
  printLine(context, `cluster ${name} added`)
}

/** What the server can use by itself: it runs no programs of this machine. */
async function storable({ exec, impersonate, namespace: _namespace, token, ...rest }: ClusterConfig) {
  if (exec !== undefined || impersonate !== undefined) {
    const what = exec === undefined ? 'impersonation' : `the credential plugin ${exec.command}`
    throw new AppError('BadRequest', `The context uses ${what}, which the server cannot do.`, {
      remedy: 'Use a context with the token of a service account or with a client certificate.',
    })
  }
  const text = typeof token === 'function' ? await token() : token
  return { ...rest, ...(text === undefined ? {} : { token: text }) }
}
