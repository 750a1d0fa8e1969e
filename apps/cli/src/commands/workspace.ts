import type { WorkspaceView } from '@driftless/api'
import type { Command } from 'commander'
import { type CliContext, connect } from '../context.ts'
import { print } from '../output/print.ts'
import { type ListFlags, withOutput } from './flags.ts'

/** `workspace list`. */
export function addWorkspaceCommands(program: Command, context: CliContext): void {
  const workspace = program.command('workspace').description('Workspaces: the tenants of this installation')
  withOutput(
    workspace.command('list').alias('ls').description('List the workspaces that you may see'),
  ).action(async (flags: ListFlags) => {
    const api = await connect(context, flags)
    const { items } = await api.get<{ items: WorkspaceView[] }>('/workspaces')
    print(context, flags, {
      value: items,
      table: () => ({
        headers: ['NAME', 'ALIAS', 'DEVOPS PROJECTS', 'DESCRIPTION'],
        rows: items.map((item) => [item.name, item.alias, String(item.devopsProjects), item.description]),
        empty: 'There are no workspaces that you may see.',
      }),
    })
  })
}
