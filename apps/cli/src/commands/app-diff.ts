import type { PlannedResource, PlanView } from '@driftless/api'
import type { Command } from 'commander'
import { createTwoFilesPatch } from 'diff'
import pc from 'picocolors'
import { type CliContext, connect } from '../context.ts'
import { print, printLine } from '../output/print.ts'
import { path, type ProjectFlags, requireDevOps, withDevOps } from './flags.ts'

interface DiffFlags extends ProjectFlags {
  revision?: string
  exitCode?: boolean
}

/** `app diff`: what a sync would change. */
export function addAppDiff(app: Command, context: CliContext): void {
  withDevOps(
    app.command('diff').alias('plan').argument('<name>').description('Show what a sync would change'),
  )
    .option('-o, --output <format>', 'table (a text diff), json or yaml', 'table')
    .option('--revision <revision>', 'another revision than the target')
    .option('--exit-code', 'exit with 1 when something would change')
    .action((name: string, flags: DiffFlags) => diff(context, name, flags))
}

async function diff(context: CliContext, name: string, flags: DiffFlags): Promise<void> {
  const project = requireDevOps(context, flags)
  const api = await connect(context, flags)
  const plan = await api.get<PlanView>(`${path('devops', project, 'applications', name)}/plan`, {
    revision: flags.revision,
  })
  const changes = plan.resources.filter(
    (resource) => resource.action !== 'unchanged' && resource.action !== 'hook',
  )
  if ((flags.output ?? 'table') === 'table') printText(context, { name: `${project}/${name}`, plan, changes })
  else print(context, flags, { value: plan, table: () => ({ headers: [], rows: [], empty: '' }) })
  if (flags.exitCode === true && changes.length > 0) context.exitCode = 1
}

function printText(
  context: CliContext,
  input: { name: string; plan: PlanView; changes: PlannedResource[] },
): void {
  const { name, plan, changes } = input
  for (const warning of plan.warnings) context.stderr.write(`warning: ${warning}\n`)
  for (const resource of changes) printLine(context, patchOf(resource, context.stdout.isTTY === true))
  for (const line of plan.resources.flatMap(additionsOf)) printLine(context, line)
  const revision = `${plan.revision.slice(0, 7)}${plan.revisionSubject === '' ? '' : ` (${plan.revisionSubject})`}`
  const hooks = plan.counts.hook > 0 ? `, ${plan.counts.hook} hooks` : ''
  printLine(
    context,
    changes.length === 0
      ? `${name} is equal to ${revision}${hooks}`
      : `${name} at ${revision}: ${plan.counts.create} to create, ${plan.counts.update + plan.counts.replace} to change, ${plan.counts.prune} to prune${hooks}`,
  )
}

/** One unified diff, live state to Git. */
export function patchOf(resource: PlannedResource, colored: boolean): string {
  const id = [resource.group, resource.kind, resource.namespace, resource.name]
    .filter((part) => part !== '')
    .join('/')
  const body = createTwoFilesPatch(
    `live/${id}`,
    `git/${id}`,
    resource.liveYaml,
    resource.targetYaml,
    undefined,
    undefined,
    { context: 3 },
  )
  const lines = body.split('\n').filter((line) => !/^(?:={10,}|Index: |\\ No newline)/.test(line))
  const text = [
    `# ${resource.action} ${id}${resource.message === '' ? '' : `: ${resource.message}`}`,
    ...lines,
  ]
    .join('\n')
    .trimEnd()
  return colored ? text.split('\n').map(colorOf).join('\n') : text
}

/** What others added is no difference, but people should know of it. */
function additionsOf({ kind, name, additions = [] }: PlannedResource): string[] {
  return additions.map(
    ({ path: place, manager }) => `# ${kind}/${name}: not in Git: ${place}, added by ${manager}`,
  )
}

function colorOf(line: string): string {
  if (line.startsWith('# ') || line.startsWith('@@')) return pc.cyan(line)
  if (line.startsWith('+')) return pc.green(line)
  return line.startsWith('-') ? pc.red(line) : line
}
