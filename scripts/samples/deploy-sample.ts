import type { Application } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { KubeClient } from '@driftless/kube'
import { cli, type Instance } from '../../test/e2e/instance.ts'
import type { Sample } from './sample.ts'
import { type Write, writesOf } from './write-order.ts'

export const devOpsProject = 'demo-project'

/** What came of one sample. */
export interface Outcome {
  sample: Sample
  ok: boolean
  sync: string
  health: string
  objects: number
  /** Of the daemon to Kubernetes. */
  requests: number
  writes: number
  seconds: number
  message: string
  order: Write[]
}

export interface SampleContext {
  instance: Instance
  /** As the administrator of the cluster. */
  client: KubeClient
  controlNamespace: string
  /** Address of the served copy of the example repository. */
  repoURL: string
}

const timeoutMs = 120_000

/** Makes the application, syncs it and waits until it is healthy or says why not. */
export async function deploySample(context: SampleContext, sample: Sample): Promise<Outcome> {
  const before = await countRequests(context.instance)
  const startedAt = performance.now()
  const said =
    sample.administrators === true
      ? await deployAsAdministrator(context, sample)
      : await deployByCli(context, sample)
  const application = await readApplication(context, sample)
  const seconds = (performance.now() - startedAt) / 1000
  const after = await countRequests(context.instance)
  const { status } = application ?? {}
  const sync = status?.sync?.status ?? 'Unknown'
  const health = status?.health?.status ?? 'Unknown'
  const message = messageOf(application, said)
  const order = application === undefined ? [] : await writesOf(context.client, application)
  const isDone = sync === 'Synced' && health === 'Healthy'
  return {
    sample,
    ok: isDone || (sample.missing?.test(message) ?? false),
    sync,
    health,
    objects: status?.resources?.length ?? 0,
    requests: after.requests - before.requests,
    writes: after.writes - before.writes,
    seconds,
    message: isDone ? (status?.operationState?.message ?? '') : message,
    order,
  }
}

export function nameOf({ path }: Sample): string {
  return path.replaceAll('/', '-')
}

function applicationOf(context: SampleContext, sample: Sample): KubeObject {
  const name = nameOf(sample)
  const isOwn = sample.administrators === true
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: isOwn ? context.controlNamespace : devOpsProject },
    spec: {
      project: isOwn ? 'default' : devOpsProject,
      source: { repoURL: context.repoURL, path: sample.path, targetRevision: 'HEAD', ...sample.source },
      destination: { name: 'in-cluster', namespace: isOwn ? context.controlNamespace : `demo-${name}` },
      syncPolicy: { syncOptions: ['CreateNamespace=true'] },
    },
  }
}

/** As a member of the DevOps project; answers what the failing command said. */
async function deployByCli(context: SampleContext, sample: Sample): Promise<string> {
  const where = ['--devops', devOpsProject]
  const text = JSON.stringify(applicationOf(context, sample))
  const created = await cli(context.instance, ['app', 'create', '-f', '-', ...where], text)
  if (created.code !== 0) return created.stderr.trim()
  const words = [
    'app',
    'sync',
    nameOf(sample),
    ...where,
    '--timeout',
    String(timeoutMs / 1000),
    '--wait-healthy',
  ]
  const synced = await cli(context.instance, words)
  return synced.code === 0 ? '' : synced.stderr.trim()
}

/**
 * An application of applications in the control namespace, with the project `default`, where only administrators may
 * write. The children's repository is the served copy. It syncs itself, and its children do too.
 */
async function deployAsAdministrator(context: SampleContext, sample: Sample): Promise<string> {
  const application = applicationOf(context, sample)
  const spec = application['spec'] as { source: object; syncPolicy: object }
  spec.source = {
    ...spec.source,
    helm: { parameters: [{ name: 'config.spec.source.repoURL', value: context.repoURL }] },
  }
  spec.syncPolicy = { ...spec.syncPolicy, automated: { prune: true, selfHeal: true } }
  await context.client.create(application)
  return waitForHealthy(context, sample)
}

/** Until it is healthy and every child came to an end; answers why not when the time is over. */
async function waitForHealthy(context: SampleContext, sample: Sample): Promise<string> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const parent = await readApplication(context, sample)
    const children = await readChildren(context, parent)
    if (isHealthy(parent) && children.every(hasEnded)) return ''
    if (performance.now() > deadline) return `not Synced and Healthy after ${timeoutMs / 1000} s`
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

async function readChildren(
  { client }: SampleContext,
  parent: Application | undefined,
): Promise<(Application | undefined)[]> {
  const rows = (parent?.status?.resources ?? []).filter(({ kind }) => kind === 'Application')
  return Promise.all(
    rows.map(async ({ namespace = '', name }) => {
      const child = await client.find({ ...gvkRef, namespace, name })
      return child as unknown as Application | undefined
    }),
  )
}

function isHealthy(application: Application | undefined): boolean {
  const { sync, health } = application?.status ?? {}
  return sync?.status === 'Synced' && health?.status === 'Healthy'
}

/** Healthy, or it says what is in its way. */
function hasEnded(application: Application | undefined): boolean {
  const { operationState, conditions = [] } = application?.status ?? {}
  const failed = operationState?.phase === 'Failed' || operationState?.phase === 'Error'
  const retries = (operationState?.retryCount ?? 0) > 0
  return isHealthy(application) || failed || retries || conditions.some(({ type }) => type.endsWith('Error'))
}

const gvkRef = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' }

async function readApplication(context: SampleContext, sample: Sample): Promise<Application | undefined> {
  const { namespace = '', name } = applicationOf(context, sample).metadata
  return (await context.client.find({ ...gvkRef, namespace, name })) as unknown as Application | undefined
}

/** What the operation said comes first, then the conditions; without either what the command said. */
function messageOf(application: Application | undefined, said: string): string {
  const { operationState, conditions = [] } = application?.status ?? {}
  const texts = [operationState?.message ?? '', ...conditions.map(({ message }) => message ?? '')]
  const own = [...new Set(texts.filter((text) => text !== ''))].join('; ')
  return own === '' ? said : own
}

/** Requests that the daemon made to Kubernetes, from its metrics. */
async function countRequests(instance: Instance): Promise<{ requests: number; writes: number }> {
  const text = await (await fetch(`${instance.url}/metrics`)).text()
  const sum = (pattern: RegExp) =>
    [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1] ?? 0), 0)
  return {
    requests: sum(/^driftless_kube_requests_total\{[^}]*\} (\d+)/gm),
    writes: sum(
      /^driftless_kube_requests_total\{[^}]*verb="(?:create|update|patch|apply|delete)"[^}]*\} (\d+)/gm,
    ),
  }
}

/** The children of an application of applications, with what each of them says. */
export async function childrenOf(context: SampleContext, outcome: Outcome): Promise<string[]> {
  const lines = outcome.order
    .filter(({ kind }) => kind === 'Application')
    .map(async ({ name, namespace }) => {
      const child = (await context.client.find({ ...gvkRef, namespace, name })) as unknown as
        | Application
        | undefined
      const { sync, health } = child?.status ?? {}
      const state = `${sync?.status ?? 'Unknown'}, ${health?.status ?? 'Unknown'}`
      const isDone = sync?.status === 'Synced' && health?.status === 'Healthy'
      return `${name.padEnd(34)} ${state.padEnd(20)} ${isDone ? '' : (messageOf(child, '').split('\n')[0] ?? '')}`
    })
  return Promise.all(lines)
}
