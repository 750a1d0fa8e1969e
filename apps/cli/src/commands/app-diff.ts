import type { PlannedResource, PlanView } from '@driftless/api'
import type { Command } from 'commander'
import { createTwoFilesPatch } from 'diff'
import pc from 'picocolors'
import type { CliContext } from '../context.ts'
import { print, printLine } from '../output/print.ts'
import { askPlan, changesAnything, type PlanFlags, revisionOf, withPlan } from './app-plan.ts'

/** `app diff`: what a sync would change, as a text diff. */
export function addAppDiff(app: Command, context: CliContext): void {
  withPlan(
    app.command('diff').argument('[name]').description('Show what a sync would change, as a text diff'),
  ).action((name: string | undefined, flags: PlanFlags) => diff(context, name, flags))
}

async function diff(context: CliContext, given: string | undefined, flags: PlanFlags): Promise<void> {
  const { name, plan } = await askPlan(context, given, flags)
  if ((flags.output ?? 'table') === 'table') printText(context, name, plan)
  else print(context, flags, { value: plan, table: () => ({ headers: [], rows: [], empty: '' }) })
  if (flags.exitCode === true && changesAnything(plan)) context.exitCode = 1
}

function printText(context: CliContext, name: string, plan: PlanView): void {
  for (const warning of plan.warnings) context.stderr.write(`warning: ${warning}\n`)
  const changes = plan.resources.filter(({ action }) => action !== 'unchanged' && action !== 'hook')
  for (const resource of changes) printLine(context, patchOf(resource, context.stdout.isTTY === true))
  for (const line of plan.resources.flatMap(additionsOf)) printLine(context, line)
  const revision = revisionOf(plan)
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
