import {
  type Application,
  type ApplicationDetail,
  type ApplicationList,
  type ApplicationRow,
  AppError,
  type DevOpsProjectView,
  type HistoryEntry,
} from '@driftless/api'
import type { Command } from 'commander'
import type { ApiClient } from '../api-client.ts'
import { type CliContext, connect } from '../context.ts'
import { ageOf, print, type TableView } from '../output/print.ts'
import { formatRevisions, shortRevision } from '../output/revisions.ts'
import { formatTable } from '../output/table.ts'
import { path, type ProjectFlags, requireDevOps, withDevOps } from './flags.ts'

interface ListFlags extends ProjectFlags {
  all?: boolean
  search?: string
  limit?: string
}

/** `app list|get|history`. */
export function addAppRead(app: Command, context: CliContext): void {
  const output = (command: Command): Command =>
    command.option('-o, --output <format>', 'table, json or yaml', 'table')
  withDevOps(output(app.command('list').alias('ls').description('List the continuous deployments')))
    .option('-A, --all', 'of all DevOps projects that you may see')
    .option('--search <text>', 'only those whose name, alias, repository or path has it')
    .option('--limit <count>', 'at most so many', '1000')
    .action((flags: ListFlags) => list(context, flags))
  withDevOps(
    output(
      app.command('get').argument('<name>').description('Show one continuous deployment and its resources'),
    ),
  ).action((name: string, flags: ProjectFlags) => get(context, name, flags))
  withDevOps(
    output(app.command('history').argument('<name>').description('Show what was deployed when')),
  ).action((name: string, flags: ProjectFlags) => history(context, name, flags))
}

async function list(context: CliContext, flags: ListFlags): Promise<void> {
  const isGlobal = flags.all === true || (flags.devops ?? context.config.devops) === undefined
  const place = isGlobal ? '/applications' : path('devops', requireDevOps(context, flags), 'applications')
  const api = await connect(context, flags)
  const result = await api.get<ApplicationList>(place, { search: flags.search, limit: flags.limit })
  if (!isGlobal && result.items.length === 0) await requireKnown(api, requireDevOps(context, flags))
  print(context, flags, { value: result.items, table: () => rowsTable(result, isGlobal) })
}

/** A project that is not there and one that is empty are listed alike. */
async function requireKnown(api: ApiClient, project: string): Promise<void> {
  const { items } = await api.get<{ items: DevOpsProjectView[] }>('/devops')
  if (items.some((item) => item.name === project)) return
  const names = items.map((item) => item.name).join(', ')
  const remedy = names === '' ? 'Ask whoever manages the workspaces for one.' : `There is ${names}.`
  throw new AppError('NotFound', `There is no DevOps project "${project}", or you may not see it.`, {
    remedy,
  })
}

function rowsTable(result: ApplicationList, isGlobal: boolean): TableView {
  const headers = ['NAME', 'SYNC', 'HEALTH', 'REVISION', 'CLUSTER', 'NAMESPACE', 'REPOSITORY', 'PATH', 'AGE']
  const rowOf = (row: ApplicationRow): string[] => [
    row.name,
    row.sync,
    row.deleting ? 'Deleting' : row.health,
    shortRevision(row.revision) || row.targetRevision,
    row.cluster,
    row.namespace,
    row.repoURL,
    row.path,
    ageOf(row.createdAt),
  ]
  return {
    headers: isGlobal ? ['PROJECT', ...headers] : headers,
    rows: result.items.map((row) => (isGlobal ? [row.project, ...rowOf(row)] : rowOf(row))),
    empty: 'There are no continuous deployments that you may see.',
  }
}

async function get(context: CliContext, name: string, flags: ProjectFlags): Promise<void> {
  const project = requireDevOps(context, flags)
  const api = await connect(context, flags)
  const { application, row } = await api.get<ApplicationDetail>(path('devops', project, 'applications', name))
  if ((flags.output ?? 'table') !== 'table') {
    print(context, flags, { value: application, table: () => ({ headers: [], rows: [], empty: '' }) })
    return
  }
  context.stdout.write(`${describe(application, row)}\n`)
}

/** The facts of one application, then its resources. */
export function describe(application: Application, row: ApplicationRow): string {
  const facts = [...wishes(application, row), ...observations(application, row)]
  const lines = facts
    .filter(([, value]) => value !== '')
    .map(([label, value]) => `${`${label}:`.padEnd(14)} ${value}`)
  const resources = application.status?.resources ?? []
  return resources.length === 0 ? lines.join('\n') : `${lines.join('\n')}\n\n${resourcesTable(resources)}`
}

type Fact = [label: string, value: string]

function wishes({ metadata, spec }: Application, row: ApplicationRow): Fact[] {
  const policy = spec.syncPolicy?.automated
  return [
    ['Name', `${row.project}/${metadata.name}`],
    ['Repository', row.repoURL],
    ['Path', row.path],
    ['Target', row.targetRevision || 'HEAD'],
    ['Destination', `${row.cluster} / ${row.namespace}`],
    ['Sync policy', policy === undefined ? 'manual' : automationOf(policy)],
  ]
}

function observations({ status }: Application, row: ApplicationRow): Fact[] {
  const state = status?.operationState
  return [
    [
      'Sync',
      [row.sync, revisionsOf(status, row), row.revisionSubject].filter((part) => part !== '').join(' '),
    ],
    ['Health', row.reason === '' ? row.health : `${row.health}: ${row.reason}`],
    ['Operation', [state?.phase, state?.message].filter(Boolean).join(': ')],
    ...(status?.conditions ?? []).map((condition): Fact => [condition.type, condition.message ?? '']),
  ]
}

function revisionsOf(status: Application['status'], row: ApplicationRow): string {
  const { revisions } = status?.sync ?? {}
  return formatRevisions(revisions === undefined ? { revision: row.revision } : { revisions })
}

function automationOf(policy: { prune?: boolean | undefined; selfHeal?: boolean | undefined }): string {
  return [
    'automated',
    ...(policy.prune === true ? ['prune'] : []),
    ...(policy.selfHeal === true ? ['self-heal'] : []),
  ].join(', ')
}

function resourcesTable(resources: NonNullable<NonNullable<Application['status']>['resources']>): string {
  const rows = resources.map((resource) => [
    resource.kind,
    resource.namespace ?? '',
    resource.name,
    resource.hook === true ? 'Hook' : (resource.status ?? ''),
    resource.health?.status ?? '',
    resource.health?.message ?? '',
  ])
  return formatTable(['KIND', 'NAMESPACE', 'NAME', 'SYNC', 'HEALTH', 'MESSAGE'], rows)
}

async function history(context: CliContext, name: string, flags: ProjectFlags): Promise<void> {
  const project = requireDevOps(context, flags)
  const api = await connect(context, flags)
  const { application } = await api.get<ApplicationDetail>(path('devops', project, 'applications', name))
  const entries = application.status?.history ?? []
  print(context, flags, {
    value: entries,
    table: () => ({
      headers: ['ID', 'DEPLOYED', 'REVISION', 'PATH', 'BY'],
      rows: entries
        .toReversed()
        .map((entry) => [
          String(entry.id),
          entry.deployedAt,
          formatRevisions(entry),
          pathsOf(entry),
          entry.initiatedBy?.username ?? (entry.initiatedBy?.automated === true ? 'automated' : ''),
        ]),
      empty: `${name} has not been deployed yet.`,
    }),
  })
}

/** Folder or chart of each source. */
function pathsOf({ source, sources }: HistoryEntry): string {
  const all = sources ?? (source === undefined ? [] : [source])
  return all
    .map(({ path: folder, chart, ref }) => chart || folder || (ref === undefined ? '' : `$${ref}`))
    .join(', ')
}
