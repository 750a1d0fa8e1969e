import type { Application, AppProject } from '@driftless/api'
import type { ObjectKey } from '@driftless/apimachinery'
import { globMatches, parseSyncOptions, permitsDestination, permitsKind } from '@driftless/engine'
import type { ClusterConnection } from './clusters.ts'
import type { PlannerOptions } from './planner-options.ts'

/** Whether the project lets its applications see and change the live object (`argocd.md` §2.11): others are invisible. */
export function isPermittedLive(
  project: AppProject | undefined,
  connection: Pick<ClusterConnection, 'name' | 'server'>,
  key: ObjectKey,
): boolean {
  if (project === undefined) return false
  const namespaced = key.namespace !== ''
  if (!permitsKind(project, { group: key.group, kind: key.kind, name: key.name, namespaced })) return false
  const { name, server } = connection
  return !namespaced || permitsDestination(project, { name, server, namespace: key.namespace })
}

/** The same for a deletion, which goes on where the project is gone: `undefined` then. */
export function permitsLive(
  { findProject, clusters }: Pick<PlannerOptions, 'findProject' | 'clusters'>,
  { spec }: Application,
  key: ObjectKey,
): boolean | undefined {
  const project = findProject(spec.project)
  const connection = clusters.find(spec.destination)
  if (project === undefined || connection === undefined) return undefined
  return isPermittedLive(project, connection, key)
}

/** `managedNamespaceMetadata` that the live namespace does not carry, one sentence; `undefined` when all is well. */
export function namespaceDrift(application: Application, connection: ClusterConnection): string | undefined {
  const { destination, syncPolicy } = application.spec
  const wanted = syncPolicy?.managedNamespaceMetadata
  if (wanted === undefined || !parseSyncOptions(syncPolicy?.syncOptions).createNamespace) return undefined
  const name = destination.namespace ?? ''
  const live = connection.live.get({ group: '', kind: 'Namespace', namespace: '', name })?.object.metadata
  if (live === undefined) return undefined
  const missing = [
    ...differing('label', wanted.labels, live.labels),
    ...differing('annotation', wanted.annotations, live.annotations),
  ]
  return missing.length === 0 ? undefined : `Namespace ${name} does not carry the ${missing.join(', ')}`
}

function differing(
  what: string,
  wanted: Record<string, string> = {},
  live: Record<string, string> = {},
): string[] {
  return Object.keys(wanted)
    .filter((name) => live[name] !== wanted[name])
    .map((name) => `${what} ${name}`)
}

const neverOrphans = new Set([
  '/ServiceAccount/default',
  '/ConfigMap/kube-root-ca.crt',
  '/Service/kubernetes',
])
/** What the system itself makes in every namespace. */
const systemKinds = new Set(['Event', 'Endpoints', 'EndpointSlice', 'Lease'])

/** Objects of the destination namespace that no application knows; only where the project asks for them. */
export function orphansOf(
  project: AppProject | undefined,
  application: Application,
  connection: ClusterConnection,
): ObjectKey[] {
  const rules = project?.spec.orphanedResources
  const namespace = application.spec.destination.namespace ?? ''
  if (rules === undefined || rules.warn === false || namespace === '') return []
  const ignored = (key: ObjectKey): boolean =>
    (rules.ignore ?? []).some(
      (rule) =>
        globMatches(rule.group ?? '*', key.group) &&
        globMatches(rule.kind ?? '*', key.kind) &&
        globMatches(rule.name ?? '*', key.name),
    )
  return connection.live
    .namespacesObjects(namespace)
    .filter((live) => live.application === undefined && live.ownerUids.length === 0)
    .map(({ key }) => key)
    .filter((key) => !systemKinds.has(key.kind) && !neverOrphans.has(`${key.group}/${key.kind}/${key.name}`))
    .filter((key) => isPermittedLive(project, connection, key) && !ignored(key))
}
