import type { DevOpsProject, GitRepository, Workspace } from '@driftless/api'
import { controlNamespace as defaultControlNamespace, annotations, labels } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import type { Informer, KubeClient } from '@driftless/kube'
import {
  type ControlLoop,
  enqueueFrom,
  type ReconcileResult,
  splitKey,
  startControlLoop,
} from '../control-loop.ts'
import type { Logger } from '../logger.ts'
import { updateCondition } from '../status-condition.ts'

export interface DevOpsProjectControllerOptions {
  client: KubeClient
  controlNamespace?: string
  devopsProjects: Informer
  workspaces: Informer
  clusters: Informer
  repositories: Informer
  now(): Date
  signal: AbortSignal
  log: Logger
}

const manager = 'driftless-devops'

/**
 * A DevOpsProject owns a namespace of its own name (Applications and GitRepositories live there), an AppProject of
 * that name in the control namespace, and the role binding of its creator. Deleting it deletes them: they carry an
 * owner reference.
 */
export function startDevOpsProjectController(options: DevOpsProjectControllerOptions): ControlLoop {
  const loop = startControlLoop({
    name: 'devops-project',
    workers: 2,
    signal: options.signal,
    log: options.log,
    reconcile: (key) => reconcile(options, splitKey(key).name),
  })
  enqueueFrom(options.devopsProjects, loop, options.signal)
  const enqueueAll = () => {
    for (const project of options.devopsProjects.list()) loop.enqueue(`/${project.metadata.name}`)
  }
  for (const informer of [options.workspaces, options.clusters]) {
    const unsubscribe = informer.subscribe(enqueueAll)
    options.signal.addEventListener('abort', unsubscribe, { once: true })
  }
  const unsubscribe = options.repositories.subscribe(({ object }) => {
    loop.enqueue(`/${object.metadata.namespace ?? ''}`)
  })
  options.signal.addEventListener('abort', unsubscribe, { once: true })
  return loop
}

async function reconcile(
  options: DevOpsProjectControllerOptions,
  name: string,
): Promise<ReconcileResult | undefined> {
  const project = options.devopsProjects.get('', name) as DevOpsProject | undefined
  if (project === undefined || project.metadata.deletionTimestamp !== undefined) return undefined
  const workspace = options.workspaces.get('', project.spec.workspace) as Workspace | undefined
  if (workspace === undefined) {
    await updateCondition(options, project, {
      status: 'False',
      reason: 'WorkspaceNotFound',
      message: `workspace "${project.spec.workspace}" does not exist`,
    })
    return undefined
  }
  const refused = await ensureNamespace(options, project)
  if (refused !== undefined) {
    await updateCondition(options, project, { status: 'False', reason: 'NamespaceTaken', message: refused })
    return undefined
  }
  await applyIfDifferent(options, appProjectOf(options, project, workspace))
  const creator = project.metadata.annotations?.[annotations.creator]
  if (creator !== undefined && creator !== '')
    await applyIfDifferent(options, creatorBinding(project, creator))
  await updateCondition(options, project, { status: 'True', reason: 'Ready', message: '' })
  return undefined
}

/** Creates the namespace, or takes one that is already ours; a sentence when it belongs to something else. */
async function ensureNamespace(
  options: DevOpsProjectControllerOptions,
  project: DevOpsProject,
): Promise<string | undefined> {
  const name = project.metadata.name
  const live = await options.client.find({ apiVersion: 'v1', kind: 'Namespace', name })
  const owner = live?.metadata.labels?.[labels.devopsProject]
  if (live !== undefined && owner !== name) {
    return `namespace "${name}" exists and does not belong to this DevOps project; choose another name`
  }
  if (live === undefined) {
    await options.client.create(
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name,
          labels: { [labels.devopsProject]: name, [labels.managedBy]: 'driftless' },
          ownerReferences: [ownerReference(project)],
        },
      },
      { manager },
    )
  }
  return undefined
}

function ownerReference(project: DevOpsProject) {
  return {
    apiVersion: project.apiVersion,
    kind: project.kind,
    name: project.metadata.name,
    uid: project.metadata.uid ?? '',
  }
}

/** Namespaces that no DevOps project deploys to, whatever their labels say. */
const reservedNamespaces = ['!kube-*', '!driftless-*']

/**
 * The repositories that the project imported, and what an administrator permits beside them (decision 16). An address
 * that would be read as a pattern permits nothing: members import repositories, but do not widen the list.
 */
function sourceReposOf(options: DevOpsProjectControllerOptions, { metadata, spec }: DevOpsProject): string[] {
  const imported = options.repositories
    .list()
    .filter((repository) => repository.metadata.namespace === metadata.name)
    .map((repository) => (repository as unknown as GitRepository).spec.url)
    .filter((url) => !/[*?[\]{}!]/.test(url))
  return [...new Set([...(spec.sourceRepos ?? []), ...imported])].sort()
}

/**
 * The default allow-list: the project's repositories, the workspace's clusters, no cluster-scoped kinds. Which namespaces belong to the workspace
 * is said by their label and checked against the live namespace (`docs/adr/0004-destination-namespaces.md`).
 * Fields that an administrator adds under another manager stay.
 */
function appProjectOf(
  options: DevOpsProjectControllerOptions,
  project: DevOpsProject,
  workspace: Workspace,
): KubeObject {
  const clusters = workspace.spec?.clusters ?? options.clusters.list().map((cluster) => cluster.metadata.name)
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: {
      name: project.metadata.name,
      namespace: options.controlNamespace ?? defaultControlNamespace,
      labels: { [labels.devopsProject]: project.metadata.name, [labels.workspace]: workspace.metadata.name },
      ownerReferences: [ownerReference(project)],
    },
    spec: {
      description: `Allow-list of DevOps project ${project.metadata.name}`,
      sourceNamespaces: [project.metadata.name],
      sourceRepos: sourceReposOf(options, project),
      destinations: [...clusters]
        .sort()
        .flatMap((name) => ['*', ...reservedNamespaces].map((namespace) => ({ name, namespace }))),
    },
  }
}

function creatorBinding(project: DevOpsProject, creator: string): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'driftless-creator', namespace: project.metadata.name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'driftless-devops-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `driftless:${creator}` }],
  }
}

const lastApplied = new WeakMap<KubeClient, Map<string, string>>()

/** One apply for each new content: a server-side apply that changes nothing costs a request all the same. */
async function applyIfDifferent(options: DevOpsProjectControllerOptions, object: KubeObject): Promise<void> {
  const known = lastApplied.get(options.client) ?? new Map<string, string>()
  lastApplied.set(options.client, known)
  const id = `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`
  const content = JSON.stringify(object)
  if (known.get(id) === content) return
  await options.client.apply(object, { manager, force: true })
  known.set(id, content)
}
