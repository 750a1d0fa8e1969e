import { type Application, AppError, type RollbackRequest, type SyncRequest } from '@driftless/api'
import type { Command } from 'commander'
import type { ApiClient } from '../api-client.ts'
import { type CliContext, connect } from '../context.ts'
import { printLine } from '../output/print.ts'
import { formatRevisions } from '../output/revisions.ts'
import { formatTable } from '../output/table.ts'
import { waitForHealth, waitForOperation } from '../wait.ts'
import { type LocalFlags, localOf, withLocal } from './app-plan.ts'
import { path, type ProjectFlags, repeated, requireDevOps, withDevOps } from './flags.ts'

interface WaitFlags extends ProjectFlags {
  wait?: boolean
  waitHealthy?: boolean
  timeout?: string
  prune?: boolean
}

interface SyncFlags extends WaitFlags, LocalFlags {
  revision?: string
  sourceRevision?: string[]
  plan?: string
  dryRun?: boolean
  applyOnly?: boolean
  force?: boolean
  syncOption?: string[]
  resource?: string[]
}

/** `app sync|rollback`. */
export function addAppSync(app: Command, context: CliContext): void {
  withLocal(
    withWaiting(
      withDevOps(app.command('sync').argument('<name>').description('Make the cluster equal to Git now')),
    ),
  )
    .option('--revision <revision>', 'another revision than the target')
    .option('--source-revision <revision>', 'of each source in order, when there are several', repeated)
    .option('--plan <hash>', 'do what this plan says, pruning included, or nothing')
    .option('--no-prune', 'with --plan: the plan was made without pruning')
    .option('--dry-run', 'try on the server without changing anything')
    .option('--apply-only', 'apply without hooks')
    .option('--force', 'delete and create again what cannot be changed')
    .option('--sync-option <key=value>', "instead of the application's own; may be repeated", repeated)
    .option('--resource <group:kind:[namespace/]name>', 'only this resource; may be repeated', repeated)
    .action(async (name: string, flags: SyncFlags) =>
      perform(context, { name, flags, verb: 'sync', body: await syncRequest(flags) }),
    )
  withWaiting(
    withDevOps(
      app
        .command('rollback')
        .argument('<name>')
        .argument('<id>')
        .description('Deploy an entry of the history again'),
    ),
  ).action((name: string, id: string, flags: WaitFlags) =>
    perform(context, { name, flags, verb: 'rollback', body: rollbackRequest(id, flags) }),
  )
}

function withWaiting(command: Command): Command {
  return command
    .option('--prune', 'remove what is no longer in Git')
    .option('--no-wait', 'do not wait for the end')
    .option('--wait-healthy', 'wait until everything is synced and healthy, too')
    .option('--timeout <seconds>', 'how long to wait', '300')
}

async function syncRequest(flags: SyncFlags): Promise<SyncRequest> {
  const body: SyncRequest = { ...(await localOf(flags)) }
  if (flags.revision !== undefined) body.revision = flags.revision
  if (flags.sourceRevision !== undefined) body.revisions = flags.sourceRevision
  if (flags.plan !== undefined) body.plan = flags.plan
  if (flags.prune ?? flags.plan !== undefined) body.prune = true
  if (flags.dryRun === true) body.dryRun = true
  if (flags.applyOnly === true) body.applyOnly = true
  if (flags.force === true) body.force = true
  if (flags.syncOption !== undefined) body.syncOptions = flags.syncOption
  if (flags.resource !== undefined) body.resources = flags.resource.map(resourceOf)
  return body
}

/** `apps:Deployment:web`, `:Service:prod/web` (core kinds have no group). */
export function resourceOf(text: string): NonNullable<SyncRequest['resources']>[number] {
  const match = /^([^:]*):([^:]+):(?:([^/]+)\/)?(.+)$/.exec(text)
  if (match === null) {
    throw new AppError('BadRequest', `"${text}" is not a resource.`, {
      remedy: 'Write group:kind:name or group:kind:namespace/name; core kinds have an empty group.',
    })
  }
  const [, group = '', kind = '', namespace, name = ''] = match
  return { group, kind, name, ...(namespace === undefined ? {} : { namespace }) }
}

function rollbackRequest(id: string, flags: WaitFlags): RollbackRequest {
  if (!/^\d+$/.test(id)) {
    throw new AppError('BadRequest', `"${id}" is not an entry of the history.`, {
      remedy: '`driftless app history NAME` shows the ids.',
    })
  }
  return { id: Number(id), ...(flags.prune === true ? { prune: true } : {}) }
}

interface Order {
  name: string
  flags: WaitFlags
  verb: 'sync' | 'rollback'
  body: SyncRequest | RollbackRequest
}

async function perform(context: CliContext, order: Order): Promise<void> {
  const { name, flags, verb, body } = order
  const timeoutMs = secondsOf(flags.timeout) * 1000
  const project = requireDevOps(context, flags)
  const api = await connect(context, flags)
  const place = path('devops', project, 'applications', name)
  const asked = await api.post<Application>(`${place}/${verb}`, body)
  if (flags.wait === false) {
    printLine(context, `${verb} of ${project}/${name} started`)
    return
  }
  const deadline = performance.now() + timeoutMs
  const ended = await waitForOperation({ api, place, after: asked, deadline, signal: context.signal })
  report(context, { name: `${project}/${name}`, verb, application: ended })
  if (flags.waitHealthy === true) await finishHealthy(context, { api, place, deadline })
}

async function finishHealthy(
  context: CliContext,
  input: { api: ApiClient; place: string; deadline: number },
): Promise<void> {
  const { status } = await waitForHealth({ ...input, signal: context.signal })
  printLine(context, `${status?.sync?.status ?? 'Unknown'}, ${status?.health?.status ?? 'Unknown'}`)
}

function secondsOf(text: string | undefined): number {
  const seconds = Number(text ?? '300')
  if (Number.isFinite(seconds) && seconds > 0) return seconds
  throw new AppError('BadRequest', `--timeout ${text} is not a number of seconds.`)
}

/** The result table; throws when the operation did not succeed, so that scripts see it. */
function report(context: CliContext, result: { name: string; verb: string; application: Application }): void {
  const { name, verb, application } = result
  const state = application.status?.operationState
  const resources = state?.syncResult?.resources ?? []
  if (resources.length > 0) {
    const rows = resources.map((item) => [
      item.kind,
      item.namespace ?? '',
      item.name,
      item.status ?? item.hookPhase ?? '',
      item.message ?? '',
    ])
    printLine(context, formatTable(['KIND', 'NAMESPACE', 'NAME', 'RESULT', 'MESSAGE'], rows))
  }
  const revision = formatRevisions(state?.syncResult ?? {})
  if (state?.phase !== 'Succeeded') throw failure(application, { name, verb })
  printLine(context, `${verb} of ${name} succeeded${revision === '' ? '' : ` at ${revision}`}`)
}

function failure(application: Application, what: { name: string; verb: string }): AppError {
  const { status } = application
  const message =
    status?.operationState?.message || status?.conditions?.map((condition) => condition.message).join('; ')
  return new AppError(
    'InternalError',
    `The ${what.verb} of ${what.name} failed: ${message || 'no reason was given'}`,
    {
      remedy: 'Correct what it says in Git or in the cluster and sync again.',
    },
  )
}
