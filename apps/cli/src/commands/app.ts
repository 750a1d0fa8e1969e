import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { addAppCreate } from './app-create.ts'
import { addAppDelete } from './app-delete.ts'
import { addAppDiff } from './app-diff.ts'
import { addAppPlan } from './app-plan.ts'
import { addAppRead } from './app-read.ts'
import { addAppSync } from './app-sync.ts'

/** `app …`: continuous deployments. */
export function addAppCommands(program: Command, context: CliContext): void {
  const app = program.command('app').description('Continuous deployments: what a cluster gets from Git')
  addAppRead(app, context)
  addAppCreate(app, context)
  addAppSync(app, context)
  addAppDiff(app, context)
  addAppPlan(app, context)
  addAppDelete(app, context)
}
