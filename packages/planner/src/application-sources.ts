import { AppError, type Application, type ApplicationSource } from '@driftless/api'
import { permitsSource } from '@driftless/engine'
import type { RenderRequest, RepositoryAccess, ResolvedRevision, SourceSpec } from '@driftless/source'
import { type ClusterCapabilities, readCapabilities } from './cluster-capabilities.ts'
import type { ClusterConnection } from './clusters.ts'
import type { LocalFiles } from './local-files.ts'
import type { PlannerOptions } from './planner-options.ts'

export interface SourcesRequest {
  application: Application
  /** Default: those of the specification. */
  sources?: ApplicationSource[]
  /** Wanted revisions, one for each source; default: the sources' target revisions. */
  revisions?: string[]
  connection: ClusterConnection
  /** Files that a person sent instead of the repository's, and the folder among them. */
  local?: LocalFiles | undefined
  /** Age of a cached answer of the repository that is good enough, milliseconds; default any. */
  maxAgeMs?: number
  signal?: AbortSignal | undefined
}

/** A source with the commit or version that it means now. */
export interface ResolvedSource {
  source: ApplicationSource
  resolved: ResolvedRevision
  /** Undefined for a source that only other sources refer to: it gives no manifests. */
  request: RenderRequest | undefined
}

export function sourcesOf(application: Application): ApplicationSource[] {
  const { source, sources } = application.spec
  const list = sources !== undefined && sources.length > 0 ? sources : source === undefined ? [] : [source]
  if (list.length > 0) return list
  throw new AppError('Invalid', `application "${application.metadata.name}" names no source`, {
    fields: [{ field: 'spec.source', message: 'is required' }],
  })
}

/** Whether revisions and sources of the application are lists, as its specification says. */
export function hasSeveralSources(application: Application): boolean {
  return (application.spec.sources?.length ?? 0) > 0
}

/** Resolves every source, and says what is to be rendered of each. */
export async function resolveSources(
  options: PlannerOptions,
  request: SourcesRequest,
): Promise<ResolvedSource[]> {
  const sources = request.sources ?? sourcesOf(request.application)
  checkReferences(sources)
  if (request.local !== undefined) return [await localSource(options, request, request.local)]
  const [capabilities, ...places] = await Promise.all([
    readCapabilities(request.connection.client),
    ...sources.map((source, index) => resolveOne(options, request, { source, index })),
  ])
  const references = Object.fromEntries(
    places
      .filter(({ source }) => (source.ref ?? '') !== '')
      .map(({ source, access, resolved }) => [source.ref, { access, revision: resolved.revision }]),
  )
  return places.map(({ source, access, resolved }) => ({
    source,
    resolved,
    request: isReferenceOnly(source)
      ? undefined
      : {
          ...renderRequest(options, request, { source, capabilities }),
          access,
          revision: resolved.revision,
          references,
        },
  }))
}

/** The source as it would be with the files in its repository. Nothing is asked of the repository. */
async function localSource(
  options: PlannerOptions,
  request: SourcesRequest,
  { path, files }: LocalFiles,
): Promise<ResolvedSource> {
  const [source, ...others] = request.sources ?? sourcesOf(request.application)
  if (source === undefined || others.length > 0) {
    throw new AppError('Invalid', 'local files can take the place of a single source only', {
      remedy: 'Plan an application of several sources at revisions that are pushed.',
    })
  }
  const own = { ...source, path }
  const capabilities = await readCapabilities(request.connection.client)
  return {
    source: own,
    resolved: { revision: '', ref: '', followsBranch: false },
    request: {
      ...renderRequest(options, request, { source: own, capabilities }),
      access: { url: source.repoURL },
      revision: '',
      files,
    },
  }
}

/** Only `ref` and an address: Argo CD generates nothing from it. */
function isReferenceOnly({ ref = '', path = '', chart = '' }: ApplicationSource): boolean {
  return ref !== '' && path === '' && chart === ''
}

function checkReferences(sources: readonly ApplicationSource[]): void {
  const names = sources.map(({ name = '' }) => name).filter((name) => name !== '')
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new AppError('Invalid', `two sources have the name "${twice}"`, {
      fields: [{ field: 'spec.sources', message: `the name "${twice}" is given twice` }],
    })
  }
  const seen = new Set<string>()
  for (const [index, { ref = '', chart = '' }] of sources.entries()) {
    if (ref === '') continue
    const wrong = !/^[A-Za-z0-9_-]+$/.test(ref)
      ? `"${ref}" is not a valid ref`
      : chart !== ''
        ? `the source "${ref}" is a chart, whose files other sources cannot use`
        : seen.has(ref)
          ? `two sources have the ref "${ref}"`
          : undefined
    if (wrong !== undefined)
      throw new AppError('Invalid', wrong, {
        fields: [{ field: `spec.sources[${index}].ref`, message: wrong }],
      })
    seen.add(ref)
  }
}

interface PlacedSource {
  source: ApplicationSource
  access: RepositoryAccess
  resolved: ResolvedRevision
}

async function resolveOne(
  options: PlannerOptions,
  request: SourcesRequest,
  entry: { source: ApplicationSource; index: number },
): Promise<PlacedSource> {
  const { source, index } = entry
  const access = await options.accessFor(request.application.metadata.namespace ?? '', source.repoURL)
  const wanted = request.revisions?.[index] || (source.targetRevision ?? '')
  const chart = source.chart ?? ''
  const resolved = await options.source.resolve(access, wanted === '' && chart === '' ? 'HEAD' : wanted, {
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(chart === '' ? {} : { chart }),
    ...(source.tagPrefix === undefined ? {} : { tagPrefix: source.tagPrefix }),
    maxAgeMs: request.maxAgeMs ?? Number.POSITIVE_INFINITY,
  })
  return { source, access, resolved }
}

function renderRequest(
  options: PlannerOptions,
  request: SourcesRequest,
  { source, capabilities }: { source: ApplicationSource; capabilities: ClusterCapabilities },
): Omit<RenderRequest, 'access' | 'revision'> {
  const { metadata, spec } = request.application
  const namespace = metadata.namespace ?? ''
  return {
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...capabilities,
    source: source as SourceSpec,
    application: { name: metadata.name, namespace, project: spec.project },
    destinationNamespace: spec.destination.namespace ?? '',
    accessFor: async (url) => {
      // As in Argo CD, a project's credentials serve what the project permits; anything else is asked without any.
      const project = options.findProject(spec.project)
      const permitted = project !== undefined && permitsSource(project, url)
      return permitted ? options.accessFor(namespace, url) : { url }
    },
  }
}
