import { AppError, type Application, type ApplicationSource } from '@driftless/api'
import type { KubeObject } from '@driftless/apimachinery'
import {
  instanceName,
  type PreparedTargets,
  parseSyncOptions,
  prepareTargets,
  type Target,
} from '@driftless/engine'
import type { RenderRequest, ResolvedRevision, SourceSpec, SourceType } from '@driftless/source'
import type { ClusterConnection } from './clusters.ts'
import type { PlannerOptions } from './planner-options.ts'

/** What Git asks for, read in full. */
export interface DesiredState {
  /** Commits, one for each source. */
  revisions: string[]
  /** True when some source follows a branch, so that a newer commit supersedes. */
  followsBranch: boolean
  sourceTypes: SourceType[]
  /** Key of everything that was read; equal keys mean equal targets. */
  key: string
  targets: Target[]
  warnings: string[]
  /** `group/kind` of targets that the cluster does not serve (yet). */
  unknownKinds: ReadonlySet<string>
}

export interface DesiredStateRequest {
  application: Application
  /** Default: those of the specification. */
  sources?: ApplicationSource[]
  /** Wanted revisions, one for each source; default: the sources' target revisions. */
  revisions?: string[]
  connection: ClusterConnection
  /** Age of a cached answer of the repository that is good enough, milliseconds; default any. */
  maxAgeMs?: number
  /** Reused when its key is the same. */
  known?: DesiredState | undefined
  signal?: AbortSignal | undefined
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
  const sources = request.sources ?? sourcesOf(request.application)
  const renders = await Promise.all(
    sources.map((source, index) => prepareRender(options, request, { source, index })),
  )
  const keys = await Promise.all(renders.map((render) => options.source.renderKey(render.request)))
  const key = [...keys, contextKey(request)].join(' ')
  const revisions = renders.map((render) => render.resolved.revision)
  const followsBranch = renders.some((render) => render.resolved.followsBranch)
  if (request.known?.key === key) return { ...request.known, revisions, followsBranch }
  const results = await Promise.all(renders.map((render) => options.source.render(render.request)))
  const prepared = await prepare(
    options,
    request,
    results.flatMap((result) => result.manifests),
  )
  return {
    revisions,
    followsBranch,
    sourceTypes: results.map((result) => result.sourceType),
    key,
    targets: prepared.targets,
    warnings: [...results.flatMap((result) => result.warnings), ...prepared.warnings],
    unknownKinds: new Set(prepared.unknownKinds.map(({ group, kind }) => `${group}/${kind}`)),
  }
}

/** What the targets depend on beside the sources. */
function contextKey(request: DesiredStateRequest): string {
  const { destination } = request.application.spec
  const options = request.application.spec.syncPolicy?.syncOptions ?? []
  return [request.connection.name, destination.namespace ?? '', ...options].join(',')
}

export function sourcesOf(application: Application): ApplicationSource[] {
  const { source, sources } = application.spec
  const list = sources !== undefined && sources.length > 0 ? sources : source === undefined ? [] : [source]
  if (list.length === 0) {
    throw new AppError('Invalid', `application "${application.metadata.name}" names no source`, {
      fields: [{ field: 'spec.source', message: 'is required' }],
    })
  }
  return list
}

interface PreparedRender {
  request: RenderRequest
  resolved: ResolvedRevision
}

async function prepareRender(
  options: PlannerOptions,
  request: DesiredStateRequest,
  entry: { source: ApplicationSource; index: number },
): Promise<PreparedRender> {
  const { source, index } = entry
  const { metadata, spec } = request.application
  const access = await options.accessFor(metadata.namespace ?? '', source.repoURL)
  const wanted = request.revisions?.[index] ?? source.targetRevision ?? 'HEAD'
  const call = request.signal === undefined ? {} : { signal: request.signal }
  const resolved = await options.source.resolve(access, wanted, {
    ...call,
    maxAgeMs: request.maxAgeMs ?? Number.POSITIVE_INFINITY,
  })
  return {
    resolved,
    request: {
      ...call,
      access,
      revision: resolved.revision,
      source: source as SourceSpec,
      application: { name: metadata.name, namespace: metadata.namespace ?? '', project: spec.project },
      destinationNamespace: spec.destination.namespace ?? '',
    },
  }
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
