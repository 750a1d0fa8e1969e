import { AppError } from '@driftless/api'
import type { Command } from 'commander'
import { type CliContext, connect } from '../context.ts'
import { printLine } from '../output/print.ts'
import { ask } from '../prompt.ts'
import { waitForAbsence } from '../wait.ts'
import { path, type ProjectFlags, requireDevOps, withDevOps } from './flags.ts'

interface DeleteFlags extends ProjectFlags {
  cascade?: string
  yes?: boolean
  wait?: boolean
  timeout?: string
}

/** `app delete`. */
export function addAppDelete(app: Command, context: CliContext): void {
  withDevOps(
    app
      .command('delete')
      .alias('rm')
      .argument('<name>')
      .description('Delete a continuous deployment and what it deployed'),
  )
    .option('--cascade <how>', 'foreground, background, or none to leave what it deployed', 'foreground')
    .option('-y, --yes', 'do not ask')
    .option('--no-wait', 'do not wait until it is gone')
    .option('--timeout <seconds>', 'how long to wait', '300')
    .action((name: string, flags: DeleteFlags) => remove(context, name, flags))
}

async function remove(context: CliContext, name: string, flags: DeleteFlags): Promise<void> {
  const project = requireDevOps(context, flags)
  const api = await connect(context, flags)
  if (flags.yes !== true) await confirm(context, { name, cascade: flags.cascade ?? 'foreground' })
  const place = path('devops', project, 'applications', name)
  await api.delete(place, { cascade: flags.cascade })
  if (flags.wait !== false) {
    const deadline = performance.now() + Number(flags.timeout ?? '300') * 1000
    await waitForAbsence({ api, place, deadline, signal: context.signal })
  }
  printLine(context, `application ${project}/${name} deleted`)
}

async function confirm(context: CliContext, what: { name: string; cascade: string }): Promise<void> {
  const consequence =
    what.cascade === 'none' ? 'What it deployed stays.' : 'Everything it deployed is deleted, too.'
  const answer = await ask(context, `${consequence} Type the name ${what.name} to delete it: `, {
    flag: '--yes',
  })
  if (answer.trim() !== what.name)
    throw new AppError('BadRequest', 'Nothing was deleted: the name was not confirmed.')
}
