import type { FieldChange, LocalFolder, PlannedResource, PlanOptions, PlanView } from '@driftless/api'
import { AppError } from '@driftless/api'
import type { Command } from 'commander'
import { type CliContext, connect } from '../context.ts'
import { readLocalFolder } from '../local-folder.ts'
import { print, printLine } from '../output/print.ts'
import { formatRevisions } from '../output/revisions.ts'
import { readApplicationFile } from './application-file.ts'
import { path, type ProjectFlags, repeated, requireDevOps, withDevOps } from './flags.ts'

export interface LocalFlags {
  local?: string
  localRoot?: string
}

export interface PlanFlags extends ProjectFlags, LocalFlags {
  file?: string
  revision?: string
  sourceRevision?: string[]
  prune?: boolean
  exitCode?: boolean
}

/** `app plan` and `plan`: what a sync would do, step by step. */
export function addAppPlan(parent: Command, context: CliContext): void {
  withPlan(
    parent
      .command('plan')
      .argument('[name]')
      .description('Show what a sync would do, step by step, with a hash to which a sync can be bound'),
  ).action((name: string | undefined, flags: PlanFlags) => showPlan(context, name, flags))
}

export function withLocal(command: Command): Command {
  return command
    .option('--local <folder>', 'the files of this folder instead of those of the repository')
    .option('--local-root <folder>', 'folder that holds all that is read (default: the Git work tree)')
}

export function withPlan(command: Command): Command {
  return withLocal(withDevOps(command))
    .option('-o, --output <format>', 'table (text), json or yaml', 'table')
    .option(
      '-f, --file <file>',
      'an Application that need not exist, as YAML or JSON; - is the standard input',
    )
    .option('--revision <revision>', 'another revision than the target')
    .option('--source-revision <revision>', 'of each source in order, when there are several', repeated)
    .option('--no-prune', 'leave what is no longer in Git')
    .option('--exit-code', 'exit with 1 when something would change')
}

/** Asks the server; the folder is rendered there, as the repository would be. */
export async function askPlan(
  context: CliContext,
  name: string | undefined,
  flags: PlanFlags,
): Promise<{ name: string; plan: PlanView }> {
  const draft = flags.file === undefined ? undefined : await readApplicationFile(context, flags.file)
  const project =
    flags.devops === undefined && draft?.metadata.namespace
      ? draft.metadata.namespace
      : requireDevOps(context, flags)
  const options: PlanOptions = {
    ...(flags.revision === undefined ? {} : { revision: flags.revision }),
    ...(flags.sourceRevision === undefined ? {} : { revisions: flags.sourceRevision }),
    ...(flags.prune === false ? { prune: false } : {}),
    ...(await localOf(flags)),
  }
  const api = await connect(context, flags)
  if (draft !== undefined) {
    const application = {
      ...draft,
      metadata: { ...draft.metadata, namespace: project, ...(name && { name }) },
    }
    const place = `${path('devops', project, 'applications')}:plan`
    const plan = await api.post<PlanView>(place, { application, ...options })
    return { name: `${project}/${application.metadata.name}`, plan }
  }
  const place = `${path('devops', project, 'applications', requireName(name))}/plan`
  const plan =
    options.local === undefined && options.revisions === undefined
      ? await api.get<PlanView>(place, {
          revision: flags.revision,
          ...(flags.prune === false ? { prune: 'false' } : {}),
        })
      : await api.post<PlanView>(place, options)
  return { name: `${project}/${name}`, plan }
}

export async function localOf(flags: LocalFlags): Promise<{ local?: LocalFolder }> {
  if (flags.local === undefined) {
    if (flags.localRoot === undefined) return {}
    throw new AppError('BadRequest', '--local-root belongs to --local.')
  }
  const { local: folder, localRoot: root } = flags
  return { local: await readLocalFolder({ folder, ...(root === undefined ? {} : { root }) }) }
}

function requireName(name: string | undefined): string {
  if (name !== undefined) return name
  throw new AppError('BadRequest', 'The name of the application is missing.', {
    remedy: 'Give its name, or a file with an Application with -f.',
  })
}

/** Whether the plan would change anything. */
export function changesAnything({ counts }: PlanView): boolean {
  return counts.create + counts.update + counts.replace + counts.prune > 0
}

async function showPlan(context: CliContext, given: string | undefined, flags: PlanFlags): Promise<void> {
  const { name, plan } = await askPlan(context, given, flags)
  if ((flags.output ?? 'table') === 'table')
    printSteps(context, { name, plan, isDraft: flags.file !== undefined })
  else print(context, flags, { value: plan, table: () => ({ headers: [], rows: [], empty: '' }) })
  if (flags.exitCode === true && changesAnything(plan)) context.exitCode = 1
}

function printSteps(context: CliContext, input: { name: string; plan: PlanView; isDraft: boolean }): void {
  const { name, plan, isDraft } = input
  for (const warning of plan.warnings) context.stderr.write(`warning: ${warning}\n`)
  const steps = plan.resources.filter(({ action }) => action !== 'unchanged')
  printLine(context, `${name} at ${revisionOf(plan)}`)
  for (const [index, resource] of steps.entries()) {
    for (const line of stepLines(resource, { number: index + 1, policy: plan.prunePropagationPolicy }))
      printLine(context, line)
  }
  printLine(context, countsOf(plan))
  if (steps.length === 0) return
  printLine(context, `plan ${plan.hash}`)
  if (!isDraft)
    printLine(
      context,
      `\`driftless app sync ${name.split('/')[1] ?? ''} --plan ${plan.hash}\` does this or nothing.`,
    )
}

export function revisionOf(plan: PlanView): string {
  const names = formatRevisions({ revisions: plan.revisions })
  const subject = plan.revisionSubject
  if (names === '') return subject === '' ? 'no revision' : subject
  return `${names}${subject === '' ? '' : ` (${subject})`}`
}

export function countsOf({ counts }: PlanView): string {
  const hooks = counts.hook > 0 ? `, ${counts.hook} hooks` : ''
  return `${counts.create} to create, ${counts.update} to change, ${counts.replace} to replace, ${counts.prune} to prune${hooks}, ${counts.unchanged} unchanged`
}

function stepLines(resource: PlannedResource, how: { number: number; policy: string }): string[] {
  const { action, phase, wave, kind, namespace, message, changes, dependents } = resource
  const object = `${kind} ${namespace === '' ? '' : `${namespace}/`}${resource.name}`
  const note = action === 'prune' ? ` (${how.policy.toLowerCase()})` : message === '' ? '' : `: ${message}`
  const head = `${String(how.number).padStart(3)}. ${phase.padEnd(8)} wave ${String(wave).padEnd(3)} ${action.padEnd(8)} ${object}${note}`
  const others = dependents.map(
    (item) => `${item.kind} ${item.namespace === '' ? '' : `${item.namespace}/`}${item.name}`,
  )
  return [
    head,
    ...changes.map((change) => `       ${changeLine(change)}`),
    ...others.map((text) => `       deletes ${text} with it`),
  ]
}

function changeLine({ path: field, live, target, manager }: FieldChange): string {
  const by = manager === undefined || manager === '' ? '' : `   (live value by ${manager})`
  return `${field}: ${valueText(live)} -> ${valueText(target)}${by}`
}

function valueText(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
