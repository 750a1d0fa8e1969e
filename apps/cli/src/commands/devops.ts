import type { DevOpsProjectView } from '@driftless/api'
import type { Command } from 'commander'
import { type CliContext, connect } from '../context.ts'
import { ageOf, print } from '../output/print.ts'
import { type ListFlags, withOutput } from './flags.ts'

/** `devops list`. */
export function addDevOpsCommands(program: Command, context: CliContext): void {
  const devops = program.command('devops').description('DevOps projects: who deploys what from where')
  withOutput(
    devops.command('list').alias('ls').description('List the DevOps projects that you may see'),
  ).action(async (flags: ListFlags) => {
    const api = await connect(context, flags)
    const { items } = await api.get<{ items: DevOpsProjectView[] }>('/devops')
    print(context, flags, {
      value: items,
      table: () => ({
        headers: ['NAME', 'ALIAS', 'WORKSPACE', 'APPLICATIONS', 'CREATOR', 'AGE'],
        rows: items.map((item) => [
          item.name,
          item.alias,
          item.workspace,
          String(item.applications),
          item.creator,
          ageOf(item.createdAt),
        ]),
        empty: 'There are no DevOps projects that you may see.',
      }),
    })
  })
}
