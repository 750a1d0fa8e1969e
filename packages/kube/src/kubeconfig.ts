import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve as resolvePath } from 'node:path'
import { load as parseYaml, JSON_SCHEMA } from 'js-yaml'
import { AppError, messageOf } from '@driftless/api'
import type { ClusterConfig, ExecPlugin, Impersonation } from './cluster-config.ts'

type Entry = Record<string, unknown>

interface Kubeconfig {
  clusters: Map<string, Located>
  users: Map<string, Located>
  contexts: Map<string, Located>
  currentContext: string
}

/** An entry and the folder that its relative paths start from. */
interface Located {
  entry: Entry
  folder: string
}

export interface KubeconfigOptions {
  /** One file or several joined with the system's path delimiter, as `KUBECONFIG`; default `~/.kube/config`. */
  path?: string
  /** The text itself instead of a file. */
  text?: string
  /** Default: the current context. */
  context?: string
}

/** Reads a kubeconfig as kubectl does: of several files the first that names a thing wins. */
export async function loadKubeconfig(options: KubeconfigOptions): Promise<ClusterConfig> {
  const config: Kubeconfig = {
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
    currentContext: '',
  }
  if (options.text !== undefined) merge(config, options.text, { name: 'the kubeconfig', folder: '.' })
  else await readFiles(config, options.path ?? join(homedir(), '.kube', 'config'))
  const name = options.context ?? config.currentContext
  const context = config.contexts.get(name)
  if (context === undefined) throw missing('context', name, config.contexts)
  const clusterName = text(context.entry['cluster']) ?? ''
  const cluster = config.clusters.get(clusterName)
  if (cluster === undefined) throw missing('cluster', clusterName, config.clusters)
  const userName = text(context.entry['user']) ?? ''
  const user = config.users.get(userName)
  if (user === undefined && userName !== '') throw missing('user', userName, config.users)
  const namespace = text(context.entry['namespace'])
  return {
    ...(await clusterPart(cluster)),
    ...(user === undefined ? {} : await userPart(user)),
    ...(namespace === undefined ? {} : { namespace }),
  }
}

async function readFiles(config: Kubeconfig, path: string): Promise<void> {
  let found = false
  for (const file of path.split(delimiter).filter((part) => part !== '')) {
    const content = await readOptional(file)
    if (content === undefined) continue
    found = true
    merge(config, content, { name: file, folder: dirname(resolvePath(file)) })
  }
  if (found) return
  throw new AppError('NotFound', `There is no kubeconfig at ${path}.`, {
    remedy: 'Give the path of a kubeconfig file.',
  })
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new AppError('BadRequest', `Cannot read the kubeconfig ${file}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

function merge(config: Kubeconfig, content: string, origin: { name: string; folder: string }): void {
  const parsed = parse(content, origin.name)
  for (const [list, field] of [
    ['clusters', 'cluster'],
    ['users', 'user'],
    ['contexts', 'context'],
  ] as const) {
    const items = parsed[list]
    for (const item of Array.isArray(items) ? (items as Entry[]) : []) {
      const name = text(item['name']) ?? ''
      if (config[list].has(name)) continue
      config[list].set(name, { entry: entryOf(item[field]), folder: origin.folder })
    }
  }
  if (config.currentContext === '') config.currentContext = text(parsed['current-context']) ?? ''
}

/** A parser's message may quote the line that it stumbles on, and that line may be a token: it is not repeated. */
function parse(content: string, name: string): Entry {
  let parsed: unknown
  try {
    parsed = parseYaml(content, { schema: JSON_SCHEMA })
  } catch (error) {
    const line = (error as { mark?: { line?: number } }).mark?.line
    throw new AppError(
      'BadRequest',
      `${name} is not valid YAML${line === undefined ? '' : ` (line ${line + 1})`}.`,
    )
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Entry
  throw new AppError('BadRequest', `${name} is no kubeconfig.`)
}

async function clusterPart({ entry, folder }: Located): Promise<ClusterConfig> {
  const server = text(entry['server'])
  if (server === undefined)
    throw new AppError('BadRequest', 'The cluster of the kubeconfig has no server address.')
  const caCert = await dataOrFile({ entry, folder }, 'certificate-authority')
  const serverName = text(entry['tls-server-name'])
  const proxyUrl = text(entry['proxy-url'])
  return {
    server,
    ...(caCert === undefined ? {} : { caCert }),
    ...(entry['insecure-skip-tls-verify'] === true ? { insecureSkipVerify: true } : {}),
    ...(serverName === undefined ? {} : { serverName }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  }
}

async function userPart(user: Located): Promise<Partial<ClusterConfig>> {
  const { entry } = user
  if (entry['auth-provider'] !== undefined) {
    throw new AppError('BadRequest', 'The kubeconfig uses an auth-provider, which Kubernetes has removed.', {
      remedy: 'Use an exec plugin, a token or a client certificate.',
    })
  }
  const clientCert = await dataOrFile(user, 'client-certificate')
  const clientKey = await dataOrFile(user, 'client-key')
  const token = tokenOf(user)
  const username = text(entry['username'])
  const password = text(entry['password'])
  const impersonate = impersonationOf(entry)
  const exec = execOf(entry['exec'], user.folder)
  return {
    ...(clientCert === undefined ? {} : { clientCert }),
    ...(clientKey === undefined ? {} : { clientKey }),
    ...(token === undefined ? {} : { token }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(impersonate === undefined ? {} : { impersonate }),
    ...(exec === undefined ? {} : { exec }),
  }
}

function tokenOf({ entry, folder }: Located): string | (() => Promise<string>) | undefined {
  const file = text(entry['tokenFile'])
  if (file === undefined) return text(entry['token'])
  return async () => (await readFile(resolvePath(folder, file), 'utf8')).trim()
}

async function dataOrFile({ entry, folder }: Located, field: string): Promise<string | undefined> {
  const data = text(entry[`${field}-data`])
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8')
  const file = text(entry[field])
  if (file === undefined) return undefined
  try {
    return await readFile(resolvePath(folder, file), 'utf8')
  } catch (error) {
    throw new AppError('BadRequest', `Cannot read the ${field} file ${file} of the kubeconfig.`, {
      cause: error,
    })
  }
}

function impersonationOf(entry: Entry): Impersonation | undefined {
  const user = text(entry['as'])
  if (user === undefined) return undefined
  const groups = entry['as-groups']
  const extra = entry['as-user-extra']
  return {
    user,
    ...(Array.isArray(groups) ? { groups: groups.map(String) } : {}),
    ...(typeof extra === 'object' && extra !== null ? { extra: extra as Record<string, string[]> } : {}),
  }
}

function execOf(value: unknown, folder: string): ExecPlugin | undefined {
  if (value === undefined || value === null) return undefined
  const entry = entryOf(value)
  const command = text(entry['command'])
  if (command === undefined)
    throw new AppError('BadRequest', 'The exec plugin of the kubeconfig has no command.')
  const installHint = text(entry['installHint'])
  return {
    apiVersion: text(entry['apiVersion']) ?? 'client.authentication.k8s.io/v1',
    // As in a shell: a name is looked up in PATH, a path is relative to the kubeconfig.
    command: command.includes('/') ? resolvePath(folder, command) : command,
    args: Array.isArray(entry['args']) ? entry['args'].map(String) : [],
    env: Array.isArray(entry['env']) ? (entry['env'] as { name: string; value: string }[]) : [],
    ...(installHint === undefined ? {} : { installHint }),
    ...(entry['provideClusterInfo'] === true ? { provideClusterInfo: true } : {}),
  }
}

function missing(what: string, name: string, known: Map<string, Located>): AppError {
  const names = [...known.keys()].join(', ')
  const message =
    name === '' ? `The kubeconfig names no ${what}.` : `The kubeconfig has no ${what} "${name}".`
  return new AppError('NotFound', message, {
    remedy: names === '' ? `Add a ${what} to it.` : `It knows: ${names}.`,
  })
}

function entryOf(value: unknown): Entry {
  return typeof value === 'object' && value !== null ? (value as Entry) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
