import { AppError, type ApplicationSource } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import {
  instanceName,
  type PreparedTargets,
  parseSyncOptions,
  prepareTargets,
  type Target,
} from '@driftless/engine'
import type { SourceType } from '@driftless/source'
import { resolveSources, type SourcesRequest } from './application-sources.ts'
import type { ClusterConnection } from './clusters.ts'
import type { PlannerOptions } from './planner-options.ts'

/** What Git asks for, read in full. */
export interface DesiredState {
  /** Commits, one for each source. */
  revisions: string[]
  /** True when some source follows a branch, so that a newer commit supersedes. */
  followsBranch: boolean
  /** One for each source; empty for a source that only others refer to. */
  sourceTypes: (SourceType | '')[]
  /** Those that the revisions belong to. */
  sources: ApplicationSource[]
  /** Key of everything that was read; equal keys mean equal targets. */
  key: string
  targets: Target[]
  warnings: DesiredWarning[]
}

/** A condition of the Application. */
export interface DesiredWarning {
  type: 'SourceWarning' | 'RepeatedResourceWarning'
  message: string
}

export interface DesiredStateRequest extends SourcesRequest {
  /** Reused when its key is the same. */
  known?: DesiredState | undefined
  /** Manifests that take the place of the rendered ones, each a JSON or YAML text (`operation.sync.manifests`). */
  manifests?: readonly string[] | undefined
}

/**
 * Resolves, renders and prepares. Every failure is an `AppError`: an error is never an empty result.
 */
export async function readDesiredState(
  options: PlannerOptions,
  request: DesiredStateRequest,
): Promise<DesiredState> {
  const sources = await resolveSources(options, request)
  const keys = await Promise.all(
    sources.map(async ({ request: render }) =>
      render === undefined ? 'ref' : options.source.renderKey(render),
    ),
  )
  const key = [...keys, contextKey(request)].join(' ')
  const resolved = {
    revisions: sources.map((source) => source.resolved.revision),
    followsBranch: sources.some((source) => source.resolved.followsBranch),
    sources: sources.map(({ source }) => source),
  }
  if (request.known?.key === key) return { ...request.known, ...resolved }
  const results = await Promise.all(
    sources.map(async ({ request: render }) =>
      render === undefined ? undefined : options.source.render(render),
    ),
  )
  const prepared = await prepare(
    options,
    request,
    results.flatMap((result) => result?.manifests ?? []),
  )
  return {
    ...resolved,
    sourceTypes: results.map((result) => result?.sourceType ?? ''),
    key,
    targets: prepared.targets,
    warnings: [
      ...results.flatMap((result) => result?.warnings ?? []).map(sourceWarning),
      ...prepared.warnings.map(repeatedWarning),
    ],
  }
}

function sourceWarning(message: string): DesiredWarning {
  return { type: 'SourceWarning', message }
}

export function repeatedWarning(message: string): DesiredWarning {
  return { type: 'RepeatedResourceWarning', message }
}

/** What the targets depend on beside the sources. */
function contextKey(request: DesiredStateRequest): string {
  const { destination } = request.application.spec
  const options = request.application.spec.syncPolicy?.syncOptions ?? []
  return [request.connection.name, destination.namespace ?? '', ...options].join(',')
}

export async function prepare(
  options: PlannerOptions,
  request: DesiredStateRequest,
  manifests: KubeObject[],
): Promise<PreparedTargets> {
  const { application, connection } = request
  const scopes = await readScopes(connection, manifests)
  const instance = instanceName(
    {
      namespace: application.metadata.namespace ?? options.controlNamespace,
      name: application.metadata.name,
    },
    options.controlNamespace,
  )
  const prepared = prepareTargets({
    manifests,
    instance,
    destinationNamespace: application.spec.destination.namespace ?? '',
    syncOptions: parseSyncOptions(application.spec.syncPolicy?.syncOptions),
    isNamespaced: ({ group, kind }) => scopes.get(`${group}/${kind}`),
  })
  const [error] = prepared.errors
  if (error !== undefined) {
    throw new AppError('BadRequest', `${error.field}: ${error.message}`, { fields: prepared.errors })
  }
  return prepared
}

/** Whether each kind of the manifests is namespaced, from discovery or from a CRD among them. */
async function readScopes(
  connection: ClusterConnection,
  manifests: KubeObject[],
): Promise<Map<string, boolean>> {
  const scopes = new Map<string, boolean>()
  for (const manifest of manifests) {
    const crd = crdScope(manifest)
    if (crd !== undefined) scopes.set(crd.kind, crd.namespaced)
  }
  for (const manifest of manifests) {
    const slash = manifest.apiVersion.indexOf('/')
    const group = slash < 0 ? '' : manifest.apiVersion.slice(0, slash)
    const version = manifest.apiVersion.slice(slash + 1)
    const id = `${group}/${manifest.kind}`
    if (scopes.has(id)) continue
    const resource = await connection.client.discovery.resourceFor({ group, version, kind: manifest.kind })
    if (resource !== undefined) scopes.set(id, resource.namespaced)
  }
  return scopes
}

function crdScope(manifest: KubeObject): { kind: string; namespaced: boolean } | undefined {
  if (manifest.kind !== 'CustomResourceDefinition') return undefined
  const spec = manifest['spec'] as { group?: string; scope?: string; names?: { kind?: string } } | undefined
  if (spec?.names?.kind === undefined) return undefined
  return { kind: `${spec.group ?? ''}/${spec.names.kind}`, namespaced: spec.scope !== 'Cluster' }
}
