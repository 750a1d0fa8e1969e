import { type Application, AppError, isAppError, type PlanView, type RepositoryView } from '@driftless/api'
import type { Command } from 'commander'
import type { ApiClient } from '../api-client.ts'
import { type CliContext, connect } from '../context.ts'
import { printLine } from '../output/print.ts'
import { readApplicationFile } from './application-file.ts'
import { path, type ProjectFlags, repeated, requireDevOps, withDevOps } from './flags.ts'

interface CreateFlags extends ProjectFlags {
  file?: string
  repo?: string
  path?: string
  revision?: string
  cluster?: string
  namespace?: string
  syncPolicy?: string
  prune?: boolean
  selfHeal?: boolean
  syncOption?: string[]
  alias?: string
  description?: string
  /** False by `--no-check`. */
  check?: boolean
}

/** `app create`, from flags or from a file. */
export function addAppCreate(app: Command, context: CliContext): void {
  withDevOps(app.command('create').argument('[name]').description('Create a continuous deployment'))
    .option('-f, --file <file>', 'an Application as YAML or JSON; - is the standard input')
    .option('--repo <repository>', 'name of a code repository of the project, or its URL')
    .option('--path <path>', 'folder in the repository', '.')
    .option('--revision <revision>', 'branch, tag, commit or version range', 'HEAD')
    .option('--cluster <name>', 'cluster to deploy to', 'in-cluster')
    .option('--namespace <name>', 'namespace to deploy to')
    .option('--sync-policy <policy>', 'manual or automated', 'manual')
    .option('--prune', 'automated: remove what is no longer in Git')
    .option('--self-heal', 'automated: undo changes made in the cluster')
    .option('--sync-option <key=value>', 'for example CreateNamespace=true; may be repeated', repeated)
    .option('--alias <text>', 'name to show')
    .option('--description <text>', 'what it is')
    .option('--no-check', 'create it even if Git has no such revision or path yet')
    .action((name: string | undefined, flags: CreateFlags) => create(context, name, flags))
}

async function create(context: CliContext, name: string | undefined, flags: CreateFlags): Promise<void> {
  const fromFile = flags.file === undefined ? undefined : await readApplicationFile(context, flags.file)
  const project =
    flags.devops === undefined && fromFile?.metadata.namespace
      ? fromFile.metadata.namespace
      : requireDevOps(context, flags)
  const api = await connect(context, flags)
  const application =
    fromFile === undefined
      ? applicationOf({
          name: requireName(name),
          project,
          repoURL: await repositoryUrl(api, project, flags.repo),
          flags,
        })
      : {
          ...fromFile,
          metadata: { ...fromFile.metadata, namespace: project, ...(name === undefined ? {} : { name }) },
        }
  if (flags.check !== false) await checkSource(api, project, application)
  await api.post(path('devops', project, 'applications'), application)
  printLine(context, `application ${project}/${application.metadata.name} created`)
}

/** Makes the plan of its first sync, so that a wrong revision, path or manifest is said before it is created. */
async function checkSource(api: ApiClient, project: string, application: Application): Promise<void> {
  try {
    await api.post<PlanView>(`${path('devops', project, 'applications')}:plan`, application)
  } catch (error) {
    if (!isAppError(error)) throw error
    throw new AppError(error.code, error.message, {
      cause: error,
      fields: error.fields,
      remedy: [error.remedy, 'Nothing was created. --no-check creates it nevertheless.']
        .filter((sentence) => sentence !== undefined)
        .join('\n'),
    })
  }
}

function requireName(name: string | undefined): string {
  if (name !== undefined) return name
  throw new AppError('BadRequest', 'The name of the application is missing.', {
    remedy: 'Write `driftless app create NAME --repo …`, or give a file with -f.',
  })
}

/** A URL is taken as it is; a name is one of the project's code repositories. */
async function repositoryUrl(api: ApiClient, project: string, repo: string | undefined): Promise<string> {
  if (repo === undefined) {
    throw new AppError('BadRequest', 'It is not said which code repository is meant.', {
      remedy: 'Give --repo NAME or --repo URL.',
    })
  }
  if (/:\/\/|^[^/]+@[^/]+:/.test(repo)) return repo
  const { items } = await api.get<{ items: RepositoryView[] }>(path('devops', project, 'repositories'))
  const found = items.find((item) => item.name === repo)
  if (found !== undefined) return found.url
  const names = items.map((item) => item.name).join(', ')
  throw new AppError('NotFound', `${project} has no code repository "${repo}".`, {
    remedy: names === '' ? 'Add one with `driftless repo add`.' : `It has ${names}.`,
  })
}

/** The Application that the flags describe. */
export function applicationOf(input: {
  name: string
  project: string
  repoURL: string
  flags: CreateFlags
}): Application {
  const { name, project, repoURL, flags } = input
  const annotations = {
    ...(flags.alias === undefined ? {} : { 'driftless.dev/alias': flags.alias }),
    ...(flags.description === undefined ? {} : { 'driftless.dev/description': flags.description }),
  }
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: project, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: {
      project,
      source: { repoURL, path: flags.path ?? '.', targetRevision: flags.revision ?? 'HEAD' },
      destination: {
        name: flags.cluster ?? 'in-cluster',
        ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
      },
      ...syncPolicyOf(flags),
    },
  }
}

function syncPolicyOf(flags: CreateFlags): Pick<Application['spec'], 'syncPolicy'> {
  const policy = flags.syncPolicy ?? 'manual'
  if (policy !== 'manual' && policy !== 'automated') {
    throw new AppError('BadRequest', `"${policy}" is not a sync policy.`, {
      remedy: 'Use --sync-policy manual or automated.',
    })
  }
  if (policy === 'manual' && (flags.prune === true || flags.selfHeal === true)) {
    throw new AppError('BadRequest', '--prune and --self-heal belong to the automated sync policy.', {
      remedy: 'Add --sync-policy automated.',
    })
  }
  const options = flags.syncOption ?? []
  if (policy === 'manual' && options.length === 0) return {}
  const automated = { prune: flags.prune === true, selfHeal: flags.selfHeal === true }
  return {
    syncPolicy: {
      ...(policy === 'automated' ? { automated } : {}),
      ...(options.length > 0 ? { syncOptions: options } : {}),
    },
  }
}
