import type { ClusterView } from '@driftless/api'
import type { Command } from 'commander'
import { type CliContext, connect } from '../context.ts'
import { print } from '../output/print.ts'
import { type ListFlags, withOutput } from './flags.ts'

/** `cluster list`. */
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
}
